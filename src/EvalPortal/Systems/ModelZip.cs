using System.IO.Compression;
using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Systems;

/// <summary>Unpacks the zip of a model. It is hostile until looked at: one name that leads out, one link or one bomb, and nothing of it is taken.</summary>
internal static class ModelZip
{
    private const int UnixFileTypes = 0xF000, UnixLink = 0xA000;
    private const int MostFiles = 2_000;

    // Of weights next to nothing can be packed away, of vocabularies most.
    private const int MostRatio = 50;
    private const long Small = 64 << 20;

    private static readonly string[] Taken = [".safetensors", ".json", ".txt", ".model"];

    /// <summary>Unpacks what a model needs into a new folder. A folder that holds all the rest is left away.</summary>
    /// <param name="path">The zip.</param>
    /// <param name="folder">Must not be there.</param>
    /// <param name="freeBytes">How much may be written.</param>
    /// <param name="progress">Bytes written so far, and of all.</param>
    /// <param name="cancel">Ends it; what was written stays.</param>
    /// <exception cref="RefusedException">It is no zip, is damaged, or something in it cannot be trusted.</exception>
    public static async Task UnpackAsync(string path, string folder, long freeBytes, IProgress<(long Done, long Total)>? progress, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        var name = Path.GetFileName(path);
        ZipDirectory.Check(file, name);
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            var entries = Check(zip, file.Length, name);
            var total = entries.Sum(entry => entry.Entry.Length);
            if (total > freeBytes)
                throw new RefusedException($"{name} unpacks to {Shell.TimeText.Bytes(total)}, and the disk has {Shell.TimeText.Bytes(Math.Max(0, freeBytes))} to spare.");
            var done = 0L;
            foreach (var (inside, entry) in entries)
            {
                var target = Path.GetFullPath(Path.Combine(folder, inside));
                if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                    throw new RefusedException($"{entry.FullName}: this leads out of the folder.");
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await using var unpacked = entry.Open();
                await using var written = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
                await CopyAsync(unpacked, written, entry, bytes => progress?.Report((done + bytes, total)), cancel);
                done += entry.Length;
            }
        }
        catch (InvalidDataException exception)
        {
            throw new RefusedException($"{name} cannot be read as a zip: {exception.Message}", exception);
        }
    }

    private static List<(string Inside, ZipArchiveEntry Entry)> Check(ZipArchive zip, long zipLength, string name)
    {
        if (zip.Entries.Count > MostFiles)
            throw new RefusedException($"{name} has {zip.Entries.Count:N0} files; a model has some dozens.");
        var files = new List<(string Path, ZipArchiveEntry Entry)>();
        var packed = 0L;
        foreach (var entry in zip.Entries)
        {
            var path = SourcePath.Normalise(entry.FullName);
            packed += entry.CompressedLength;
            if (path.EndsWith('/') && entry.Length == 0 && SourcePath.WhyNot(path.TrimEnd('/')) is null)
                continue;
            if (SourcePath.WhyNot(path) is { } reason)
                throw new RefusedException($"{name}, {entry.FullName}: {reason}");
            if (((entry.ExternalAttributes >> 16) & UnixFileTypes) == UnixLink)
                throw new RefusedException($"{name}, {path} is a link, and links are not followed. Put the file itself there.");
            if (entry.IsEncrypted)
                throw new RefusedException($"{name}, {path} is encrypted. Make the zip without a password.");
            if (entry.Length > Small && entry.Length / MostRatio > entry.CompressedLength)
                throw new RefusedException($"{name}, {path} unpacks to more than {MostRatio} times its size, as no weights do.");
            if (!SourcePath.IsLitter(path) && Taken.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
                files.Add((path, entry));
        }
        if (packed > zipLength)
            throw new RefusedException($"{name} is made to do harm: its files overlap, so that it unpacks to far more than it holds.");
        var top = TopFolder(files.Select(file => file.Path));
        var inside = files.Select(file => (Inside: file.Path[top.Length..], file.Entry)).ToList();
        return inside.GroupBy(file => file.Inside, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new RefusedException($"{name} has {twice.Key} more than once.")
            : inside;
    }

    /// <summary>The folder in which the zip has its model_index.json, with a slash; nothing where it lies at the top.</summary>
    private static string TopFolder(IEnumerable<string> paths)
    {
        var all = paths.ToList();
        var top = all.Where(path => SourcePath.NameOf(path) == "model_index.json").MinBy(path => path.Length) is { } index ? SourcePath.FolderOf(index) : "";
        return all.TrueForAll(path => path.StartsWith(top, StringComparison.Ordinal)) ? top : "";
    }

    private static async Task CopyAsync(Stream from, FileStream to, ZipArchiveEntry entry, Action<long> report, CancellationToken cancel)
    {
        var (buffer, length) = (new byte[1 << 20], 0L);
        while (await from.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            length += read;
            if (length > entry.Length)
                break;
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
            report(length);
        }
        if (length != entry.Length)
            throw new RefusedException($"{entry.FullName} is not as long as the zip says: it is damaged, or made to do harm.");
    }
}
