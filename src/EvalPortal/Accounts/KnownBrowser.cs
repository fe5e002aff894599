using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>A cookie that says in which browsers an account was signed in before. It opens nothing; see <see cref="SignInFailureStore"/>.</summary>
public sealed class KnownBrowser(IDataProtectionProvider protection)
{
    private const string CookieName = "pixelpost-browser";

    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    private readonly IDataProtector _protector = protection.CreateProtector("PixelPost.KnownBrowser");

    /// <summary>What tries of a browser at an address are counted by.</summary>
    /// <param name="account">The account of the address; null where there is none.</param>
    public string KeyOf(HttpContext context, string email, Account? account) =>
        Read(context) is { } known && known.AccountId == account?.AccountId ? $"browser {known.Browser}" : $"address {EmailAddress.Normalise(email)}";

    /// <summary>Remembers the browser, once somebody has signed in there.</summary>
    public void Remember(HttpContext context, long accountId)
    {
        var browser = Read(context) is { } known && known.AccountId == accountId ? known.Browser : Token.New();
        context.Response.Cookies.Append(
            CookieName,
            _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{accountId} {browser}")),
            new CookieOptions { HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, MaxAge = Life, Path = "/sign-in" });
    }

    private (long AccountId, string Browser)? Read(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { } cookie)
            return null;
        try
        {
            var parts = _protector.Unprotect(cookie).Split(' ');
            return (long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        }
        catch (CryptographicException)
        {
            return null; // of another portal, or made up
        }
    }
}
