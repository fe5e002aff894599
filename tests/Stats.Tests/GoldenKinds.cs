using System.Text.Json;

namespace PixelPost.Stats.Tests;

/// <summary>Cases of those golden files that hold several kinds of test, told apart by <c>kind</c>.</summary>
internal static class GoldenKinds
{
    /// <summary>One row per case of a kind: the file and the case's id. A file without any fails, so that no theory runs dry.</summary>
    public static TheoryData<string, string> Of(string file, string kind)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(GoldenFile.PathOf(file)));
        var data = new TheoryData<string, string>();
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (item.GetProperty("kind").GetString() == kind)
                data.Add(file, item.GetProperty("id").GetString()!);
        }

        return data.Count > 0 ? data : throw new InvalidDataException($"{file} has no case of the kind {kind}.");
    }
}
