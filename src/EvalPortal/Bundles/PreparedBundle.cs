using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using PixelPost.EvalPortal.Bundles.Pages;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>What will be a bundle: files in a folder that is removed in the end, and the images that go with them.</summary>
internal sealed class PreparedBundle(BundleKey key, ImageFiles images, DateTimeOffset madeAt, LeftOut leftOut) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-bundle-").FullName;
    private readonly List<string> _paths = [];
    private readonly SortedSet<string> _images = new(StringComparer.Ordinal);

    public DateTimeOffset MadeAt => madeAt;

    public LeftOut LeftOut => leftOut;

    /// <summary>Names of the studies.</summary>
    public List<string> Studies { get; } = [];

    /// <summary>Rows of each table.</summary>
    public Dictionary<string, long> Rows { get; } = [];

    /// <summary>How many image files go with it.</summary>
    public int Images => _images.Count;

    /// <summary>Where a file lies for now.</summary>
    public string PathOf(string path) => Path.Combine(_folder, path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Makes a file, which comes after those before it.</summary>
    public FileStream Create(string path)
    {
        _paths.Add(path);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        return new FileStream(PathOf(path), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous);
    }

    /// <summary>Makes a file of bytes.</summary>
    public async Task AddAsync(string path, byte[] bytes, CancellationToken cancel)
    {
        await using var file = Create(path);
        await file.WriteAsync(bytes, cancel);
    }

    /// <summary>Notes the image files that a row names.</summary>
    /// <returns>The row.</returns>
    /// <exception cref="RefusedException">A file is not there.</exception>
    public IReadOnlyList<string?> Note(BundleTable table, IReadOnlyList<string?> row)
    {
        foreach (var (sha256, _, _) in BundleImages.In(table, row))
        {
            if (_images.Add(sha256) && !File.Exists(images.PathOf(sha256)))
                throw new RefusedException($"The image file {images.PathOf(sha256)} is missing, so there can be no whole bundle: restore it from a backup.");
        }
        return row;
    }

    /// <summary>Reads a table that was written.</summary>
    public async IAsyncEnumerable<IReadOnlyList<string>> ReadTableAsync(BundleTable table, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var file = File.OpenRead(PathOf(table.FileName));
        await foreach (var row in BundleTableFile.ReadCsvAsync(table, file, cancel))
            yield return row;
    }

    public async Task<string> HashAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(PathOf(path));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    /// <summary>Writes the zip: the files, the images, which do not get smaller by packing, and last the manifest with its signature.</summary>
    /// <param name="stream">Need not be able to seek.</param>
    public async Task<BundleManifest> WriteAsync(Stream stream, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        var entries = new List<BundleEntry>();
        var total = _paths.Count + _images.Count;
        await using var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel);
        // What a person opens comes first in the list, whatever was made first.
        foreach (var path in _paths.OrderBy(path => path switch { "README.txt" => 0, BundlePages.Index => 1, _ => 2 }))
            await AddAsync(path, PathOf(path), CompressionLevel.Optimal);
        foreach (var sha256 in _images)
        {
            await AddAsync(BundleImages.PathOf(sha256), images.PathOf(sha256), CompressionLevel.NoCompression);
            if (entries[^1].Sha256 != sha256)
                throw new IOException($"{images.PathOf(sha256)} is damaged: it does not have the hash that it is called by. Restore it from a backup.");
        }
        var manifest = new BundleManifest
        {
            Kind = BundleManifest.KnownKind,
            FormatVersion = BundleManifest.Format,
            TablesVersion = BundleTables.Version,
            AnalysisVersion = BundleManifest.Analysis,
            AppVersion = ExportManifest.AppVersion,
            MadeAt = ColumnTypes.ToTime(madeAt.ToText()),
            Studies = Studies,
            LeftOut = [.. Enum.GetValues<LeftOut>().Where(part => part != LeftOut.None && leftOut.HasFlag(part)).Select(part => part.ToText())],
            Rows = Rows,
            Columns = BundleManifest.KnownColumns,
            Files = entries,
        };
        var bytes = manifest.Write();
        await WriteAsync(zip, BundleManifest.FileName, bytes, cancel);
        await WriteAsync(zip, BundleManifest.SignatureName, BundleManifest.Write(key.Sign(bytes)), cancel);
        return manifest;

        async Task AddAsync(string path, string from, CompressionLevel level)
        {
            tell?.Invoke(new BundleProgress("Writing", entries.Count, total));
            var entry = zip.CreateEntry(path, level);
            entry.LastWriteTime = madeAt;
            await using var file = File.OpenRead(from);
            await using var target = await entry.OpenAsync(cancel);
            using var sha = SHA256.Create();
            await using (var hashing = new CryptoStream(target, sha, CryptoStreamMode.Write, leaveOpen: true))
                await file.CopyToAsync(hashing, cancel);
            entries.Add(new BundleEntry(path, file.Length, Convert.ToHexStringLower(sha.Hash!)));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task WriteAsync(ZipArchive zip, string path, byte[] bytes, CancellationToken cancel)
    {
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = madeAt;
        await using var target = await entry.OpenAsync(cancel);
        await target.WriteAsync(bytes, cancel);
    }
}
