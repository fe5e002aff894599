using System.Diagnostics;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Ablation;

/// <summary>One network's part of an ablation: its frozen data, its runs, its contact sheet. Every run is a job folder beside the data.</summary>
internal sealed class AblationNetwork : IDisposable
{
    private const int SheetColumns = 8;

    private readonly string _root, _model;
    private readonly AblationSettings _settings;
    private readonly HeldOutSet _heldOut;
    private readonly JobFolder _data;
    private readonly int _size;

    /// <summary>Makes the data, unless it is there.</summary>
    /// <param name="name">Of the network.</param>
    /// <param name="model">Model folder.</param>
    /// <param name="output">Folder of the ablation.</param>
    /// <param name="pictures">The whole set.</param>
    /// <param name="features">Network of the kernel distance, or null.</param>
    /// <param name="settings">Of the ablation.</param>
    public AblationNetwork(string name, string model, string output, IReadOnlyList<CaptionedPicture> pictures, MobileNetV2? features, AblationSettings settings)
    {
        (Name, _model, _settings) = (name, model, settings);
        _root = Path.Combine(output, name);
        BaseSha256 = ModelFolder.Sha256(model);
        using (var loaded = TextToImageModel.Load(model)) _size = loaded.ImageSize;
        _heldOut = new HeldOutSet(pictures, _size, features, settings);
        _data = AutomaticPreferences.Make(_root, model, _heldOut.TrainingPictures, _heldOut.TrainingCaptions, settings);
    }

    /// <summary>Name of its folder.</summary>
    public string Name { get; }

    /// <summary>Hash of the untrained model.</summary>
    public string BaseSha256 { get; }

    /// <summary>Measures real pictures.</summary>
    public CellResult Real()
    {
        var clock = Stopwatch.StartNew();
        using var model = TextToImageModel.Load(_model, ComputeDevice.Choose());
        return new CellResult { Network = Name, Method = CellResult.Real, Seed = 0, BaseSha256 = BaseSha256, ModelSha256 = BaseSha256, Measures = _heldOut.OfReal(model), Seconds = clock.Elapsed.TotalSeconds };
    }

    /// <summary>Trains, draws, measures; goes on where it was stopped.</summary>
    public CellResult Run(Method method, int seed)
    {
        var clock = Stopwatch.StartNew();
        var folder = Folder(method, seed);
        var (trained, seconds) = method.Training is null ? (_model, (double?)null) : Train(folder, method.Training with { Seed = seed });
        var drawn = JobRun.Draw(Drawn(folder), trained, _settings, _heldOut.Prompts(seed));
        using var images = Read(Drawn(folder), drawn);
        using var model = TextToImageModel.Load(trained, ComputeDevice.Choose());
        return new CellResult
        {
            Network = Name,
            Method = method.Name,
            Seed = seed,
            BaseSha256 = BaseSha256,
            ModelSha256 = ModelFolder.Sha256(trained),
            Measures = _heldOut.Of(images, model, seed),
            TrainingSeconds = seconds,
            Seconds = clock.Elapsed.TotalSeconds,
        };
    }

    /// <summary>Throws away what only a run that goes on needs.</summary>
    public void Forget(Method method, int seed)
    {
        var checkpoints = Folder(method, seed).Checkpoints;
        if (Directory.Exists(checkpoints)) Directory.Delete(checkpoints, recursive: true);
    }

    /// <summary>Writes the contact sheet: real pictures above, then a row per method whose images are here, all of the same captions and the same noise.</summary>
    public void WriteSheet(string path, IEnumerable<Method> methods)
    {
        using var scope = NewDisposeScope();
        var columns = (int)Math.Min(SheetColumns, _heldOut.RealPictures.shape[0]);
        var rows = new List<Tensor> { _heldOut.RealPictures[..columns] };
        foreach (var method in methods)
        {
            var drawn = Drawn(Folder(method, 1));
            if (!File.Exists(drawn.SampleManifest)) continue; // only its results were brought here
            rows.Add(Read(drawn, [.. ContractJson.ReadLines<SampleLine>(drawn.SampleManifest).Take(columns).Select(l => l.Value)]));
        }
        Pictures.WriteSheet(path, cat(rows), columns);
    }

    public void Dispose() => _heldOut.Dispose();

    private (string Model, double? Seconds) Train(JobFolder folder, LoopSettings training)
    {
        Directory.CreateDirectory(folder.Root);
        if (!File.Exists(folder.Job)) AutomaticPreferences.Copy(_data, folder, training.Objective);
        var job = new JobSpec { JobId = Path.GetFileName(folder.Root), Kind = JobKind.Train, Model = Path.GetRelativePath(folder.Root, _model), Training = training };
        var result = JobRun.Finish(folder, job, TrainingLoop.Run);
        return (Path.Combine(folder.Root, result.Output), result.Elapsed);
    }

    private JobFolder Folder(Method method, int seed) => new(Path.Combine(_root, FormattableString.Invariant($"{method.Name}-seed{seed}")));

    private static JobFolder Drawn(JobFolder cell) => new(Path.Combine(cell.Root, "held-out"));

    private Tensor Read(JobFolder folder, List<SampleLine> lines)
    {
        using var scope = NewDisposeScope();
        return stack(lines.Select(l => Pictures.ReadBytes(Path.Combine(folder.Root, l.Image), _size)).ToArray()).MoveToOuterDisposeScope();
    }
}
