using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Material;

/// <summary>A file of a source.</summary>
/// <param name="Path">Where it lies, as <see cref="SourcePath.Normalise"/> gives it.</param>
/// <param name="Length">Bytes, unpacked.</param>
/// <param name="Stamp">Differs when the file was changed.</param>
public sealed record SourceFile(string Path, long Length, long Stamp);

/// <summary>Where images come from: a folder or a zip. Making one looks at names and sizes only.</summary>
public abstract class MaterialSource : IDisposable
{
    private readonly Dictionary<string, SourceFile> _files = [];
    private readonly List<ReportLine> _refused = [];
    private long _totalBytes;

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What a system is called that has no other name; null where the source's own name says nothing.</summary>
    public string? SystemName => NamesSystem ? Name : null;

    private bool NamesSystem { get; set; } = true;

    /// <summary>Images and manifests by path.</summary>
    public IReadOnlyDictionary<string, SourceFile> Files => _files;

    /// <summary>What cannot be used, with the reason.</summary>
    public IReadOnlyList<ReportLine> Refused => _refused;

    /// <summary>Opens a folder or a zip.</summary>
    /// <param name="namesSystem">Whether the name of the folder or zip is one that somebody chose.</param>
    /// <exception cref="RefusedException">It is neither, or holds too much.</exception>
    public static MaterialSource Open(string path, bool namesSystem = true)
    {
        var source = OpenNamed(path);
        source.NamesSystem = namesSystem;
        return source;
    }

    private static MaterialSource OpenNamed(string path)
    {
        if (Directory.Exists(path))
            return FolderSource.Of(path);
        if (!File.Exists(path))
            throw new RefusedException($"{path}: there is no such folder or zip.");
        return Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase)
            ? ZipSource.Of(path)
            : throw new RefusedException($"{path} is neither a folder nor a zip.");
    }

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="RefusedException">It cannot be read, or is longer than its source says.</exception>
    public byte[] Read(SourceFile file)
    {
        try
        {
            var content = new byte[file.Length];
            using var stream = OpenFile(file);
            var length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return length == content.Length && stream.ReadByte() < 0
                ? content
                : throw new RefusedException("it is not as long as it says: it is damaged, or made to do harm.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RefusedException($"it cannot be read: {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    protected abstract Stream OpenFile(SourceFile file);

    protected void Refuse(string path, string reason) => _refused.Add(ReportLine.LeftOut(path, reason));

    /// <summary>Takes a file into the list, or says why not.</summary>
    /// <returns>Whether it is in the list.</returns>
    protected bool Add(SourceFile file)
    {
        if (SourcePath.IsLitter(file.Path))
            return false;
        if (WhyNot(file) is { } reason)
        {
            Refuse(file.Path, reason);
            return false;
        }
        _totalBytes += file.Length;
        if (_totalBytes > MaterialLimits.TotalBytes)
            throw new RefusedException($"{Name} holds more than {MaterialLimits.TotalBytes / 1e12:0.0} TB. Bring it in in parts.");
        return true;
    }

    /// <summary>Stops when there are too many files, of whatever kind.</summary>
    protected void CheckCount(long count)
    {
        if (count > MaterialLimits.Files)
            throw new RefusedException($"{Name} has more than {MaterialLimits.Files:N0} files. Bring it in in parts.");
    }

    private string? WhyNot(SourceFile file)
    {
        if (SourcePath.WhyNot(file.Path) is { } reason)
            return reason;
        var isManifest = SourcePath.IsManifest(file.Path);
        if (!isManifest && !SourcePath.IsImage(file.Path))
            return "its name ends in none of .png, .jpg, .jpeg and .webp.";
        var most = isManifest ? MaterialLimits.ManifestBytes : ImageFiles.MaxBytes;
        if (file.Length > most)
            return $"it has {file.Length / 1e6:0} MB; {(isManifest ? "a manifest" : "an image")} may have {most / 1e6:0} MB.";
        return _files.TryAdd(file.Path, file) ? null : "another file has the same name.";
    }
}
