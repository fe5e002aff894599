using System.Security.Cryptography;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>The key that signs a portal's bundles: ECDSA on P-256 with SHA-256. Two bundles with one fingerprint are of one portal.</summary>
public sealed class BundleKey(byte[] privateKey)
{
    /// <summary>The key in a file, which is made the first time.</summary>
    public static BundleKey OfFile(string path)
    {
        var key = new BundleKey(KeyFile.ReadOrMake(path, Make));
        try
        {
            _ = key.Fingerprint;
            return key;
        }
        catch (CryptographicException exception)
        {
            throw new IOException($"{path} holds no key as the portal makes them: restore it from a backup.", exception);
        }
    }

    /// <summary>What others know the portal by: SHA-256 of the public key, in groups.</summary>
    public string Fingerprint => FingerprintOf(PublicKey());

    /// <summary>Signs bytes.</summary>
    public BundleSignature Sign(byte[] bytes)
    {
        using var key = Open();
        return new BundleSignature
        {
            Algorithm = BundleSignature.KnownAlgorithm,
            PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
            Fingerprint = FingerprintOf(key.ExportSubjectPublicKeyInfo()),
            Signature = Convert.ToBase64String(key.SignData(bytes, HashAlgorithmName.SHA256)),
        };
    }

    internal static string FingerprintOf(byte[] publicKey) =>
        string.Join(' ', Convert.ToHexStringLower(SHA256.HashData(publicKey)).Chunk(8).Select(part => new string(part)));

    private static byte[] Make()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return made.ExportPkcs8PrivateKey();
    }

    private byte[] PublicKey()
    {
        using var key = Open();
        return key.ExportSubjectPublicKeyInfo();
    }

    private ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return key;
    }
}

/// <summary>What stands in <c>manifest.sig</c>.</summary>
public sealed record BundleSignature
{
    /// <summary>The one algorithm there is.</summary>
    public const string KnownAlgorithm = "ECDSA P-256 SHA-256";

    public required string Algorithm { get; init; }

    /// <summary>SubjectPublicKeyInfo, in base64.</summary>
    public required string PublicKey { get; init; }

    /// <summary>SHA-256 of the public key, for people.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Of the bytes of <c>manifest.json</c>, in base64.</summary>
    public required string Signature { get; init; }

    /// <summary>Checks the signature.</summary>
    /// <returns>The fingerprint of the key that made it; null where it is not of these bytes.</returns>
    public string? Verify(byte[] bytes)
    {
        try
        {
            var publicKey = Convert.FromBase64String(PublicKey);
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out var read);
            return read == publicKey.Length && Algorithm == KnownAlgorithm && key.KeySize == 256
                && key.VerifyData(bytes, Convert.FromBase64String(Signature), HashAlgorithmName.SHA256) ? BundleKey.FingerprintOf(publicKey) : null;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
