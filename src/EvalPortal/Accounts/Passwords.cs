using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>How passwords are kept: PBKDF2 with HMAC-SHA512, a random salt each.</summary>
public static class Passwords
{
    private const int Iterations = 210_000; // OWASP's figure for PBKDF2-HMAC-SHA512

    private static readonly PasswordHasher<Account> Hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    // Nobody's password: checking against it makes an unknown address take as long as a known one.
    private static readonly Lazy<string> NobodysHash = new(() => Hash(Token.New()));

    /// <summary>What to keep of a password.</summary>
    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>True when the password is the account's; false after the same time for no account, and for one without a password.</summary>
    public static bool Matches(Account? account, string password) =>
        Hasher.VerifyHashedPassword(null!, account?.PasswordHash ?? NobodysHash.Value, password) != PasswordVerificationResult.Failed
        && account?.PasswordHash is not null;
}
