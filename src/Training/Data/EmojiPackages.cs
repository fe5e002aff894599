using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PixelPost.Training.Data;

/// <summary>One picture of the pre-training set.</summary>
/// <param name="File">Absolute path of the picture.</param>
/// <param name="Name">File name without its folder, the picture's key.</param>
/// <param name="Caption">Its Unicode CLDR short name.</param>
/// <param name="Keywords">CLDR keywords.</param>
/// <param name="HeldOut">Kept out of training the autoencoder.</param>
public sealed record CaptionedPicture(string File, string Name, string Caption, string[] Keywords, bool HeldOut);

/// <summary>
/// Microsoft Fluent Emoji 3D as two npm packages hold it (both MIT): pictures in <c>@lobehub/fluent-emoji-3d</c>, names in
/// <c>emojibase-data</c>. Skin-tone variants and country flags are left out, the flags being in another style.
/// </summary>
public static class EmojiPackages
{
    /// <summary>Reads the set, in the order of Unicode.</summary>
    /// <param name="folder">Folder with the two unpacked packages, <c>fluent-emoji-3d</c> and <c>emojibase-data</c>.</param>
    /// <exception cref="BadJobException">A package is missing; the message has the commands that fetch it.</exception>
    public static List<CaptionedPicture> Read(string folder)
    {
        var assets = Path.Combine(folder, "fluent-emoji-3d", "assets");
        var english = Path.Combine(folder, "emojibase-data", "en");
        if (!Directory.Exists(assets) || !Directory.Exists(english))
            throw new BadJobException($"'{folder}' does not hold the emoji packages. Fetch them with 'bash data/fetch-emoji.sh {folder}'.");

        // a few pictures are there twice, with and without the variation selector in their name
        var files = Directory.EnumerateFiles(assets, "*.webp").Order(StringComparer.Ordinal)
            .DistinctBy(f => Key(Path.GetFileNameWithoutExtension(f))).ToDictionary(f => Key(Path.GetFileNameWithoutExtension(f)), StringComparer.Ordinal);
        using var messages = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(english, "messages.json")));
        var countryFlags = messages.RootElement.GetProperty("subgroups").EnumerateArray()
            .First(s => s.GetProperty("key").GetString() == "country-flag").GetProperty("order").GetInt32();
        using var data = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(english, "data.json")));

        var pictures = new List<CaptionedPicture>();
        foreach (var emoji in data.RootElement.EnumerateArray())
        {
            if (!files.TryGetValue(Key(emoji.GetProperty("hexcode").GetString()!), out var file)) continue;
            if (emoji.TryGetProperty("subgroup", out var subgroup) && subgroup.GetInt32() == countryFlags) continue;
            var keywords = emoji.TryGetProperty("tags", out var tags) ? tags.EnumerateArray().Select(t => t.GetString()!).ToArray() : [];
            var name = Path.GetFileNameWithoutExtension(file);
            pictures.Add(new CaptionedPicture(file, name, emoji.GetProperty("label").GetString()!, keywords, IsHeldOut(name)));
        }
        return pictures;
    }

    /// <summary>A tenth of the names, by hash, so that the split does not depend on the set's order or size.</summary>
    internal static bool IsHeldOut(string name)
    {
#pragma warning disable CA5350 // a stable bucket, not a signature
        var hash = SHA1.HashData(Encoding.UTF8.GetBytes(name + ".png"));
#pragma warning restore CA5350
        return hash.Aggregate(0, (rest, b) => (rest * 256 + b) % 10) == 0;
    }

    private static string Key(string hexcode) => hexcode.ToLowerInvariant().Replace("-fe0f", "", StringComparison.Ordinal);
}
