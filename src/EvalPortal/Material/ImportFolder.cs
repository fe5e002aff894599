namespace PixelPost.EvalPortal.Material;

/// <summary>The folder of an import: what was uploaded, what was found, the images that wait, and the report.</summary>
/// <param name="Root">The folder.</param>
internal sealed record ImportFolder(string Root)
{
    /// <summary>The folder of an import of the portal.</summary>
    public static ImportFolder Of(DataFolder data, long importId) => new(Path.Combine(data.Imports, $"{importId}"));

    public string Uploads => Path.Combine(Root, "files");

    /// <summary>Where the check works; it goes once the images are taken.</summary>
    public string Work => Path.Combine(Root, "work");

    public string Report => Path.Combine(Root, "report.csv");

    /// <summary>What is to be checked: the folder or zip of the server, or what was uploaded, which may be one zip.</summary>
    public MaterialSource Open(MaterialImport import)
    {
        if (import.SourceFolder is not null)
            return MaterialSource.Open(import.SourceFolder);
        if (!Directory.Exists(Uploads))
            throw new RefusedException("Nothing was uploaded. Choose a folder or a zip of images.");
        var zips = Directory.GetFiles(Uploads, "*.zip");
        return zips is [var only] && Directory.GetFileSystemEntries(Uploads).Length == 1 ? MaterialSource.Open(only) : MaterialSource.Open(Uploads, namesSystem: false);
    }

    /// <summary>Leaves the report and nothing else.</summary>
    public void DeleteMaterial()
    {
        foreach (var folder in new[] { Uploads, Work }.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
    }

    public void Delete()
    {
        if (Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
    }
}
