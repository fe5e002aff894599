using System.IO.Compression;

namespace PixelPost.EvalPortal.Material;

/// <summary>A zip. Nothing in it is ever written under the name that it has there: files are read into memory one by one.</summary>
internal sealed class ZipSource : MaterialSource
{
    private const int UnixFileTypes = 0xF000, UnixLink = 0xA000;

    private readonly ZipArchive _zip;
    private readonly Lock _reading = new(); // an archive is one stream
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private ZipSource(ZipArchive zip) => _zip = zip;

    /// <summary>Lists a zip.</summary>
    public static ZipSource Of(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var file = File.OpenRead(path);
        try
        {
            ZipDirectory.Check(file, Path.GetFileName(path));
            var source = new ZipSource(new ZipArchive(file, ZipArchiveMode.Read)) { Name = name };
            source.List(file.Length);
            return source;
        }
        catch (InvalidDataException exception)
        {
            file.Dispose();
            throw new RefusedException($"{Path.GetFileName(path)} cannot be read as a zip: {exception.Message}", exception);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    protected override Stream OpenFile(SourceFile file)
    {
        lock (_reading)
        {
            var content = new byte[file.Length + 1]; // one more, to see whether it ends
            using var entry = _entries[file.Path].Open();
            return new MemoryStream(content, 0, entry.ReadAtLeast(content, content.Length, throwOnEndOfStream: false), writable: false);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _zip.Dispose();
        base.Dispose(disposing);
    }

    private void List(long fileLength)
    {
        var packed = 0L;
        CheckCount(_zip.Entries.Count);
        foreach (var entry in _zip.Entries)
        {
            var path = SourcePath.Normalise(entry.FullName);
            packed += entry.CompressedLength;
            if (packed > fileLength)
                throw new RefusedException($"{Name} is made to do harm: its files overlap, so that it unpacks to far more than it holds.");
            if (path.EndsWith('/') && entry.Length == 0)
                continue; // a folder
            if (((entry.ExternalAttributes >> 16) & UnixFileTypes) == UnixLink)
                Refuse(path, "it is a link, and links are not followed. Put the file itself there.");
            else if (entry.IsEncrypted)
                Refuse(path, "it is encrypted. Make the zip without a password.");
            else if (entry.Length > MaterialLimits.SmallEntry && entry.Length / MaterialLimits.ZipRatio > entry.CompressedLength)
                Refuse(path, $"it unpacks to more than {MaterialLimits.ZipRatio} times its size, as no image does.");
            else if (Add(new SourceFile(path, entry.Length, entry.LastWriteTime.Ticks)))
                _entries.Add(path, entry);
        }
    }
}
