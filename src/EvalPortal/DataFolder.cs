namespace PixelPost.EvalPortal;

/// <summary>The folder of everything the portal keeps. Paths in the database are relative to it, so that it can be moved.</summary>
public sealed class DataFolder
{
    /// <summary>Makes the folder when it is missing.</summary>
    public DataFolder(string root)
    {
        Root = Path.GetFullPath(root);
        foreach (var folder in (string[])[Root, Images, Models, Jobs, Imports, Import])
            Directory.CreateDirectory(folder);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Keys);
        else
            Directory.CreateDirectory(Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; }

    /// <summary>The SQLite file.</summary>
    public string Database => Path.Combine(Root, "pixelpost.db");

    /// <summary>Image files, named by their hash.</summary>
    public string Images => Path.Combine(Root, "images");

    /// <summary>Models in diffusers layout, a folder each.</summary>
    public string Models => Path.Combine(Root, "models");

    /// <summary>One folder per job.</summary>
    public string Jobs => Path.Combine(Root, "jobs");

    /// <summary>One folder per import of images: what was sent, and what was found in it.</summary>
    public string Imports => Path.Combine(Root, "imports");

    /// <summary>Where images can be put for the portal to bring in, unless the options name other folders.</summary>
    public string Import => Path.Combine(Root, "import");

    /// <summary>Keys that protect cookies and links; whoever has them can sign in as anybody.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>The key that hashes participants' ids and signs personal links; without it nobody is known again by either.</summary>
    public string ParticipantKey => Path.Combine(Keys, "participants.key");

    /// <summary>The key that signs bundles; with another one they are no longer known to be of the same portal.</summary>
    public string BundleKey => Path.Combine(Keys, "bundles.key");

    /// <summary>The absolute path of what the database names; an absolute path stays as it is.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Root);

    /// <summary>The path to write to the database: relative to the folder when it lies inside.</summary>
    public string Relative(string path)
    {
        var relative = Path.GetRelativePath(Root, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(path) : relative;
    }
}
