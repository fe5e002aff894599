using System.Reflection;
using System.Security.Cryptography;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Backups;

/// <summary>
/// Saves all that the portal keeps in a folder, while it runs: the database as it is at one moment, then the files, of which those that
/// the rows speak of are there by then. Into the folder of an earlier backup only what is new is copied.
/// </summary>
internal sealed class BackupMaker(PortalOptions options, DataFolder data, Db db, TimeProvider clock)
{
    /// <summary>Stands in a folder that a backup may write to and remove from.</summary>
    private const string Mark = "pixelpost-backup.txt";

    /// <summary>Makes a backup. Until its manifest is written, last of all, the folder's earlier one holds no longer.</summary>
    /// <param name="folder">Where to, outside the data folder; made when it is missing.</param>
    /// <param name="tell">Told of bytes done and bytes in all.</param>
    /// <exception cref="RefusedException">The folder holds something else, lies in the data folder or is of another kind of database.</exception>
    public async Task<BackupManifest> MakeAsync(string folder, Action<long, long> tell, CancellationToken cancel)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var before = await PrepareAsync(folder, cancel);
        var madeAt = clock.GetUtcNow();
        var dump = Path.Combine(folder, DatabaseDump.FileName(db.Kind));
        File.Delete($"{dump}.part");
        var contents = await DatabaseDump.WriteAsync(options, db, $"{dump}.part", cancel);
        File.Move($"{dump}.part", dump, overwrite: true);

        var files = new List<BackupFile> { new(Path.GetFileName(dump), new FileInfo(dump).Length, await HashAsync(dump, cancel)) };
        var found = Found().ToList();
        var (done, total) = (0L, found.Sum(file => file.Length));
        var known = before?.Files.ToDictionary(file => file.Path) ?? [];
        foreach (var file in found)
        {
            cancel.ThrowIfCancellationRequested();
            var path = Relative(file);
            if (await KeepAsync(file, Path.Combine(folder, path), known.GetValueOrDefault(path), path, cancel) is { } kept)
                files.Add(kept);
            tell(done += file.Length, total);
        }
        RemoveOthers(folder, [.. files.Select(file => file.Path)]);

        var manifest = new BackupManifest
        {
            FormatVersion = BackupManifest.Format,
            AppVersion = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            MadeAt = madeAt,
            Database = db.Kind,
            SchemaVersion = contents.SchemaVersion,
            Votes = contents.Votes,
            Files = files,
            Outside = contents.Outside,
        };
        await manifest.WriteAsync(folder, cancel);
        return manifest;
    }

    /// <summary>Makes the folder ready.</summary>
    /// <returns>The manifest of the backup that lies there; null when it is new.</returns>
    private async Task<BackupManifest?> PrepareAsync(string folder, CancellationToken cancel)
    {
        if (folder == data.Root || folder.StartsWith(data.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new RefusedException($"{folder} lies in the data folder, which is what is to be saved: name a folder elsewhere, best on another disk.");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else // the keys are in it
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            await File.WriteAllTextAsync(Path.Combine(folder, Mark), "A backup of PixelPost. It is whole once there is a manifest.json.\n", cancel);
            return null;
        }
        if (!File.Exists(Path.Combine(folder, Mark)))
            throw new RefusedException($"{folder} holds something else than a backup: name an empty or a new folder.");
        var before = File.Exists(Path.Combine(folder, BackupManifest.FileName)) ? await BackupManifest.ReadAsync(folder, cancel) : null;
        if (before is not null && before.Database != db.Kind)
            throw new RefusedException($"{folder} holds a backup of a database on {before.Database}, and this one is on {db.Kind}: name another folder.");
        File.Delete(Path.Combine(folder, BackupManifest.FileName));
        return before;
    }

    /// <summary>The files to save: all but the live database and what is only waiting to be brought in.</summary>
    private IEnumerable<FileInfo> Found() =>
        new DirectoryInfo(data.Root).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(file => !file.FullName.StartsWith(data.Database, StringComparison.Ordinal)
                && !file.FullName.StartsWith(data.Import + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .OrderBy(Relative, StringComparer.Ordinal);

    private string Relative(FileInfo file) => Path.GetRelativePath(data.Root, file.FullName).Replace('\\', '/');

    /// <summary>Copies a file, unless the backup has it.</summary>
    /// <returns>What the backup has of it; null when it has gone meanwhile.</returns>
    private static async Task<BackupFile?> KeepAsync(FileInfo file, string to, BackupFile? known, string path, CancellationToken cancel)
    {
        var there = new FileInfo(to);
        if (known is not null && there.Exists && there.Length == file.Length && there.Length == known.Bytes && there.LastWriteTimeUtc == file.LastWriteTimeUtc)
            return known;
        try
        {
            var written = file.LastWriteTimeUtc;
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            string hash;
            long bytes;
            await using (var source = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            await using (var target = File.Create(to))
            {
                using var sha = SHA256.Create();
                await using (var hashing = new CryptoStream(target, sha, CryptoStreamMode.Write, leaveOpen: true))
                    await source.CopyToAsync(hashing, cancel);
                (hash, bytes) = (Convert.ToHexStringLower(sha.Hash!), target.Length);
            }
            File.SetLastWriteTimeUtc(to, written); // by which the next backup knows whether it has changed
            return new BackupFile(path, bytes, hash);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // a file of a job that has just been cleared away; nothing in the rows speaks of it
        }
    }

    /// <summary>Removes what the data folder no longer has, such as what was erased.</summary>
    private static void RemoveOthers(string folder, HashSet<string> kept)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(folder, file).Replace('\\', '/');
            if (path != Mark && !kept.Contains(path))
                File.Delete(file);
        }
    }

    internal static async Task<string> HashAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }
}
