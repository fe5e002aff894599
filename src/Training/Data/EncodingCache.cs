using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>
/// Latents and text states that were computed before, one safetensors file each under the SHA-256 of all that they depend on, so that
/// an entry is right or is not found. Workers share it: files appear whole under their names, and whoever writes last wrote the same.
/// </summary>
/// <param name="folder">Where it is kept.</param>
/// <param name="limit">Bytes that <see cref="Trim"/> leaves.</param>
internal sealed class EncodingCache(string folder, long limit)
{
    private const string Off = "off", Extension = ".safetensors", KeyEntry = "key", ContentEntry = "content";
    private const double DefaultGigabytes = 20;

    private bool _writable = true;

    /// <summary>Where it is kept.</summary>
    public string Folder => folder;

    /// <summary>The cache that the environment names; null where it is switched off.</summary>
    /// <exception cref="BadJobException">The size is not a number.</exception>
    public static EncodingCache? Open()
    {
        var named = Environment.GetEnvironmentVariable(WorkerVariables.Cache);
        if (string.Equals(named, Off, StringComparison.OrdinalIgnoreCase)) return null;
        var size = Environment.GetEnvironmentVariable(WorkerVariables.CacheGigabytes);
        var gigabytes = DefaultGigabytes;
        if (!string.IsNullOrEmpty(size) && !(double.TryParse(size, NumberStyles.Float, CultureInfo.InvariantCulture, out gigabytes) && gigabytes is >= 0 and < 1e9))
            throw new BadJobException($"{WorkerVariables.CacheGigabytes} is '{size}'; it must be a number of gigabytes, 0 or more.");
        return new EncodingCache(string.IsNullOrEmpty(named) ? DefaultFolder() : Path.GetFullPath(named), (long)(gigabytes * 1e9));
    }

    /// <summary>The key of what is computed from these texts (hashes, sizes, prompts) by this libtorch.</summary>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Key(params string[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts.Append(Versions.Torch))
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.LongLength)); // so that "ab", "c" is not "a", "bc"
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads an entry.</summary>
    /// <returns>Its tensors, on the CPU; null where there is none, or where the file is damaged or is not one of this cache's.</returns>
    public Dictionary<string, Tensor>? Read(string key)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) return null;
        using var scope = NewDisposeScope();
        try
        {
            var metadata = Safetensors.ReadMetadata(path);
            if (metadata.GetValueOrDefault(KeyEntry) != key) return null;
            var tensors = Safetensors.Read(path);
            if (metadata.GetValueOrDefault(ContentEntry) != Content(tensors)) return null;
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow); // used now, so not the next to go
            foreach (var tensor in tensors.Values) tensor.MoveToOuterDisposeScope();
            return tensors;
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            return null; // whatever a damaged file makes of the attempt to read it: it is computed and written anew
        }
    }

    /// <summary>Keeps an entry. Where that fails, on a full or read-only disk, the job goes on without.</summary>
    public void Write(string key, IReadOnlyDictionary<string, Tensor> tensors)
    {
        if (!_writable) return;
        using var scope = NewDisposeScope();
        var path = PathOf(key);
        var own = $"{path}.{Guid.NewGuid():N}"; // two workers may write the same entry
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Safetensors.Write(own, tensors, metadata: new Dictionary<string, string> { [KeyEntry] = key, [ContentEntry] = Content(tensors) });
            File.Move(own, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _writable = false;
            Console.WriteLine($"The cache in '{folder}' cannot be written: {problem.Message} Set {WorkerVariables.Cache} to another folder, or to {Off}.");
        }
    }

    /// <summary>Deletes entries, the longest unused first, until the rest fits; and what a killed worker left half-written a day ago.</summary>
    public void Trim()
    {
        if (!Directory.Exists(folder)) return;
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(IsOurs).OrderByDescending(f => f.LastWriteTimeUtc).ToList();
        long kept = 0;
        foreach (var file in files)
        {
            var whole = file.Extension == Extension;
            if (whole) kept += file.Length;
            if (whole ? kept <= limit : file.LastWriteTimeUtc > DateTime.UtcNow.AddDays(-1)) continue;
            try
            {
                file.Delete();
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // another worker has it open, or deleted it first
            }
        }
    }

    // the folder may be one in which somebody keeps other things: ab/ab….safetensors, and what is being written beside it
    private static bool IsOurs(FileInfo file) =>
        file.Name.Length >= 64 && file.Name[..64].All(char.IsAsciiHexDigitLower) && file.Name[64..].StartsWith(Extension, StringComparison.Ordinal) && file.Directory!.Name == file.Name[..2];

    private string PathOf(string key) => Path.Combine(folder, key[..2], key + Extension);

    /// <summary>Hash of names, types, shapes and bytes.</summary>
    private static string Content(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n{tensor.dtype} {string.Join(' ', tensor.shape)}\n"));
            hash.AppendData(tensor.cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The user's folder for what can be computed again: XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, %LOCALAPPDATA%.</summary>
    private static string DefaultFolder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named ? named
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Path.Combine(home, ".cache");
        return Path.Combine(caches, "pixelpost");
    }
}
