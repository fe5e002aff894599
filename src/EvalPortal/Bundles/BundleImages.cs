using PixelPost.EvalPortal.Bundles.Tables;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>Which image files a bundle has, and what they are called in it.</summary>
internal static class BundleImages
{
    public const string Folder = "images/";

    private const int HashLength = 64;

    public static string PathOf(string sha256) => $"{Folder}{sha256}.png";

    /// <summary>The sizes that the rows of a table say of image files, by hash. Images whose file their portal never had are not among them.</summary>
    public static IEnumerable<(string Sha256, int Width, int Height)> In(BundleTable table, IReadOnlyList<string?> row)
    {
        var heading = table.Heading.ToList();
        string At(string column) => row[heading.IndexOf(column)] ?? "";
        (string, int, int) Image(string side) =>
            Hash(At($"{side}sha256")) is var hash && int.TryParse(At($"{side}width"), out var width) && int.TryParse(At($"{side}height"), out var height) ? (hash, width, height)
                : throw new RefusedException($"{table.Name}: an image has no size.");
        return table.Name switch
        {
            "images" when At("byte_length") != "0" => [Image("")],
            "examples" => [Image("left_"), Image("right_")],
            _ => [],
        };
    }

    private static string Hash(string text) =>
        text.Length == HashLength && text.All(char.IsAsciiHexDigitLower) ? text : throw new RefusedException($"An image has '{text}' where its SHA-256 should be.");
}
