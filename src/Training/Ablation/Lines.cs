using System.Text.Json;
using PixelPost.Training.Contracts;

namespace PixelPost.Training.Ablation;

/// <summary>Writes <c>.jsonl</c> files.</summary>
internal static class Lines
{
    /// <summary>Writes a whole file; it appears complete or not at all.</summary>
    public static void Write<T>(string path, IEnumerable<T> lines)
    {
        File.WriteAllLines(path + ".tmp", lines.Select(Text));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Appends one line and flushes it.</summary>
    public static void Append<T>(string path, T line)
    {
        using var stream = new FileStream(path, FileMode.Append, FileAccess.Write);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(Text(line) + "\n"));
        stream.Flush(flushToDisk: true);
    }

    private static string Text<T>(T line) => JsonSerializer.Serialize(line, ContractJson.Line);
}
