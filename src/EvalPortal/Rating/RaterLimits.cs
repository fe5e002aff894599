using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Limits on what comes in on the rater's side, and the sentence for whoever is over one.</summary>
/// <remarks>
/// Whoever has a place in a study is counted by it and not by address, because a whole class may sit behind one. Everybody else
/// is counted by address: who comes for the first time, who guesses at links and cookies, who makes up a cookie for each request.
/// So a flood never keeps those out who are in already.
/// </remarks>
public static class RaterLimits
{
    /// <summary>Name of the limit on what a rater's browser asks and sends.</summary>
    public const string Rater = "rater";

    /// <summary>Name of the limit on new raters.</summary>
    public const string Consent = "consent";

    public static void AddRaterLimits(this IServiceCollection services) => services.Configure<RateLimiterOptions>(limiter =>
    {
        limiter.AddPolicy(Rater, context => context.Features.Get<RaterSession>() is { SessionId: var place }
            // Nobody judges a pair, which takes up to five requests, in less than half a second; a browser that was offline sends what it kept at once.
            ? Bucket($"place {place}", atOnce: 300, eachSecond: 30)
            : Bucket($"address {ClientAddress.Of(context)}", atOnce: 300, eachSecond: 10));
        limiter.AddPolicy(Consent, context => Bucket(ClientAddress.Of(context), atOnce: 300, eachSecond: 2));
        // Consents are counted by link as well: many addresses together cannot fill a study with raters who never were.
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            PolicyOf(context) == Consent ? Bucket($"link {Link(context)}", atOnce: 1_000, eachSecond: 10) : RateLimitPartition.GetNoLimiter(""));
        limiter.OnRejected = (rejected, _) => SayAsync(rejected);
    });

    /// <summary>Metadata of what itself asks whatever of a rater's place can change.</summary>
    internal sealed record AsksItself;

    /// <summary>Finds the place of whoever asks, before their requests are counted.</summary>
    public static IApplicationBuilder UseRaterSessions(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (PolicyOf(context) == Rater && Link(context) is { } link && RaterCookie.Read(context.Request, link) is { } token
            && await context.RequestServices.GetRequiredService<KnownPlaces>().FindAsync(
                token, link, asItIs: context.GetEndpoint()?.Metadata.GetMetadata<AsksItself>() is null, context.RequestAborted) is { } session)
        {
            context.Features.Set(session);
        }
        await next(context);
    });

    private static string? PolicyOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName;

    private static string? Link(HttpContext context) => context.GetRouteValue("link") as string;

    private static RateLimitPartition<string> Bucket(string whose, int atOnce, int eachSecond) => RateLimitPartition.GetTokenBucketLimiter(
        whose,
        _ => new TokenBucketRateLimiterOptions { TokenLimit = atOnce, TokensPerPeriod = eachSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1) });

    private static async ValueTask SayAsync(OnRejectedContext rejected)
    {
        var context = rejected.HttpContext;
        if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (context.Request.Path.StartsWithSegments("/api")) // whoever opens a page gets one that says so
            await Results.Problem(Say("Refusal_TooMuch"), statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }
}
