using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Api.Keys;

/// <summary>
/// Knows scripts by the key in <c>Authorization: Bearer</c>. Who they are is read anew at every request: a key has the role that its
/// account has now, and nothing when the account is closed.
/// </summary>
public sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyStore keys, AccountStore accounts, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "api-key";

    /// <summary>Claim with the word of a scope; a key has one for each.</summary>
    public const string ScopeClaim = "scope";

    private const string KeyClaim = "api_key_id";
    private const string Bearer = "Bearer ";
    private const int LongestSecret = 200;

    /// <summary>The key that a request came with.</summary>
    public static long KeyOf(ClaimsPrincipal user) => long.Parse(user.FindFirstValue(KeyClaim)!, CultureInfo.InvariantCulture);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return AuthenticateResult.NoResult();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || header.Length > LongestSecret)
            return AuthenticateResult.Fail($"Send the key as 'Authorization: Bearer {ApiKeyStore.Prefix}…'.");
        if (await keys.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted) is not { } key)
            return AuthenticateResult.Fail("There is no such key. Look whether all of it was copied, or make another one under Account, API keys.");
        var account = (await accounts.FindAsync(key.AccountId, Context.RequestAborted))!;
        if (key.FaultAt(clock.GetUtcNow(), account) is { } fault)
            return AuthenticateResult.Fail(fault);
        await keys.NoteUseAsync(key, Context.RequestAborted);
        return AuthenticateResult.Success(new AuthenticationTicket(Principal(key, account), Scheme.Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var fault = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message;
        Response.Headers.WWWAuthenticate = fault is null ? "Bearer realm=\"PixelPost\"" : "Bearer realm=\"PixelPost\", error=\"invalid_token\"";
        await ApiProblem.WriteAsync(Context, StatusCodes.Status401Unauthorized,
            fault ?? $"This needs a key, sent as 'Authorization: Bearer {ApiKeyStore.Prefix}…'. Keys are made under Account, API keys.");
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var user = (await HandleAuthenticateOnceSafeAsync()).Principal;
        var has = string.Join(", ", user?.FindAll(ScopeClaim).Select(claim => claim.Value) ?? []);
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope.Word();
        Response.Headers.WWWAuthenticate = $"Bearer realm=\"PixelPost\", error=\"insufficient_scope\", scope=\"{needed}\"";
        await ApiProblem.WriteAsync(Context, StatusCodes.Status403Forbidden, $"This needs a key with the scope {needed}; this one has {has}.");
    }

    private ClaimsPrincipal Principal(ApiKey key, Account account) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, account.AccountId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, account.DisplayName),
            new(ClaimTypes.Email, account.Email),
            new(ClaimTypes.Role, account.Role.ToText()),
            new(KeyClaim, key.ApiKeyId.ToString(CultureInfo.InvariantCulture)),
            .. key.Scopes.Split(' ').Select(scope => new Claim(ScopeClaim, scope)),
        ],
        Scheme.Name));
}
