namespace PixelPost.Training.Tests;

/// <summary>The source tree the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PixelPost.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("PixelPost.sln is in no parent folder.");
        return folder;
    }
}
