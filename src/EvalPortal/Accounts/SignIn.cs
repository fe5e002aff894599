using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>Signs people in and out, and says whether a sign-in is still good.</summary>
public sealed class SignIn(AccountStore accounts)
{
    private const string PasswordChangedAt = "password_changed_at";

    /// <summary>Signs in with e-mail and password.</summary>
    /// <returns>False when the two do not go together or the account is closed; which of it is not said.</returns>
    public async Task<bool> WithPasswordAsync(HttpContext context, string email, string password)
    {
        var account = await accounts.FindByEmailAsync(email, context.RequestAborted);
        if (!Passwords.Matches(account, password) || account!.DisabledAt is not null)
            return false;

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Principal(account));
        return true;
    }

    /// <summary>Signs in as an account that has just proved itself.</summary>
    public async Task AsAsync(HttpContext context, long accountId)
    {
        var account = await accounts.FindAsync(accountId, context.RequestAborted);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Principal(account!));
    }

    /// <summary>True while the account is open and has the password and role that the sign-in was made with.</summary>
    public async Task<bool> IsGoodAsync(ClaimsPrincipal user, CancellationToken cancel = default)
    {
        var account = await accounts.FindAsync(user.AccountId(), cancel);
        return account is { DisabledAt: null }
            && user.IsInRole(account.Role.ToText())
            && user.FindFirstValue(PasswordChangedAt) == account.PasswordChangedAt.ToText();
    }

    private static ClaimsPrincipal Principal(Account account) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, account.AccountId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, account.DisplayName),
            new(ClaimTypes.Email, account.Email),
            new(ClaimTypes.Role, account.Role.ToText()),
            new(PasswordChangedAt, account.PasswordChangedAt.ToText()),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}

/// <summary>What the portal reads from a sign-in.</summary>
public static class SignedInUser
{
    /// <summary>The account that is signed in.</summary>
    public static long AccountId(this ClaimsPrincipal user) =>
        long.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!, CultureInfo.InvariantCulture);
}
