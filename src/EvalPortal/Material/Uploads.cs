using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Material;

/// <summary>A piece does not begin where its file ends.</summary>
/// <param name="length">Bytes of the file that are here.</param>
public sealed class UploadOffsetException(long length) : Exception($"The file has {length} bytes.")
{
    public long Length { get; } = length;
}

/// <summary>Files that are being sent to imports, written to disk as they come.</summary>
public sealed class Uploads(ImportStore imports, DataFolder data)
{
    // Pieces of one file are written one after another; a few gates are enough for all files.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>How many bytes of each file are here.</summary>
    public IReadOnlyDictionary<string, long> List(long importId)
    {
        var folder = new DirectoryInfo(ImportFolder.Of(data, importId).Uploads);
        return folder.Exists
            ? folder.EnumerateFiles("*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/'), file => file.Length)
            : new Dictionary<string, long>();
    }

    /// <summary>Appends a piece to a file.</summary>
    /// <param name="at">Where in the file it begins: at the end of what is here.</param>
    /// <param name="anew">Whether the file begins anew, whatever is here.</param>
    /// <returns>How many bytes of the file are here now.</returns>
    /// <exception cref="UploadOffsetException">It begins elsewhere.</exception>
    /// <exception cref="RefusedException">The import takes no files, or none of this name or size.</exception>
    public async Task<long> AppendAsync(long importId, string path, long at, bool anew, Stream piece, CancellationToken cancel = default)
    {
        var target = await ResolveAsync(importId, path, cancel);
        var gate = _gates[(uint)target.GetHashCode(StringComparison.Ordinal) % _gates.Length];
        await gate.WaitAsync(cancel);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            CheckDisk();
            await using var file = new FileStream(target, anew ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.Write);
            if (file.Length != at)
                throw new UploadOffsetException(file.Length);
            file.Position = at;
            try
            {
                await CopyAsync(piece, file, MostBytes(path), cancel);
            }
            catch
            {
                file.SetLength(at); // a piece is there whole or not at all
                throw;
            }
            return file.Length;
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task CopyAsync(Stream piece, FileStream file, long most, CancellationToken cancel)
    {
        var (buffer, length) = (new byte[1 << 16], 0L);
        while (await piece.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            length += read;
            if (length > MaterialEndpoints.MaxPiece)
                throw new RefusedException($"A piece has more than {MaterialEndpoints.MaxPiece >> 20} MB.");
            if (file.Position + read > most)
                throw new RefusedException($"The file has more than {most / 1e6:0} MB.");
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
    }

    /// <summary>Where a file goes. Only an import that waits for files gets any, and only what it can use.</summary>
    private async Task<string> ResolveAsync(long importId, string path, CancellationToken cancel)
    {
        if (await imports.FindAsync(importId, cancel) is not { TakesFiles: true })
            throw new RefusedException("This import is not waiting for files.");
        var inside = SourcePath.Normalise(path);
        if (SourcePath.WhyNot(inside) is { } reason)
            throw new RefusedException($"{path}: {reason}");
        if (!SourcePath.IsImage(inside) && !SourcePath.IsManifest(inside) && !IsZip(inside))
            throw new RefusedException($"{path}: an import takes PNG, JPEG and WebP images, a manifest, or a zip.");
        var folder = ImportFolder.Of(data, importId).Uploads;
        var full = Path.GetFullPath(Path.Combine(folder, inside));
        return full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? full : throw new RefusedException($"{path}: this leads out of the folder.");
    }

    private static bool IsZip(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && !path.Contains('/', StringComparison.Ordinal);

    private static long MostBytes(string path) => true switch
    {
        _ when SourcePath.IsImage(path) => ImageFiles.MaxBytes,
        _ when SourcePath.IsManifest(path) => MaterialLimits.ManifestBytes,
        _ => MaterialLimits.TotalBytes,
    };

    private void CheckDisk()
    {
        if (new DriveInfo(data.Root).AvailableFreeSpace < MaterialLimits.FreeBytes)
            throw new RefusedException($"The portal's disk is nearly full: {MaterialLimits.FreeBytes >> 30} GB have to stay free. Make room, then go on.");
    }
}
