namespace PixelPost.EvalPortal.Material;

/// <summary>The folders on the server from which images and models may be brought in: those of the options, else one in the data folder.</summary>
public sealed class ImportRoots(PortalOptions options, DataFolder data)
{
    private const int MostListed = 200;

    /// <summary>Absolute paths.</summary>
    public IReadOnlyList<string> All { get; } = options.ImportRoots is null ? [data.Import] : PortalOptions.Split(options.ImportRoots);

    /// <summary>Folders and zips that lie directly in the roots.</summary>
    public IReadOnlyList<string> List() =>
        [.. All.Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries).Where(IsWanted).Order(StringComparer.Ordinal).Take(MostListed)];

    /// <summary>The absolute path of a folder or zip that may be brought in.</summary>
    /// <param name="path">Absolute, or as seen from the first root.</param>
    /// <exception cref="RefusedException">It lies outside the roots, is reached by a link, or is not there.</exception>
    public string Resolve(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path.Trim(), All[0]));
        var root = All.FirstOrDefault(root => full == root || full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            ?? throw new RefusedException($"Folders may be brought in from {string.Join(" and ", All)}. Put it there, or have whoever runs the portal add their folder with --import-roots.");
        for (var part = full; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget is not null)
                throw new RefusedException($"{part} is a link, and links are not followed. Name the folder itself.");
        }
        return Directory.Exists(full) || File.Exists(full) ? full : throw new RefusedException($"{full}: there is no such folder or zip.");
    }

    private static bool IsWanted(string path) =>
        new FileInfo(path) is { LinkTarget: null } entry && !entry.Name.StartsWith('.') &&
        (entry.Attributes.HasFlag(FileAttributes.Directory) || entry.Extension.Equals(".zip", StringComparison.OrdinalIgnoreCase));
}
