using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>Registers sign-in by cookie. Every page and endpoint needs a sign-in unless it says <c>[AllowAnonymous]</c>.</summary>
public static class AccountSetup
{
    /// <summary>Name of the limit on guesses at passwords and links.</summary>
    public const string GuessLimit = "guesses";

    /// <summary>The rule for what only admins may do.</summary>
    public const string AdminOnly = "admin";

    public static IServiceCollection AddAccounts(this IServiceCollection services, PortalOptions options)
    {
        services.AddSingleton<SignIn>();
        services.AddSingleton<KnownBrowser>();
        services.AddSingleton<OidcAccounts>();
        var authentication = services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(ConfigureCookie);
        if (options.Oidc.IsOn)
            authentication.AddOidc(options.Oidc);
        services.AddAuthorizationBuilder()
            .AddPolicy(AdminOnly, policy => policy.RequireRole("admin"))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, CircuitSignInCheck>();
        services.AddScoped<CircuitHandler, CircuitActor>();
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy(GuessLimit, GuessesPerAddress);
        });
        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-out", async (HttpContext context, IAntiforgery antiforgery, SignIn signIn) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context))
                return Results.BadRequest();
            await signIn.OutAsync(context);
            return Results.LocalRedirect("/sign-in");
        }).WithMetadata(new NeedsAttribute(Access.View));
        if (routes.ServiceProvider.GetRequiredService<PortalOptions>().Oidc.IsOn)
            routes.MapOidc();
    }

    private static void ConfigureCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "pixelpost";
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.ExpireTimeSpan = SignInStore.Life;
        cookie.LoginPath = "/sign-in";
        cookie.ReturnUrlParameter = "return";
        cookie.Events.OnRedirectToLogin = context =>
        {
            if (context.Request.Path.StartsWithSegments("/api")) // a program gets the status code, a person the sign-in page
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            else
                context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        };
        cookie.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
        cookie.Events.OnValidatePrincipal = async context =>
        {
            var signIn = context.HttpContext.RequestServices.GetRequiredService<SignIn>();
            if (!await signIn.IsGoodAsync(context.Principal!, context.HttpContext.RequestAborted))
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            }
        };
    }

    /// <summary>Ten tries at once, then one every six seconds, for each network address. Looking at the form is free.</summary>
    private static RateLimitPartition<string> GuessesPerAddress(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetTokenBucketLimiter(
                ClientAddress.Of(context),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = 10,
                    TokensPerPeriod = 1,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(6),
                })
            : RateLimitPartition.GetNoLimiter("");
}
