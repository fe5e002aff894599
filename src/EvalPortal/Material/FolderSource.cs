namespace PixelPost.EvalPortal.Material;

/// <summary>A folder with all folders below. Links are never followed: they could lead anywhere.</summary>
internal sealed class FolderSource : MaterialSource
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly Dictionary<string, string> _paths = [];

    private FolderSource()
    {
    }

    /// <summary>Lists a folder.</summary>
    public static FolderSource Of(string path)
    {
        var root = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var source = new FolderSource { Name = root.Name };
        try
        {
            source.List(root);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{path} cannot be read: {exception.Message}", exception);
        }
        return source;
    }

    protected override Stream OpenFile(SourceFile file) => File.OpenRead(_paths[file.Path]);

    private void List(DirectoryInfo root)
    {
        var folders = new Stack<(DirectoryInfo Folder, string Path, int Depth)>([(root, "", 1)]);
        var seen = 0L;
        while (folders.TryPop(out var next))
        {
            foreach (var entry in next.Folder.EnumerateFileSystemInfos("*", Everything).OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                CheckCount(++seen);
                var path = SourcePath.Normalise(next.Path + entry.Name);
                if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                    Refuse(path, "it is a link, and links are not followed. Put the file itself there.");
                else if (entry is DirectoryInfo folder && next.Depth < SourcePath.MaxDepth)
                    folders.Push((folder, path + "/", next.Depth + 1));
                else if (entry is DirectoryInfo)
                    Refuse(path, "there are too many folders in one another.");
                else if (entry is FileInfo file && Add(new SourceFile(path, file.Length, file.LastWriteTimeUtc.Ticks)))
                    _paths.Add(path, file.FullName);
            }
        }
    }
}
