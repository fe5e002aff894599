using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Registers the rater's side.</summary>
public static class RatingSetup
{
    /// <summary>Name of the limit on what a rater's browser asks and sends.</summary>
    public const string RaterLimit = "rater";

    /// <summary>Name of the limit on new raters.</summary>
    public const string ConsentLimit = "consent";

    public static IServiceCollection AddRating(this IServiceCollection services)
    {
        services.AddSingleton<RaterPath>();
        services.AddSingleton<RaterLanguage>();
        services.Configure<RateLimiterOptions>(limiter =>
        {
            limiter.AddPolicy(RaterLimit, RequestsPerRater);
            limiter.AddPolicy(ConsentLimit, ConsentsPerAddress);
        });
        return services;
    }

    // Counted per cookie and not per address, because a whole class may sit behind one address. Nobody judges a pair, which takes
    // up to five requests, in less than half a second; a browser that was offline sends what it kept at once.
    private static RateLimitPartition<string> RequestsPerRater(HttpContext context) =>
        RateLimitPartition.GetTokenBucketLimiter(
            RaterCookie.Read(context.Request, context.GetRouteValue("link") as string ?? "") ?? Address(context),
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 300, TokensPerPeriod = 30, ReplenishmentPeriod = TimeSpan.FromSeconds(1) });

    private static RateLimitPartition<string> ConsentsPerAddress(HttpContext context) =>
        RateLimitPartition.GetTokenBucketLimiter(
            Address(context),
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 300, TokensPerPeriod = 2, ReplenishmentPeriod = TimeSpan.FromSeconds(1) });

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";
}
