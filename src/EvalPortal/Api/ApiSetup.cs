using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Endpoints;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Operations;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api;

/// <summary>Registers the HTTP API: keys instead of cookies, problems instead of pages, and a description of itself.</summary>
public static class ApiSetup
{
    /// <summary>Where it lies.</summary>
    public const string Root = "/api/v1";

    /// <summary>Most bytes of a body of JSON.</summary>
    public const int LargestBody = 1 << 20;

    private const string RateLimit = "api";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<ApiRequestStore>();
        services.AddSingleton<ApiGate>();
        services.AddSingleton<OperationRunner>();
        services.AddSingleton<StudyChangeStore>();
        services.AddSingleton<StudyReader>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder().AddScopePolicies();
        // A cookie that comes to the API is not even looked at, so that no other site can use somebody's sign-in there.
        services.Configure<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme, cookie =>
            cookie.ForwardDefaultSelector = context => context.Request.Path.StartsWithSegments(Root) ? ApiKeyHandler.SchemeName : null);
        services.Configure<RateLimiterOptions>(limiter => limiter.AddPolicy(RateLimit, RequestsPerKey));
        services.ConfigureHttpJsonOptions(json => ApiJson.Teach(json.SerializerOptions));
        services.AddApiDescription();
        return services;
    }

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapApiDescription();
        var api = routes.MapGroup(Root)
            .RequireRateLimiting(RateLimit)
            .WithMetadata(new RequestSizeLimitAttribute(LargestBody))
            .WithMetadata(new AsksItself())
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        PromptSetEndpoints.Map(api);
        ImportEndpoints.Map(api);
        SystemEndpoints.Map(api);
        StudyEndpoints.Map(api);
        StudyGroupEndpoints.Map(api);
        StudyCopyEndpoints.Map(api);
        PlanEndpoints.Map(api);
        RaterLinkEndpoints.Map(api);
        StatusEndpoints.Map(api);
        ResultEndpoints.Map(api);
        VoteEndpoints.Map(api);
        ExclusionEndpoints.Map(api);
        ReportFileEndpoints.Map(api);
        BundleFileEndpoints.Map(api);
        ImportedVoteEndpoints.Map(api);
        OperationEndpoints.Map(api);
        PreferenceSetEndpoints.Map(api);
        JobOrderEndpoints.Map(api);
        JobStateEndpoints.Map(api);
        ModelEndpoints.Map(api);
        RoundEndpoints.Map(api);
    }

    /// <summary>Two hundred requests at once, then twenty each second, for each key.</summary>
    private static RateLimitPartition<string> RequestsPerKey(HttpContext context) => RateLimitPartition.GetTokenBucketLimiter(
        $"key {ApiKeyHandler.KeyOf(context.User)}",
        _ => new TokenBucketRateLimiterOptions { TokenLimit = 200, TokensPerPeriod = 20, ReplenishmentPeriod = TimeSpan.FromSeconds(1) });
}
