using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

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
    /// <exception cref="JsonException">It is not what the contract says; the message names the file, the key and what would be right.</exception>
    public static T ReadFile<T>(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return Parse<T>(reader.ReadToEnd(), Path.GetFileName(path));
    }

    /// <summary>Reads a <c>.jsonl</c> file that is known to be there; blank lines are passed over.</summary>
    /// <returns>Each record, with the number of its line from 1.</returns>
    /// <exception cref="JsonException">A line is not what the contract says; the message names the file, the line, the key and what would be right.</exception>
    public static IEnumerable<(int Number, T Value)> ReadLines<T>(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        for (var number = 1; reader.ReadLine() is { } line; number++)
            if (!string.IsNullOrWhiteSpace(line))
                yield return (number, Parse<T>(line, $"{Path.GetFileName(path)} line {number}"));
    }

    /// <summary>Reads one record.</summary>
    /// <param name="json">The record.</param>
    /// <param name="source">Named in messages.</param>
    /// <exception cref="JsonException">It is not what the contract says.</exception>
    public static T Parse<T>(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            Check(document.RootElement, typeof(T), "");
            return document.RootElement.Deserialize<T>(File) ?? throw new JsonException("it is empty.");
        }
        catch (JsonException problem)
        {
            throw new JsonException($"{source}: {problem.Message}", problem);
        }
    }

    /// <summary>Names the first key that is unknown, missing or of the wrong kind, where the serializer would speak of .NET types.</summary>
    private static void Check(JsonElement value, Type type, string path)
    {
        var info = File.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        if (info.Kind != JsonTypeInfoKind.Object || value.ValueKind != JsonValueKind.Object)
        {
            CheckKind(value, type, path);
            return;
        }

        foreach (var entry in value.EnumerateObject())
        {
            var property = info.Properties.FirstOrDefault(p => p.Name == entry.Name)
                ?? throw new JsonException($"key '{path}{entry.Name}' is unknown{Nearest.Hint(entry.Name, info.Properties.Select(p => p.Name))}");
            if (entry.Value.ValueKind == JsonValueKind.Null && !property.IsSetNullable) throw WrongKind(entry.Value, property.PropertyType, $"{path}{entry.Name}.", null);
            Check(entry.Value, property.PropertyType, $"{path}{entry.Name}.");
        }
        if (info.Properties.FirstOrDefault(p => p.IsRequired && !value.TryGetProperty(p.Name, out _)) is { } missing)
            throw new JsonException($"key '{path}{missing.Name}' is missing.");
    }

    private static void CheckKind(JsonElement value, Type type, string path)
    {
        try
        {
            value.Deserialize(type, File);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            throw WrongKind(value, type, path, problem);
        }
    }

    private static JsonException WrongKind(JsonElement value, Type type, string path, Exception? problem)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var expected = plain.IsEnum ? $"one of {string.Join(", ", Enum.GetValues(plain).Cast<object>().Select(v => JsonSerializer.Serialize(v, Line).Trim('"')))}"
            : plain == typeof(int) || plain == typeof(long) ? "a whole number"
            : plain == typeof(double) ? "a number"
            : plain == typeof(bool) ? "true or false"
            : plain == typeof(string) ? "text"
            : plain == typeof(DateTimeOffset) ? "a time"
            : "an object";
        return new JsonException(path.Length == 0 ? $"it must be {expected}." : $"'{path.TrimEnd('.')}' is {value.GetRawText()}; it must be {expected}.", problem);
    }

    private static JsonSerializerOptions Make(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All), // prompts stay readable in every script
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        WriteIndented = indented,
    };
}
