using Microsoft.AspNetCore.Authorization;

namespace PixelPost.EvalPortal.Api.Keys;

/// <summary>The scope that an endpoint demands. An endpoint of the API without one does not pass the tests.</summary>
public sealed record RequiredScope(ApiScope Scope);

/// <summary>Puts scopes on endpoints.</summary>
internal static class RequiredScopes
{
    /// <summary>Name of the rule that demands a scope.</summary>
    public static string Policy(ApiScope scope) => $"api {scope.Word()}";

    /// <summary>Only a key with this scope gets further.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, ApiScope scope) =>
        endpoint.WithMetadata(new RequiredScope(scope)).RequireAuthorization(Policy(scope));

    /// <summary>Adds a rule for each scope; they know keys and nothing else.</summary>
    public static void AddScopePolicies(this AuthorizationBuilder authorization)
    {
        foreach (var scope in ApiScopes.All)
        {
            authorization.AddPolicy(Policy(scope), policy => policy
                .AddAuthenticationSchemes(ApiKeyHandler.SchemeName)
                .RequireAuthenticatedUser()
                .RequireClaim(ApiKeyHandler.ScopeClaim, scope.Word()));
        }
    }
}
