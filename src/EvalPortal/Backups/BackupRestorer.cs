using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Backups;

/// <summary>Makes a data folder and a database of a backup, once every byte of it is found to be as it was.</summary>
internal static class BackupRestorer
{
    /// <summary>Looks whether every file of a backup is there with the bytes that it had.</summary>
    /// <param name="tell">Told of bytes done and bytes in all.</param>
    /// <exception cref="RefusedException">One is missing or has changed, or the backup is of a newer program.</exception>
    public static async Task<BackupManifest> CheckAsync(string folder, Action<long, long> tell, CancellationToken cancel)
    {
        folder = Path.GetFullPath(folder);
        var manifest = await BackupManifest.ReadAsync(folder, cancel);
        var newest = Migrator.NewestVersion(manifest.Database);
        if (manifest.SchemaVersion > newest)
            throw new RefusedException($"{folder} was made by PixelPost {manifest.AppVersion}, whose schema is {manifest.SchemaVersion}, and this one knows {newest}: use the newer one.");
        var (done, total) = (0L, manifest.Files.Sum(file => file.Bytes));
        foreach (var file in manifest.Files)
        {
            var path = Inside(folder, file.Path);
            if (!File.Exists(path))
                throw new RefusedException($"{path} is missing: the backup is not whole.");
            if (new FileInfo(path).Length != file.Bytes || await BackupMaker.HashAsync(path, cancel) != file.Sha256)
                throw new RefusedException($"{path} is not what was saved: its content has changed.");
            tell(done += file.Bytes, total);
        }
        if (manifest.Files.All(file => file.Path != DatabaseDump.FileName(manifest.Database)))
            throw new RefusedException($"{folder} has no database: the backup is not whole.");
        return manifest;
    }

    /// <summary>Restores a backup that was checked. The database comes last, so that a portal finds none before all else is there.</summary>
    /// <exception cref="RefusedException">There is something in the data folder or the database already, or they are of another kind.</exception>
    public static async Task RestoreAsync(string folder, BackupManifest manifest, PortalOptions options, Action<long, long> tell, CancellationToken cancel)
    {
        folder = Path.GetFullPath(folder);
        var root = Path.GetFullPath(options.Data);
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            throw new RefusedException($"{root} is not empty: what is there would be mixed with the backup. Name a new folder with --data.");
        if (options.Database.Kind != manifest.Database)
            throw new RefusedException($"The backup is of a database on {manifest.Database} and goes back on {manifest.Database} only: --database-kind {manifest.Database.ToString().ToLowerInvariant()}.");
        try
        {
            await FillAsync(folder, manifest, options, tell, cancel);
        }
        catch
        {
            Directory.Delete(root, recursive: true); // half a portal would be taken for one
            throw;
        }
    }

    private static async Task FillAsync(string folder, BackupManifest manifest, PortalOptions options, Action<long, long> tell, CancellationToken cancel)
    {
        var data = new DataFolder(options.Data);
        var dump = DatabaseDump.FileName(manifest.Database);
        var (done, total) = (0L, manifest.Files.Sum(file => file.Bytes));
        foreach (var file in manifest.Files.Where(file => file.Path != dump))
        {
            cancel.ThrowIfCancellationRequested();
            var to = Inside(data.Root, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(Inside(folder, file.Path), to);
            tell(done += file.Bytes, total);
        }
        await DatabaseDump.ReadAsync(options, Path.Combine(folder, dump), cancel);
        using var db = manifest.Database == DatabaseKind.Sqlite ? Db.Sqlite(data.Database) : Db.Postgres(options.Database.Connection!);
        await DatabaseDump.CheckAsync(db, manifest, cancel);
    }

    /// <summary>Where a file of a backup lies, whose manifest may have been made by anybody.</summary>
    private static string Inside(string root, string path)
    {
        root = Path.TrimEndingDirectorySeparator(root);
        var full = Path.GetFullPath(path, root);
        return full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new RefusedException($"{BackupManifest.FileName} names {path}, which leads out of the folder.");
    }
}
