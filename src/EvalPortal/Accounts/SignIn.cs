using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>Signs people in and out, and says whether a sign-in is still good.</summary>
public sealed class SignIn(AccountStore accounts, SignInStore signIns, SignInFailureStore failures, KnownBrowser browsers, PortalOptions options)
{
    private const string PasswordChangedAt = "password_changed_at";
    private const string SignInId = "sign_in_id";

    /// <summary>Signs in with e-mail and password.</summary>
    /// <returns>What to say when it does not work; null when it does. It is the same whether the address has an account or not.</returns>
    public async Task<string?> WithPasswordAsync(HttpContext context, string email, string password)
    {
        if (!options.PasswordSignIn)
            return "Passwords are switched off here.";
        var account = await accounts.FindByEmailAsync(email, context.RequestAborted);
        var key = browsers.KeyOf(context, email, account);
        if (await failures.TryAsync(key, context.RequestAborted) is { } wait)
            return $"Too many wrong passwords were tried for this address. Try again {InWords(wait)}.";
        if (!Passwords.Matches(account, password) || account!.DisabledAt is not null)
            return "This e-mail address and password do not go together.";

        await failures.ForgetAsync(key, context.RequestAborted);
        await AsAsync(context, account.AccountId);
        return null;
    }

    /// <summary>Signs in as an account that has just proved itself.</summary>
    public async Task AsAsync(HttpContext context, long accountId)
    {
        context.User = await BeginAsync(context, accountId);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, context.User);
    }

    /// <summary>Begins a sign-in; the caller gives the browser its cookie.</summary>
    public async Task<ClaimsPrincipal> BeginAsync(HttpContext context, long accountId)
    {
        var account = (await accounts.FindAsync(accountId, context.RequestAborted))!;
        browsers.Remember(context, accountId);
        var id = await signIns.AddAsync(accountId, Device.Of(context.Request.Headers.UserAgent), context.RequestAborted);
        return Principal(account, id);
    }

    /// <summary>Ends the sign-in of a browser.</summary>
    public async Task OutAsync(HttpContext context)
    {
        if (context.User.SignInId() is { } id)
            await signIns.EndAsync(context.User.AccountId(), id, context.RequestAborted);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }

    /// <summary>True while the account is open, has the password and role that the sign-in was made with, and nobody has ended it.</summary>
    public async Task<bool> IsGoodAsync(ClaimsPrincipal user, CancellationToken cancel = default)
    {
        if (user.SignInId() is not { } id)
            return false;
        var account = await accounts.FindAsync(user.AccountId(), cancel);
        return account is { DisabledAt: null }
            && user.IsInRole(account.Role.ToText())
            && user.FindFirstValue(PasswordChangedAt) == account.PasswordChangedAt.ToText()
            && await signIns.IsOpenAsync(id, account.AccountId, cancel);
    }

    private static ClaimsPrincipal Principal(Account account, Guid signInId) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, account.AccountId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, account.DisplayName),
            new(ClaimTypes.Email, account.Email),
            new(ClaimTypes.Role, account.Role.ToText()),
            new(PasswordChangedAt, account.PasswordChangedAt.ToText()),
            new(SignInId, signInId.ToString()),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));

    private static string InWords(TimeSpan wait) => wait < TimeSpan.FromMinutes(1)
        ? "in less than a minute"
        : string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(wait.TotalMinutes):0} minutes");
}

/// <summary>What the portal reads from a sign-in.</summary>
public static class SignedInUser
{
    /// <summary>The account that is signed in.</summary>
    public static long AccountId(this ClaimsPrincipal user) =>
        long.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!, CultureInfo.InvariantCulture);

    /// <summary>Which of its sign-ins it is; null for what was signed in before these were counted.</summary>
    public static Guid? SignInId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue("sign_in_id"), out var id) ? id : null;
}
