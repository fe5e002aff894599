using System.Security.Cryptography;
using System.Text;

namespace PixelPost.Training.Contracts;

/// <summary>A model folder in diffusers layout, as far as both programs need to know it.</summary>
public static class ModelFolder
{
    /// <summary>
    /// Folder in a model's folder with a small decoder for the same latents (<c>distill-decoder</c>), which can stand for the model's own in training
    /// (<see cref="PixelControlVariate.Decoder"/>). The model draws without it, so that it does not count for what the model is.
    /// </summary>
    public const string PixelDecoder = "pixel_decoder";

    /// <summary>One hash for a model: SHA-256 over "relative path, hash" of its weight, vocabulary and configuration files, in path order.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="parts">Folders in it to look at; none for all but <see cref="PixelDecoder"/>. Those that are not there are left out.</param>
    /// <returns>Lower-case hex.</returns>
    public static string Sha256(string folder, params string[] parts)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".safetensors" or ".json" or ".txt" or ".model")
            .Select(f => (Path: f, Name: Path.GetRelativePath(folder, f).Replace('\\', '/')))
            .Where(f => f.Name.Contains('/', StringComparison.Ordinal)) // the parts; model_index.json only names them
            .Where(f => parts.Length == 0 ? f.Name.Split('/')[0] != PixelDecoder : parts.Contains(f.Name.Split('/')[0]))
            .OrderBy(f => f.Name, StringComparer.Ordinal);
        foreach (var (path, name) in files)
        {
            using var stream = File.OpenRead(path);
            all.AppendData(Encoding.UTF8.GetBytes($"{name}\n{Convert.ToHexStringLower(SHA256.HashData(stream))}\n"));
        }
        return Convert.ToHexStringLower(all.GetHashAndReset());
    }
}
