using System.Text;

namespace PixelPost.EvalPortal.Material;

/// <summary>Paths of files inside a folder or zip as others write them: hostile until looked at.</summary>
internal static class SourcePath
{
    /// <summary>Most folders above a file, and one for the file.</summary>
    public const int MaxDepth = 16;

    private const int MaxLength = 1_000, MaxPartBytes = 255;

    private static readonly string[] ImageEndings = [".png", ".jpg", ".jpeg", ".webp"];
    private static readonly string[] ManifestNames = ["manifest.csv", "manifest.tsv", "manifest.json", "manifest.jsonl", "metadata.csv", "metadata.jsonl"];

    /// <summary>The path with <c>/</c> between its parts.</summary>
    public static string Normalise(string path) => path.Replace('\\', '/');

    /// <summary>Why a path cannot be that of a file inside; null when it can.</summary>
    /// <param name="path">As <see cref="Normalise"/> gives it.</param>
    public static string? WhyNot(string path)
    {
        if (path.Contains("://", StringComparison.Ordinal))
            return "this is an address, and nothing is fetched from the network. Put the image beside the manifest.";
        var parts = path.Split('/');
        if (path.StartsWith('/') || path is [_, ':', ..] || parts.Any(part => part is ".." or "." or ""))
            return "this leads out of the folder, or is no plain path. Write it as seen from the manifest, such as images/0001.png.";
        if (path.Length > MaxLength || parts.Length > MaxDepth || parts.Any(part => Encoding.UTF8.GetByteCount(part) > MaxPartBytes))
            return "this path is too long or too deep.";
        return path.Any(char.IsControl) ? "there are control characters in its name." : null;
    }

    public static bool IsImage(string path) => ImageEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    public static bool IsManifest(string path) => ManifestNames.Contains(NameOf(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>What file managers leave behind, which nobody means to bring in.</summary>
    public static bool IsLitter(string path) =>
        path.Split('/').Any(part => part.StartsWith('.') && part is not ("." or "..")) || path.StartsWith("__MACOSX/", StringComparison.Ordinal) ||
        NameOf(path) is "Thumbs.db" or "desktop.ini";

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The folder with a slash at its end; nothing for a file at the top.</summary>
    public static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];
}
