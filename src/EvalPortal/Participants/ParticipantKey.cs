using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PixelPost.EvalPortal.Participants;

/// <summary>
/// The portal's secret about who rates. It turns participants' ids into hashes that nobody can guess from a list of ids, signs
/// personal links, and gives every browser of a participant the same secret.
/// </summary>
/// <remarks>HMAC-SHA-256 with a word for the purpose before the text, so that one use can never stand for another.</remarks>
public sealed class ParticipantKey(byte[] key)
{
    private const int Length = 32;
    private const int SignatureLength = 16;

    /// <summary>The key in a file, which is made at the first start.</summary>
    public static ParticipantKey OfFile(string path)
    {
        var bytes = KeyFile.ReadOrMake(path, () => RandomNumberGenerator.GetBytes(Length));
        return bytes.Length == Length
            ? new ParticipantKey(bytes)
            : throw new IOException($"{path} has {bytes.Length} bytes and should have {Length}: restore it from a backup.");
    }

    /// <summary>What is kept of a participant's id, lower-case hex.</summary>
    public string Hash(string id) => Convert.ToHexStringLower(Compute("participant", id));

    /// <summary>The secret for the cookie of a participant, the same for every browser they come with.</summary>
    public string Secret(string pseudonym) => Base64Url.EncodeToString(Compute("cookie", pseudonym));

    /// <summary>The last part of a personal link: its number and a signature.</summary>
    public string Invitation(long studyId, int number) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}.{Base64Url.EncodeToString(Signature(studyId, number))}");

    /// <summary>The number of a personal link; null when the portal did not sign it for this study.</summary>
    public int? ReadInvitation(long studyId, string text)
    {
        if (!int.TryParse(text.AsSpan(0, Math.Max(text.IndexOf('.', StringComparison.Ordinal), 0)), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
            return null;
        // The text and not the bytes it stands for: every link has one spelling.
        var (given, signed) = (Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(Invitation(studyId, number)));
        return CryptographicOperations.FixedTimeEquals(given, signed) ? number : null;
    }

    private byte[] Signature(long studyId, int number) => Compute("invitation", $"{studyId} {number}")[..SignatureLength];

    private byte[] Compute(string purpose, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\n{text}"));
}
