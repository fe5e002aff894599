using System.Text;
using System.Text.Json;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Follows a growing <c>metrics.jsonl</c>: each reading takes only what is new.</summary>
/// <param name="path">The file; it may not be there yet.</param>
public sealed class MetricsFile(string path)
{
    private readonly List<MetricsLine> _lines = [];
    private long _position;

    /// <summary>The lines so far, by step. Where a resumed run made steps again, the later run's lines stand.</summary>
    /// <exception cref="JsonException">A finished line is not what the contract says.</exception>
    public IReadOnlyList<MetricsLine> Read()
    {
        if (!File.Exists(path))
            return _lines;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length < _position) // cut back by a resumed run
        {
            _lines.Clear();
            _position = 0;
        }
        stream.Position = _position;
        var bytes = new byte[stream.Length - _position];
        stream.ReadExactly(bytes);

        var finished = bytes.AsSpan(0, bytes.AsSpan().LastIndexOf((byte)'\n') + 1); // the last line may still be written
        foreach (var text in Encoding.UTF8.GetString(finished).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var line = JsonSerializer.Deserialize<MetricsLine>(text, ContractJson.Line)!;
            while (_lines.Count > 0 && _lines[^1].Step >= line.Step)
                _lines.RemoveAt(_lines.Count - 1);
            _lines.Add(line);
        }
        _position += finished.Length;
        return _lines;
    }
}
