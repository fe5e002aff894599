using System.IO.Compression;
using System.Security.Cryptography;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>A bundle as a zip, opened to be read. It is hostile until <see cref="CheckAsync"/> found nothing; no name in it ever becomes the name of a file.</summary>
internal sealed class BundleFile : IDisposable
{
    private const int MostManifestBytes = 64 << 20, MostSignatureBytes = 64 << 10, MostJsonBytes = 256 << 20, UnixFileTypes = 0xF000, UnixLink = 0xA000;
    private const long MostBytes = 1L << 37;

    private readonly FileStream _file;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    private BundleFile(string name, FileStream file, ZipArchive zip) => (Name, _file, _zip) = (name, file, zip);

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    public BundleManifest Manifest { get; private set; } = default!;

    /// <summary>The fingerprint of the key that signed the manifest; null where the signature is not of it.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>Whether a file is a zip, as no other file of votes is.</summary>
    public static bool IsZip(string path)
    {
        if (!File.Exists(path))
            return false;
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK"u8);
    }

    /// <summary>Opens a bundle and reads its manifest.</summary>
    /// <param name="name">What to call it; left out, as the file is called.</param>
    /// <exception cref="RefusedException">It is no bundle, is made to do harm, or of a version that this program does not know.</exception>
    public static BundleFile Open(string path, string? name = null)
    {
        name ??= Path.GetFileName(path);
        if (!File.Exists(path))
            throw new RefusedException($"{path}: there is no such file.");
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        ZipArchive? zip = null;
        try
        {
            ZipDirectory.Check(file, name);
            zip = new ZipArchive(file, ZipArchiveMode.Read);
            var bundle = new BundleFile(name, file, zip);
            bundle.List();
            bundle.ReadManifest();
            return bundle;
        }
        catch (InvalidDataException exception)
        {
            zip?.Dispose();
            file.Dispose();
            throw new RefusedException($"{name} cannot be read as a zip: {exception.Message}", exception);
        }
        catch
        {
            zip?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Holds every file against the manifest, and the manifest against its signature.</summary>
    /// <param name="tell">Told of bytes done and bytes in all.</param>
    /// <returns>What is altered, missing or additional, a line each; nothing where the bundle is as it was made.</returns>
    public async Task<IReadOnlyList<string>> CheckAsync(Action<long, long>? tell, CancellationToken cancel)
    {
        var found = new List<string>();
        if (Fingerprint is null)
            found.Add($"{BundleManifest.SignatureName}: the signature is not of this {BundleManifest.FileName}");
        var (done, total) = (0L, Manifest.Files.Sum(file => file.Bytes));
        foreach (var file in Manifest.Files)
        {
            if (!_entries.TryGetValue(file.Path, out var entry))
                found.Add($"{file.Path}: missing");
            else if (entry.Length != file.Bytes)
                found.Add($"{file.Path}: altered, it has {entry.Length} bytes and had {file.Bytes}");
            else if (await HashAsync(file, cancel) != file.Sha256)
                found.Add($"{file.Path}: altered, its content is another one");
            tell?.Invoke(done += file.Bytes, total);
        }
        var listed = Manifest.Files.Select(file => file.Path).Append(BundleManifest.FileName).Append(BundleManifest.SignatureName).ToHashSet(StringComparer.Ordinal);
        found.AddRange(_entries.Keys.Where(path => !listed.Contains(path)).Order(StringComparer.Ordinal).Select(path => $"{path}: additional, the manifest does not know it"));
        return found;
    }

    /// <summary>Refuses a bundle that is not as it was made.</summary>
    /// <exception cref="RefusedException">Something is altered, missing or additional.</exception>
    public async Task DemandWholeAsync(Action<long, long>? tell, CancellationToken cancel)
    {
        var found = await CheckAsync(tell, cancel);
        if (found.Count > 0)
            throw new RefusedException($"{Name} is not as it was made, so nothing is believed of it:{Environment.NewLine}{string.Join(Environment.NewLine, found.Take(50))}");
    }

    /// <summary>Reads a file that is listed; it ends where the manifest says.</summary>
    public Stream OpenRead(string path)
    {
        var file = Find(path);
        return new LimitedStream(Entry(path).Open(), file.Bytes, $"{Name}: {path}");
    }

    /// <summary>Reads a small file whole.</summary>
    public byte[] ReadAll(string path, int most = MostJsonBytes) => ReadAll(path, Find(path).Bytes, most);

    /// <summary>The manifest's line for a file.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public BundleEntry Find(string path) =>
        Manifest.Files.FirstOrDefault(file => file.Path == path) ?? throw new RefusedException($"{Name} has no {path}: it is not whole.");

    /// <summary>Rows of a table of its own file.</summary>
    public async IAsyncEnumerable<IReadOnlyList<string>> ReadTableAsync(BundleTable table, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = OpenRead(table.FileName);
        await foreach (var row in BundleTableFile.ReadCsvAsync(table, stream, cancel))
            yield return row;
    }

    public void Dispose()
    {
        _zip.Dispose();
        _file.Dispose();
    }

    private void List()
    {
        var (packed, unpacked) = (0L, 0L);
        foreach (var entry in _zip.Entries)
        {
            var path = entry.FullName;
            packed += entry.CompressedLength;
            unpacked += entry.Length;
            if (packed > _file.Length)
                throw Harm("its files overlap, so that it unpacks to far more than it holds");
            if (unpacked > MostBytes)
                throw Harm($"it unpacks to more than {MostBytes / 1e9:0} GB");
            if (path.Contains('\\', StringComparison.Ordinal) || SourcePath.WhyNot(path) is not null)
                throw Harm($"'{path}' leads out of it, or is no plain path");
            if (((entry.ExternalAttributes >> 16) & UnixFileTypes) == UnixLink)
                throw Harm($"{path} is a link");
            if (entry.IsEncrypted)
                throw new RefusedException($"{Name}: {path} is encrypted, as no bundle is.");
            if (entry.Length > MaterialLimits.SmallEntry && entry.Length / MaterialLimits.ZipRatio > entry.CompressedLength)
                throw Harm($"{path} unpacks to more than {MaterialLimits.ZipRatio} times its size");
            if (!_entries.TryAdd(path, entry))
                throw Harm($"it has {path} twice");
        }
    }

    private void ReadManifest()
    {
        foreach (var (path, most) in ((string, int)[])[(BundleManifest.FileName, MostManifestBytes), (BundleManifest.SignatureName, MostSignatureBytes)])
        {
            if (!_entries.TryGetValue(path, out var entry))
                throw new RefusedException($"{Name} is no study bundle: there is no {path} in it.");
            if (entry.Length > most)
                throw Harm($"{path} has {entry.Length / 1e6:0} MB");
        }
        var bytes = ReadAll(BundleManifest.FileName, Entry(BundleManifest.FileName).Length, MostManifestBytes);
        Manifest = BundleManifest.Read(bytes, Name);
        if (Manifest.Files.GroupBy(file => file.Path, StringComparer.Ordinal).Any(file => file.Count() > 1))
            throw Harm("its manifest has a file twice");
        Fingerprint = BundleManifest.ReadSignature(ReadAll(BundleManifest.SignatureName, Entry(BundleManifest.SignatureName).Length, MostSignatureBytes), Name).Verify(bytes);
    }

    private byte[] ReadAll(string path, long length, int most)
    {
        if (length < 0 || length > most)
            throw Harm($"{path} has {length / 1e6:0} MB, and may have {most / 1e6:0}");
        var bytes = new byte[length];
        using var stream = new LimitedStream(Entry(path).Open(), length, $"{Name}: {path}");
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) != length || stream.ReadByte() >= 0)
            throw new RefusedException($"{Name}: {path} has another length than it says.");
        return bytes;
    }

    private async Task<string?> HashAsync(BundleEntry file, CancellationToken cancel)
    {
        try
        {
            await using var stream = OpenRead(file.Path);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel));
        }
        catch (InvalidDataException)
        {
            return null; // it does not unpack
        }
    }

    private ZipArchiveEntry Entry(string path) => _entries.TryGetValue(path, out var entry) ? entry : throw new RefusedException($"{Name} has no {path}: it is not whole.");

    private RefusedException Harm(string what) => new($"{Name} is not taken: {what}.");
}
