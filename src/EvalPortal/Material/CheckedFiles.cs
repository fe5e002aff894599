using System.Collections.Concurrent;
using System.Text.Json;
using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Material;

/// <summary>What was found out about a file: how it is kept, or why it cannot be.</summary>
internal sealed record CheckedFile
{
    /// <summary>The file, as it was then.</summary>
    public required SourceFile File { get; init; }

    /// <summary>Null where it was refused.</summary>
    public ImageFile? Image { get; init; }

    public string? Refusal { get; init; }
}

/// <summary>The files of an import that were looked at, a line each in a file of its folder: a check that was broken off goes on after them.</summary>
internal sealed class CheckedFiles : IDisposable
{
    private readonly ConcurrentDictionary<SourceFile, CheckedFile> _known = new();
    private readonly StreamWriter _lines;

    public CheckedFiles(string path)
    {
        if (File.Exists(path))
        {
            foreach (var line in File.ReadLines(path))
                Remember(line);
        }
        _lines = new StreamWriter(path, append: true) { AutoFlush = false, NewLine = "\n" };
        _lines.WriteLine(); // ends a line that was cut off
    }

    /// <summary>What is known of a file; null when it was not looked at, or has changed since.</summary>
    public CheckedFile? Find(SourceFile file) => _known.GetValueOrDefault(file);

    public void Add(CheckedFile found)
    {
        _known[found.File] = found;
        lock (_lines)
        {
            _lines.WriteLine(JsonSerializer.Serialize(found));
            _lines.Flush();
        }
    }

    public void Dispose() => _lines.Dispose();

    private void Remember(string line)
    {
        try
        {
            if (line.Length > 0 && JsonSerializer.Deserialize<CheckedFile>(line) is { } found)
                _known[found.File] = found;
        }
        catch (JsonException)
        {
            // cut off when the portal was stopped: the file is looked at again
        }
    }
}
