using System.Text.Json;

namespace PixelPost.Stats.Tests;

/// <summary>
/// Reads expected values computed by other implementations, which each file names: from <c>stats</c> in the folder that
/// PIXELPOST_REFERENCE names, or from the copy in Golden. Never edit a value.
/// </summary>
internal static class GoldenFile
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("PIXELPOST_REFERENCE") is { Length: > 0 } root
        ? Path.Combine(root, "stats")
        : Path.Combine(AppContext.BaseDirectory, "Golden");

    public static string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>One row per case: the file and the case's id.</summary>
    public static TheoryData<string, string> Cases(params IEnumerable<string> files)
    {
        var data = new TheoryData<string, string>();
        foreach (var file in files)
        {
            foreach (var id in Read(file).Select(item => item.GetProperty("id").GetString()!))
                data.Add(file, id);
        }

        return data;
    }

    public static (JsonElement Input, JsonElement Expected) Case(string file, string id)
    {
        var found = Read(file).Single(item => item.GetProperty("id").GetString() == id);
        return (found.GetProperty("input"), found.GetProperty("expected"));
    }

    public static double? Number(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    public static double[]? Numbers(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? [.. value.EnumerateArray().Select(item => item.GetDouble())] : null;

    private static JsonElement.ArrayEnumerator Read(string file) =>
        JsonDocument.Parse(File.ReadAllText(PathOf(file))).RootElement.GetProperty("cases").EnumerateArray();
}
