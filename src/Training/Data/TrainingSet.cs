using System.Security.Cryptography;
using System.Text;
using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>What a training job learns from, in memory: latents of every image and what every prompt tells the model, encoded once.</summary>
public sealed class TrainingSet : IDisposable
{
    private readonly Dictionary<int, Tensor> _latents; // by image, [C, h, w] scaled
    private readonly Conditioning _prompts;        // [1 + prompts], row 0 is no prompt
    private readonly Dictionary<string, int> _rowOfPrompt;
    private readonly double _meanWeight;
    private readonly int _compression;             // pixels per latent, along a side

    private TrainingSet(TrainingLines lines, LoopSettings settings, TextToImageModel model, CachedEncoder encoder, Func<IReadOnlyList<Example>, IReadOnlyList<Example>>? choose = null)
    {
        (Training, HeldOut) = Split(lines.Examples, settings.Objective == Objective.Sft ? 0 : settings.HoldOut);
        (_meanWeight, Device, _compression) = (Training.Average(e => e.Weight), model.Device, model.Vae.Compression);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(lines.File)));
        (ImageCount, PromptCount) = (lines.Images.Count, Distinct(lines.Examples).Count);

        var encoded = choose?.Invoke(Training) ?? lines.Examples;
        int[] rows = [.. encoded.SelectMany(e => new[] { e.Chosen, e.Rejected ?? e.Chosen }).Distinct().Order()];
        _latents = rows.Zip(encoder.Images(lines, rows)).ToDictionary(image => image.First, image => image.Second);
        var prompts = Distinct(encoded);
        _rowOfPrompt = Rows(prompts);
        _prompts = encoder.Prompts(prompts);
        LatentBytes = lines.Images.Sum(i => (long)model.Denoiser.LatentChannels * (i.Shape.Width / _compression) * (i.Shape.Height / _compression) * sizeof(float));
        PromptBytes = _prompts.Named.Values.Sum(t => t.NumberOfElements * t.ElementSize) / _prompts.Count * (1 + PromptCount);
    }

    /// <summary>Of what is encoded already, on the CPU, with nothing held out.</summary>
    /// <param name="training">Examples to train on.</param>
    /// <param name="latents">By image, [C, h, w] scaled; disposed with the set.</param>
    /// <param name="prompts">Row 0 for no prompt, then one for each prompt in the order of the examples; disposed with the set.</param>
    /// <param name="compression">Pixels per latent, along a side.</param>
    /// <param name="device">Where batches go; null for the CPU.</param>
    internal TrainingSet(IReadOnlyList<Example> training, Tensor[] latents, Conditioning prompts, int compression, Device? device = null)
    {
        (Training, HeldOut, Sha256) = (training, [], "");
        (_meanWeight, Device, _compression) = (training.Average(e => e.Weight), device ?? CPU, compression);
        (_latents, _prompts, _rowOfPrompt) = (latents.Index().ToDictionary(l => l.Index, l => l.Item), prompts, Rows(Distinct(training)));
    }

    /// <summary>Where batches go.</summary>
    public Device Device { get; }

    /// <summary>Examples to train on.</summary>
    public IReadOnlyList<Example> Training { get; }

    /// <summary>Pairs kept out of training; none of their prompts is trained on.</summary>
    public IReadOnlyList<Example> HeldOut { get; }

    /// <summary>Hash of the file the examples came from, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>Different images in their shapes, of all examples.</summary>
    public int ImageCount { get; }

    /// <summary>Different prompts of all examples.</summary>
    public int PromptCount { get; }

    /// <summary>Size of all latents in memory.</summary>
    public long LatentBytes { get; }

    /// <summary>Size of all encoded prompts in memory.</summary>
    public long PromptBytes { get; }

    /// <summary>Reads and encodes what the job's objective learns from.</summary>
    /// <exception cref="BadJobException">A line or an image is not as it must be, or there is nothing to train on.</exception>
    public static TrainingSet Load(LoopSettings settings, TextToImageModel model, RunFiles files)
    {
        using var noGrad = no_grad();
        var cache = EncodingCache.Open();
        var encoder = new CachedEncoder(model, files, cache);
        var data = new TrainingSet(Lines(settings, model, files.Folder), settings, model, encoder);
        if (cache is null) return data;
        cache.Trim();
        Console.WriteLine($"{encoder.Computed} images and prompts encoded, {encoder.Found} taken from {cache.Folder}.");
        return data;
    }

    /// <summary>Reads and checks all of it and encodes a part, without the cache.</summary>
    /// <param name="settings">The job's.</param>
    /// <param name="model">Encodes.</param>
    /// <param name="folder">The job's; it is only read.</param>
    /// <param name="choose">Of the examples to train on those to encode; others must not be asked for.</param>
    /// <exception cref="BadJobException">As <see cref="Load"/>, but for unreadable pictures that are not encoded.</exception>
    public static TrainingSet LoadPart(LoopSettings settings, TextToImageModel model, JobFolder folder, Func<IReadOnlyList<Example>, IReadOnlyList<Example>> choose)
    {
        using var noGrad = no_grad();
        return new TrainingSet(Lines(settings, model, folder), settings, model, new CachedEncoder(model, null, null), choose);
    }

    /// <summary>Latents of a batch of one shape: all preferred images (SFT: the images), then all others. [B or 2B, C, h, w].</summary>
    public Tensor Latents(IReadOnlyList<Example> batch) =>
        stack(batch.Select(e => _latents[e.Chosen]).Concat(batch.Where(e => e.Rejected is not null).Select(e => _latents[e.Rejected!.Value])).ToArray()).to(Device);

    /// <summary>Shape of the latents of a batch's images: C, h, w.</summary>
    public long[] LatentShape(IReadOnlyList<Example> batch) => _latents[batch[0].Chosen].shape;

    /// <summary>What the model is told of a batch, B rows.</summary>
    /// <param name="batch">B examples.</param>
    /// <param name="dropped">Of which of them it is told no prompt.</param>
    public Conditioning Prompts(IReadOnlyList<Example> batch, IReadOnlyList<bool> dropped)
    {
        var shape = LatentShape(batch);
        return _prompts.Rows(batch.Select((e, i) => dropped[i] ? 0L : _rowOfPrompt[e.Prompt]))
            .OfImages((int)shape[1] * _compression, (int)shape[2] * _compression).To(Device);
    }

    /// <summary>Weights of a batch, [B]; their mean over all training examples is 1.</summary>
    public Tensor Weights(IReadOnlyList<Example> batch) =>
        tensor(batch.Select(e => (float)(e.Weight / _meanWeight)).ToArray(), device: Device);

    public void Dispose()
    {
        foreach (var latents in _latents.Values) latents.Dispose();
        _prompts.Dispose();
    }

    private static TrainingLines Lines(LoopSettings settings, TextToImageModel model, JobFolder folder) => new(folder, settings.Objective, Buckets.For(settings, model));

    // row 0 is for no prompt
    private static Dictionary<string, int> Rows(IEnumerable<string> prompts) => prompts.Index().ToDictionary(p => p.Item, p => p.Index + 1, StringComparer.Ordinal);

    private static List<string> Distinct(IEnumerable<Example> examples) => [.. examples.Select(e => e.Prompt).Distinct(StringComparer.Ordinal)];

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
