using System.Security.Cryptography;
using System.Text;
using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>What a training job learns from, in memory: latents of every image and what every prompt tells the model, encoded once.</summary>
public sealed class TrainingSet : IDisposable
{
    private readonly Tensor[] _latents;            // by image, [C, h, w] scaled
    private readonly Conditioning _prompts;        // [1 + prompts], row 0 is no prompt
    private readonly Dictionary<string, int> _rowOfPrompt;
    private readonly double _meanWeight;
    private readonly Device _device;               // batches go there
    private readonly int _compression;             // pixels per latent, along a side

    private TrainingSet(TrainingLines lines, LoopSettings settings, TextToImageModel model, RunFiles files)
    {
        (Training, HeldOut) = Split(lines.Examples, settings.Objective == Objective.Sft ? 0 : settings.HoldOut);
        (_meanWeight, _device, _compression) = (Training.Average(e => e.Weight), model.Device, model.Vae.Compression);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(lines.File)));
        var cache = EncodingCache.Open();
        var encoder = new CachedEncoder(model, files, cache);
        _latents = encoder.Images(lines);
        _rowOfPrompt = Rows(lines.Examples);
        _prompts = encoder.Prompts([.. _rowOfPrompt.Keys]);
        if (cache is null) return;
        cache.Trim();
        Console.WriteLine($"{encoder.Computed} images and prompts encoded, {encoder.Found} taken from {cache.Folder}.");
    }

    /// <summary>Of what is encoded already, on the CPU, with nothing held out.</summary>
    /// <param name="training">Examples to train on.</param>
    /// <param name="latents">By image, [C, h, w] scaled; disposed with the set.</param>
    /// <param name="prompts">Row 0 for no prompt, then one for each prompt in the order of the examples; disposed with the set.</param>
    /// <param name="compression">Pixels per latent, along a side.</param>
    internal TrainingSet(IReadOnlyList<Example> training, Tensor[] latents, Conditioning prompts, int compression)
    {
        (Training, HeldOut, Sha256) = (training, [], "");
        (_meanWeight, _device, _compression) = (training.Average(e => e.Weight), CPU, compression);
        (_latents, _prompts, _rowOfPrompt) = (latents, prompts, Rows(training));
    }

    /// <summary>Examples to train on.</summary>
    public IReadOnlyList<Example> Training { get; }

    /// <summary>Pairs kept out of training; none of their prompts is trained on.</summary>
    public IReadOnlyList<Example> HeldOut { get; }

    /// <summary>Hash of the file the examples came from, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>Reads and encodes what the job's objective learns from.</summary>
    /// <exception cref="BadJobException">A line or an image is not as it must be, or there is nothing to train on.</exception>
    public static TrainingSet Load(LoopSettings settings, TextToImageModel model, RunFiles files)
    {
        using var noGrad = no_grad();
        return new TrainingSet(new TrainingLines(files.Folder, settings.Objective, Buckets.For(settings, model)), settings, model, files);
    }

    /// <summary>Latents of a batch of one shape: all preferred images (SFT: the images), then all others. [B or 2B, C, h, w].</summary>
    public Tensor Latents(IReadOnlyList<Example> batch) =>
        stack(batch.Select(e => _latents[e.Chosen]).Concat(batch.Where(e => e.Rejected is not null).Select(e => _latents[e.Rejected!.Value])).ToArray()).to(_device);

    /// <summary>Shape of the latents of a batch's images: C, h, w.</summary>
    public long[] LatentShape(IReadOnlyList<Example> batch) => _latents[batch[0].Chosen].shape;

    /// <summary>What the model is told of a batch, B rows.</summary>
    /// <param name="batch">B examples.</param>
    /// <param name="dropped">Of which of them it is told no prompt.</param>
    public Conditioning Prompts(IReadOnlyList<Example> batch, IReadOnlyList<bool> dropped)
    {
        var shape = LatentShape(batch);
        return _prompts.Rows(batch.Select((e, i) => dropped[i] ? 0L : _rowOfPrompt[e.Prompt]))
            .OfImages((int)shape[1] * _compression, (int)shape[2] * _compression).To(_device);
    }

    /// <summary>Weights of a batch, [B]; their mean over all training examples is 1.</summary>
    public Tensor Weights(IReadOnlyList<Example> batch) =>
        tensor(batch.Select(e => (float)(e.Weight / _meanWeight)).ToArray(), device: _device);

    public void Dispose()
    {
        foreach (var latents in _latents) latents.Dispose();
        _prompts.Dispose();
    }

    private static Dictionary<string, int> Rows(IEnumerable<Example> examples) =>
        examples.Select(e => e.Prompt).Distinct(StringComparer.Ordinal).Select((prompt, i) => (prompt, i)).ToDictionary(p => p.prompt, p => p.i + 1, StringComparer.Ordinal);

    /// <summary>Holds out whole prompts, in the order of their hashes so that the split does not depend on the file's order, until the share is reached.</summary>
    internal static (List<Example> Training, List<Example> HeldOut) Split(IReadOnlyList<Example> examples, double share)
    {
        var wanted = Math.Min((int)Math.Round(share * examples.Count), examples.Count - 1); // something must be left to train on
        var heldOut = new HashSet<string>(StringComparer.Ordinal);
        var taken = 0;
        foreach (var prompt in examples.GroupBy(e => e.Prompt, StringComparer.Ordinal).OrderBy(g => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(g.Key))), StringComparer.Ordinal))
        {
            if (taken + prompt.Count() > wanted) continue;
            heldOut.Add(prompt.Key);
            taken += prompt.Count();
        }
        return ([.. examples.Where(e => !heldOut.Contains(e.Prompt))], [.. examples.Where(e => heldOut.Contains(e.Prompt))]);
    }
}
