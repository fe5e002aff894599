using System.Text.Json;
using System.Text.Json.Serialization;

namespace PixelPost.Training.Contracts;

/// <summary>The one way the contract's files are written and read: snake_case keys, states as text, unknown keys refused.</summary>
public static class ContractJson
{
    /// <summary>For files that people read: indented.</summary>
    public static readonly JsonSerializerOptions File = Make(indented: true);

    /// <summary>For <c>.jsonl</c> files: one line per record.</summary>
    public static readonly JsonSerializerOptions Line = Make(indented: false);

    /// <summary>Writes <paramref name="value"/> so that a reader sees the old file or the new one, never half of it.</summary>
    public static void WriteFile<T>(string path, T value)
    {
        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, value, File);
            stream.Flush(flushToDisk: true);
        }
        System.IO.File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads a file that is known to be there.</summary>
    /// <exception cref="JsonException">It is not what the contract says.</exception>
    public static T ReadFile<T>(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return JsonSerializer.Deserialize<T>(stream, File) ?? throw new JsonException($"{path} is empty.");
    }

    private static JsonSerializerOptions Make(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        WriteIndented = indented,
    };
}
