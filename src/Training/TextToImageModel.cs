using System.Text.Json;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>A latent diffusion model with all its parts, as read from a diffusers folder.</summary>
public sealed class TextToImageModel : IDisposable
{
    private TextToImageModel(string folder)
    {
        Folder = folder;
        if (!File.Exists(Path.Combine(folder, "model_index.json")))
            throw new BadJobException($"'{folder}' is not a model folder: model_index.json is missing.");
        Tokenizer = ClipTokenizer.Load(Path.Combine(folder, "tokenizer"));
        TextEncoder = DiffusersFolder.LoadTextEncoder(Path.Combine(folder, "text_encoder"));
        Vae = DiffusersFolder.LoadAutoencoder(Path.Combine(folder, "vae"));
        Denoiser = DiffusersFolder.LoadDenoiser(Path.Combine(folder, "transformer"));
        Schedule = NoiseSchedule.Load(Path.Combine(folder, "scheduler"));
    }

    /// <summary>Where it was read from.</summary>
    public string Folder { get; }

    /// <summary>Text to token ids.</summary>
    public ClipTokenizer Tokenizer { get; }

    /// <summary>Token ids to the states the denoiser attends to.</summary>
    public ClipTextModel TextEncoder { get; }

    /// <summary>Images to latents and back.</summary>
    public AutoencoderTiny Vae { get; }

    /// <summary>The network that post-training changes.</summary>
    public PixArtTransformer2DModel Denoiser { get; }

    /// <summary>The noise schedule it was trained with.</summary>
    public NoiseSchedule Schedule { get; }

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
    public PixArtTransformer2DModel LoadDenoiserAgain() => DiffusersFolder.LoadDenoiser(Path.Combine(Folder, "transformer"));

    /// <summary>Writes a whole model folder: this model with other denoiser weights. It appears complete or not at all.</summary>
    public void SaveWith(string folder, IReadOnlyDictionary<string, Tensor> denoiserWeights)
    {
        var temporary = folder + ".tmp";
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Folder, file);
            if (relative.Split(Path.DirectorySeparatorChar)[0] is not ("vae" or "text_encoder" or "tokenizer" or "scheduler" or "model_index.json")) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(temporary, relative))!);
            File.Copy(file, Path.Combine(temporary, relative));
        }
        DiffusersFolder.SaveDenoiser(Path.Combine(temporary, "transformer"), Denoiser, denoiserWeights, ScalarType.Float32);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(temporary, folder);
    }

    public void Dispose()
    {
        TextEncoder.Dispose();
        Vae.Dispose();
        Denoiser.Dispose();
        Schedule.Dispose();
    }
}
