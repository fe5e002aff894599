namespace PixelPost.EvalPortal.Accounts;

/// <summary>The one spelling of an e-mail address under which an account is kept.</summary>
public static class EmailAddress
{
    /// <summary>Lower case, without space around it.</summary>
    public static string Normalise(string email) => email.Trim().ToLowerInvariant();
}
