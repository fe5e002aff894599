using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>A secret that stands in a link. The database keeps its hash only, so that reading the database opens nothing.</summary>
public static class Token
{
    /// <summary>A new secret: 128 random bits in 22 characters that need no escaping in a URL.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>SHA-256 of a secret, lower-case hex.</summary>
    public static string Sha256(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
