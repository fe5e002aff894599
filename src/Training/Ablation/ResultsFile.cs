using PixelPost.Training.Contracts;

namespace PixelPost.Training.Ablation;

/// <summary><c>results.jsonl</c>: what has been measured, one run per line.</summary>
internal sealed class ResultsFile
{
    private readonly string _path;
    private readonly List<CellResult> _results = [];

    /// <summary>Reads what is there; a last line that was cut off is dropped.</summary>
    public ResultsFile(string path)
    {
        _path = path;
        if (!File.Exists(path)) return;
        var text = File.ReadAllText(path);
        var complete = text[..(text.LastIndexOf('\n') + 1)];
        _results.AddRange(complete.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => ContractJson.Parse<CellResult>(line, Path.GetFileName(path))));
        if (complete.Length < text.Length) Lines.Write(path, _results);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<CellResult> All => _results;

    /// <summary>Whether a run is done.</summary>
    public bool Has(string network, string method, int seed) => _results.Any(r => (r.Network, r.Method, r.Seed) == (network, method, seed));

    /// <summary>Adds a run that is done.</summary>
    public void Add(CellResult result)
    {
        Lines.Append(_path, result);
        _results.Add(result);
    }
}
