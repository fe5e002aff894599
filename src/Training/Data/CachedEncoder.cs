using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>Encodes the images and prompts of a job, but for those that the cache has.</summary>
/// <param name="model">Its autoencoder and text encoder.</param>
/// <param name="files">Progress goes there; null where nobody wants to know.</param>
/// <param name="cache">Null for none.</param>
internal sealed class CachedEncoder(TextToImageModel model, RunFiles? files, EncodingCache? cache)
{
    private const int EncodeAtOnce = 16;
    private const string Latents = "latents";

    // with the arithmetic last bits change, and with the version what an entry means
    private readonly string _how = $"1 {ComputeDevice.Arithmetic(model.Device)}";

    /// <summary>Images and prompts that were computed, not found.</summary>
    public int Computed { get; private set; }

    /// <summary>Images and prompts that were found.</summary>
    public int Found { get; private set; }

    /// <summary>Scaled latents of some pictures, [C, h, w] each, on the CPU.</summary>
    /// <param name="lines">Names the pictures.</param>
    /// <param name="images">Which of them, by row.</param>
    public Tensor[] Images(TrainingLines lines, IReadOnlyList<int> images)
    {
        var vae = cache is null ? "" : ModelFolder.Sha256(model.Folder, "vae");
        var chosen = images.Select(image => lines.Images[image]).ToList();
        var entries = Entries("encoding images", [.. chosen.Select(i => EncodingCache.Key("image", _how, vae, i.Sha256, $"{i.Shape.Width} x {i.Shape.Height}"))], row => chosen[row].Shape, rows => new Dictionary<string, Tensor>
        {
            [Latents] = model.Vae.Encode(Pictures.ToUnit(lines.Pictures(rows.Select(row => images[row]))).to(model.Device)) * model.Vae.ScalingFactor,
        });
        return [.. entries.Select(e => e[Latents])];
    }

    /// <summary>What the model is told without a prompt, then of each prompt: [1 + prompts], on the CPU.</summary>
    public Conditioning Prompts(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        // all that an encoded prompt depends on: encoders, the pipeline they are of, and the size that some are told
        var how = cache is null ? "" : ModelFolder.Sha256(model.Folder, "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2")
            + File.ReadAllText(Path.Combine(model.Folder, ModelIndex.FileName)) + model.ImageSize;
        string[] keys = [EncodingCache.Key("no prompt", _how, how), .. prompts.Select(p => EncodingCache.Key("prompt", _how, how, p))];
        var entries = Entries("encoding prompts", keys, row => new(Math.Min(row, 1), 0), rows =>
            rows is [0] ? model.Prompts.Unconditional().Named : model.Prompts.Encode([.. rows.Select(r => prompts[r - 1])]).Named);
        return Conditioning.Cat([.. entries.Select(e => Conditioning.Of(e.ToDictionary(t => t.Key, t => t.Value.unsqueeze(0), StringComparer.Ordinal)))]).MoveToOuterDisposeScope();
    }

    /// <summary>One entry per key; those of the same shape that the cache has not are computed together.</summary>
    /// <param name="phase">What is being done, for the status.</param>
    /// <param name="keys">Keys of the rows.</param>
    /// <param name="shapeOf">Shape of a row.</param>
    /// <param name="encode">Tensors of some rows, [rows, …].</param>
    private Dictionary<string, Tensor>[] Entries(string phase, string[] keys, Func<int, ImageShape> shapeOf, Func<int[], IReadOnlyDictionary<string, Tensor>> encode)
    {
        var found = keys.Select(k => cache?.Read(k)).ToArray();
        var missing = Enumerable.Range(0, keys.Length).Where(row => found[row] is null).ToList();
        var done = keys.Length - missing.Count;
        (Found, Computed) = (Found + done, Computed + missing.Count);
        files?.Phase(JobState.Starting, phase, keys.Length, done);
        foreach (var rows in missing.GroupBy(shapeOf).SelectMany(g => g.Chunk(EncodeAtOnce)))
        {
            files?.ThrowIfStopRequested();
            using var scope = NewDisposeScope();
            var together = encode(rows);
            for (var i = 0; i < rows.Length; i++)
            {
                var entry = together.ToDictionary(t => t.Key, t => t.Value[i].cpu().contiguous().clone().MoveToOuterDisposeScope(), StringComparer.Ordinal);
                cache?.Write(keys[rows[i]], entry);
                found[rows[i]] = entry;
            }
            files?.Progress(done += rows.Length);
        }
        return found!;
    }
}
