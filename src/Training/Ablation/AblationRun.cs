using System.Security.Cryptography;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;

namespace PixelPost.Training.Ablation;

/// <summary><c>ablation.json</c>: what every number in a folder depends on.</summary>
internal sealed record AblationSetup
{
    /// <summary>Settings, without those that may change from run to run.</summary>
    public required AblationSettings Settings { get; init; }

    /// <summary>SHA-256 of the feature network's model.json, lower-case hex; null without one.</summary>
    public string? Features { get; init; }

    /// <summary>Number of pictures.</summary>
    public required int Pictures { get; init; }
}

/// <summary>
/// Trains each method on the same frozen data with several seeds, draws held-out captions with each result and measures what was drawn: the
/// structure of Tables 5 and 6 of arXiv 2409.17565 in small, by formulas instead of people. Every part is an ordinary job folder,
/// so the same command goes on wherever it was stopped.
/// </summary>
public static class AblationRun
{
    /// <summary>Runs what is not done yet; leaves <c>ablation.md</c>, a contact sheet per network and all they come from.</summary>
    /// <param name="pictures">Pictures with captions; the tenth that is held out is measured on.</param>
    /// <param name="models">Model folders; a network goes by the name of its folder.</param>
    /// <param name="features">Folder of the network of the kernel distance; null leaves the distance out.</param>
    /// <param name="output">Where everything is made.</param>
    /// <param name="settings">Hyper-parameters.</param>
    /// <exception cref="BadJobException">Settings, models or folder are not as they must be.</exception>
    /// <exception cref="OperationCanceledException">Somebody asked to stop; what was done is kept.</exception>
    public static void Run(IReadOnlyList<CaptionedPicture> pictures, IReadOnlyList<string> models, string? features, string output, AblationSettings settings)
    {
        if (settings.Faults() is { Count: > 0 } faults) throw new BadJobException(string.Join(" ", faults));
        var methods = Method.Chosen(settings);
        Begin(output, new AblationSetup { Settings = settings.Fixed(), Features = features is null ? null : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(LayersModel.Manifest(features)))), Pictures = pictures.Count });
        using var network = features is null ? null : MobileNetV2.Load(features);
        if (network is null) Console.WriteLine("Without --features the kernel distance is left out; 'bash data/fetch-features.sh FOLDER' fetches the network it needs.");

        var networks = new List<AblationNetwork>();
        try
        {
            foreach (var (name, folder) in Named(models)) networks.Add(new AblationNetwork(name, folder, output, pictures, network, settings));
            Finish(networks, methods, settings, output);
        }
        finally
        {
            foreach (var made in networks) made.Dispose();
        }
    }

    /// <summary>Seed by seed, so that an unfinished ablation has whole tables of fewer seeds.</summary>
    private static void Finish(List<AblationNetwork> networks, IReadOnlyList<Method> methods, AblationSettings settings, string output)
    {
        var results = new ResultsFile(Path.Combine(output, "results.jsonl"));
        foreach (var network in networks)
        {
            if (results.All.FirstOrDefault(r => r.Network == network.Name && r.BaseSha256 != network.BaseSha256) is not null)
                throw new BadJobException($"'{output}' has results of another model of the name {network.Name}; name another --out folder.");
            if (!results.Has(network.Name, CellResult.Real, 0)) results.Add(network.Real());
        }

        var left = (from seed in Enumerable.Range(1, settings.Seeds)
                    from network in networks
                    from method in methods
                    where !results.Has(network.Name, method.Name, seed)
                    select (network, method, seed)).ToList();
        for (var i = 0; i < left.Count; i++)
        {
            var (network, method, seed) = left[i];
            Console.WriteLine($"{network.Name}, {method.Name}, seed {seed}: {left.Count - i} runs left{TimeLeft(results.All, left.Count - i)}");
            results.Add(network.Run(method, seed));
            if (!settings.KeepCheckpoints) network.Forget(method, seed);
            WriteTable();
        }
        WriteTable(); // of results that were brought here, too
        foreach (var network in networks) network.WriteSheet(Path.Combine(output, $"{network.Name}.png"), methods);
        Console.WriteLine(File.ReadAllText(Path.Combine(output, "ablation.md")));

        void WriteTable() => File.WriteAllText(Path.Combine(output, "ablation.md"), AblationTable.Markdown(results.All, Method.All(settings)));
    }

    /// <summary>Makes the folder, or checks that it was begun the same way.</summary>
    private static void Begin(string output, AblationSetup setup)
    {
        Directory.CreateDirectory(output);
        var path = Path.Combine(output, "ablation.json");
        if (!File.Exists(path)) ContractJson.WriteFile(path, setup);
        else if (ContractJson.ReadFile<AblationSetup>(path) is { } begun && begun != setup)
            throw new BadJobException($"'{output}' was begun otherwise: {path} says how. Give the same settings, pictures and features, or name another --out folder.");
    }

    private static List<(string Name, string Folder)> Named(IReadOnlyList<string> models)
    {
        var named = models.Select(m => Path.TrimEndingDirectorySeparator(Path.GetFullPath(m))).Select(m => (Name: Path.GetFileName(m), Folder: m)).ToList();
        return named.DistinctBy(n => n.Name).Count() == named.Count ? named
            : throw new BadJobException("--model names two folders of the same name; the table tells networks apart by it.");
    }

    private static string TimeLeft(IReadOnlyList<CellResult> done, int left)
    {
        var seconds = done.Where(r => r.Method != CellResult.Real).Select(r => r.Seconds).ToList();
        if (seconds.Count == 0) return "";
        var time = TimeSpan.FromSeconds(seconds.Average() * left);
        return $", about {(int)time.TotalHours} h {time.Minutes} min";
    }
}
