using System.Text.Json;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>A latent diffusion model with all its parts, as read from a diffusers folder.</summary>
public sealed class TextToImageModel : IDisposable
{
    private const string UNet = "unet", Transformer = "transformer";

    private TextToImageModel(string folder)
    {
        Folder = folder;
        if (!File.Exists(Path.Combine(folder, "model_index.json")))
            throw new BadJobException($"'{folder}' is not a model folder: model_index.json is missing.");
        if (Directory.Exists(Path.Combine(folder, "text_encoder_2")))
            throw new BadJobException($"The model in '{folder}' has two text encoders (SDXL), and only models with one can be trained and sampled.");
        Tokenizer = ClipTokenizer.Load(Path.Combine(folder, "tokenizer"));
        TextEncoder = DiffusersFolder.LoadTextEncoder(Path.Combine(folder, "text_encoder"));
        Vae = DiffusersFolder.LoadAutoencoder(Path.Combine(folder, "vae"));
        Denoiser = LoadDenoiserAgain();
        Schedule = NoiseSchedule.Load(Path.Combine(folder, "scheduler"));
    }

    /// <summary>Where it was read from.</summary>
    public string Folder { get; }

    /// <summary>Text to token ids.</summary>
    public ClipTokenizer Tokenizer { get; }

    /// <summary>Token ids to the states the denoiser attends to.</summary>
    public ClipTextModel TextEncoder { get; }

    /// <summary>Images to latents and back.</summary>
    public Autoencoder Vae { get; }

    /// <summary>The network that post-training changes.</summary>
    public Denoiser Denoiser { get; }

    /// <summary>The noise schedule it was trained with.</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>Folder of the denoiser inside the model's.</summary>
    private string DenoiserPart => Directory.Exists(Path.Combine(Folder, UNet)) ? UNet : Transformer;

    /// <summary>Side of its images, in pixels.</summary>
    public int ImageSize => Denoiser.SampleSize * Vae.Compression;

    /// <summary>Reads a model folder.</summary>
    /// <exception cref="BadJobException">It is not a model of a known kind; the message says which file and what would be right.</exception>
    public static TextToImageModel Load(string folder)
    {
        try
        {
            return new TextToImageModel(folder);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or JsonException)
        {
            throw new BadJobException($"The model in '{folder}' cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Encodes prompts: [B, S, hidden size], without gradient.</summary>
    public Tensor EncodePrompts(IEnumerable<string> prompts)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var ids = prompts.Select(p => tensor(Tokenizer.Encode(p))).ToArray();
        return TextEncoder.Encode(stack(ids)).MoveToOuterDisposeScope();
    }

    /// <summary>A second copy of the denoiser as its files hold it, whatever training did to the first.</summary>
    public Denoiser LoadDenoiserAgain() => DenoiserPart == UNet
        ? DiffusersFolder.LoadUNet(Path.Combine(Folder, UNet))
        : DiffusersFolder.LoadDenoiser(Path.Combine(Folder, DenoiserPart));

    /// <summary>Writes a whole model folder: this model with other denoiser weights. It appears complete or not at all.</summary>
    /// <param name="folder">Where; what is there is replaced.</param>
    /// <param name="denoiserWeights">Every weight of the denoiser.</param>
    /// <param name="lora">How they came about, written beside the parts as diffusers reads it; null without.</param>
    public void SaveWith(string folder, IReadOnlyDictionary<string, Tensor> denoiserWeights, IReadOnlyDictionary<string, LoraPair>? lora = null)
    {
        var temporary = folder + ".tmp";
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Folder, file);
            if (!IsCopied(relative)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(temporary, relative))!);
            File.Copy(file, Path.Combine(temporary, relative));
        }
        DiffusersFolder.SaveWeights(Path.Combine(temporary, DenoiserPart), denoiserWeights, ScalarType.Float32);
        if (lora is not null) LoraFile.Write(Path.Combine(temporary, LoraFile.DiffusersName), DenoiserPart, lora);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(temporary, folder);
    }

    // all of the model but the weights that are new
    private bool IsCopied(string file) =>
        file.Split(Path.DirectorySeparatorChar)[0] is "vae" or "text_encoder" or "tokenizer" or "scheduler" or "model_index.json"
        || file == Path.Combine(DenoiserPart, "config.json");

    public void Dispose()
    {
        TextEncoder.Dispose();
        Vae.Dispose();
        Denoiser.Dispose();
        Schedule.Dispose();
    }
}
