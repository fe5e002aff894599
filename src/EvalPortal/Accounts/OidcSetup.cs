using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>Registers sign-in by OpenID Connect: authorisation code with PKCE, nonce and state, identity token checked against the provider's keys.</summary>
public static class OidcSetup
{
    /// <summary>Name of the scheme.</summary>
    public const string Scheme = "oidc";

    public static AuthenticationBuilder AddOidc(this AuthenticationBuilder authentication, OidcOptions options) => authentication.AddOpenIdConnect(Scheme, oidc =>
    {
        oidc.Authority = options.Authority;
        oidc.ClientId = options.ClientId;
        oidc.ClientSecret = options.ClientSecret;
        oidc.CallbackPath = "/sign-in/oidc/answer";
        oidc.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.ResponseMode = OpenIdConnectResponseMode.Query; // the answer is a link that is followed, so that Lax cookies come with it
        oidc.UsePkce = true;
        oidc.MapInboundClaims = false;
        oidc.SaveTokens = false;
        oidc.DisableTelemetry = true;
        oidc.RequireHttpsMetadata = options.Authority!.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        oidc.Scope.Clear();
        foreach (var scope in (string[])["openid", "email", "profile"])
            oidc.Scope.Add(scope);
        foreach (var cookie in (CookieBuilder[])[oidc.NonceCookie, oidc.CorrelationCookie])
            (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        oidc.ClaimActions.Remove("iss");
        oidc.Events.OnTicketReceived = ReceiveAsync;
        oidc.Events.OnRemoteFailure = context =>
        {
            Refuse(context, OidcRefusal.Failed);
            return Task.CompletedTask;
        };
    });

    public static void MapOidc(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/sign-in/oidc", (string? @return) => Results.Challenge(new AuthenticationProperties { RedirectUri = LocalPath.Or(@return, "/") }, [Scheme]))
            .AllowAnonymous();

    private static async Task ReceiveAsync(TicketReceivedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var (account, refusal) = await services.GetRequiredService<OidcAccounts>().FindAsync(context.Principal!, context.HttpContext.RequestAborted);
        if (account is { } id)
            context.Principal = await services.GetRequiredService<SignIn>().BeginAsync(context.HttpContext, id);
        else
            Refuse(context, refusal!.Value);
    }

    private static void Refuse(HandleRequestContext<RemoteAuthenticationOptions> context, OidcRefusal refusal)
    {
        context.Response.Redirect($"/sign-in?refused={refusal.ToText()}");
        context.HandleResponse();
    }
}
