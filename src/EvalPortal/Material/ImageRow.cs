using System.Globalization;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Material;

/// <summary>What is said about an image: by a row of a manifest, or by the file's own name.</summary>
internal sealed record ImageRow
{
    /// <summary>The manifest; null where the name speaks.</summary>
    public string? Manifest { get; init; }

    public int? Line { get; init; }

    /// <summary>Path of the image in the source, as <see cref="SourcePath.Normalise"/> gives it; null where the row names none.</summary>
    public string? File { get; init; }

    public string? System { get; init; }

    public string? Prompt { get; init; }

    /// <summary>The prompt's id, or its number in the set.</summary>
    public string? PromptId { get; init; }

    public string? Category { get; init; }

    public long? Seed { get; init; }

    /// <summary>Why the row cannot be used; null when it can.</summary>
    public string? Fault { get; init; }
}

/// <summary>Reads manifests: CSV, JSON lines or a JSON list with a row per image.</summary>
internal static class ManifestReader
{
    private static readonly RowFile Rows = new(
        new Dictionary<string, string[]>
        {
            ["file"] = ["file", "image", "file_name", "filename", "path", "image_path"],
            ["prompt"] = ["prompt", "text", "caption"],
            ["prompt_id"] = ["prompt_id", "item_id", "id"],
            ["seed"] = ["seed"],
            ["category"] = ["category", "tag"],
            ["system"] = ["system", "model"],
        },
        has => !has("file") ? "there is no column file. Name the image of each row, as seen from the manifest."
            : has("prompt") || has("prompt_id") ? null : "there is no column prompt, and no prompt_id. Say what each image was made for.");

    /// <summary>The rows of a manifest of a source.</summary>
    /// <exception cref="RefusedException">It cannot be read: the message says where and what would be right.</exception>
    public static IEnumerable<ImageRow> Read(MaterialSource source, SourceFile manifest)
    {
        var folder = SourcePath.FolderOf(manifest.Path);
        return Rows.Read(source.Read(manifest)).Select(row => Of(row, manifest.Path, folder));
    }

    private static ImageRow Of(FileRow row, string manifest, string folder)
    {
        var file = row["file"] is { } named ? SourcePath.Normalise(named) : null;
        if (file?.StartsWith("./", StringComparison.Ordinal) == true)
            file = file[2..];
        var seed = (long?)null;
        var fault = row.Fault ?? (file is null ? "the file is empty. Name the image, as seen from the manifest." : SourcePath.WhyNot(file));
        if (fault is null && row["seed"] is { } text)
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                seed = number;
            else
                fault = $"the seed is '{text}'. It must be a whole number, or be left out.";
        }
        return new ImageRow
        {
            Manifest = manifest,
            Line = row.Number,
            File = file is null ? null : folder + file,
            System = row["system"],
            Prompt = row["prompt"],
            PromptId = row["prompt_id"],
            Category = row["category"],
            Seed = seed,
            Fault = fault,
        };
    }
}
