using System.Text.Json;
using PixelPost.Training.Conditioners;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>A latent diffusion model with all its parts, as read from a diffusers folder.</summary>
public sealed class TextToImageModel : IDisposable
{
    private const string UNet = "unet", Transformer = "transformer";

    private TextToImageModel(string folder, Device device)
    {
        (Folder, Device) = (folder, device);
        var index = ModelIndex.Load(folder);
        Denoiser = LoadDenoiserAgain();
        Vae = DiffusersFolder.LoadAutoencoder(Path.Combine(folder, "vae")).to(device);
        Prompts = LoadPromptEncoder(index);
        Schedule = NoiseSchedule.Load(Path.Combine(folder, "scheduler"));
    }

    /// <summary>Where it was read from.</summary>
    public string Folder { get; }

    /// <summary>Prompts to what the denoiser is told.</summary>
    public IPromptEncoder Prompts { get; }

    /// <summary>Where its networks are; the schedule's table stays on the CPU.</summary>
    public Device Device { get; }

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
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where its networks go; null for the CPU.</param>
    /// <exception cref="BadJobException">It is not a model of a known kind; the message says which file and what would be right.</exception>
    public static TextToImageModel Load(string folder, Device? device = null)
    {
        try
        {
            return new TextToImageModel(folder, device ?? CPU);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or JsonException)
        {
            throw new BadJobException($"The model in '{folder}' cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>A second copy of the denoiser as its files hold it, whatever training did to the first.</summary>
    public Denoiser LoadDenoiserAgain() => DiffusersFolder.LoadDenoiser(Path.Combine(Folder, DenoiserPart)).to(Device);

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

    // all of the model but the weights that are new; a part is a folder with a configuration
    private bool IsCopied(string file)
    {
        if (file is "model_index.json" || file == Path.Combine(DenoiserPart, "config.json")) return true;
        var part = file.Split(Path.DirectorySeparatorChar)[0];
        return part != file && part != DenoiserPart && Path.GetExtension(file) is ".json" or ".txt" or ".model" or ".safetensors"
            && Directory.EnumerateFiles(Path.Combine(Folder, part), "*config.json").Any();
    }

    private IPromptEncoder LoadPromptEncoder(ModelIndex index)
    {
        if (Denoiser is DitTransformer2DModel dit) return new ClassLabelEncoder(index, dit.NullClass, Device);
        if (index.RequiresAestheticsScore) throw new BadJobException($"The model in '{Folder}' is SDXL's refiner, which starts from another model's images; name the base model.");
        var isSdxl = Directory.Exists(Path.Combine(Folder, "text_encoder_2"));
        if (isSdxl != (Denoiser is UNet2DConditionModel { Config.AdditionEmbedType: not null }))
            throw new BadJobException($"The model in '{Folder}' has {(isSdxl ? "a text_encoder_2, and its denoiser takes no" : "no text_encoder_2, and its denoiser needs the")} pooled text (addition_embed_type); the two go together.");
        if (isSdxl) return new SdxlPromptEncoder(Folder, index, ImageSize, Device);
        return DiffusersFolder.IsT5(Path.Combine(Folder, "text_encoder")) ? new T5PromptEncoder(Folder, index, Device) : new ClipPromptEncoder(Folder, Device);
    }

    public void Dispose()
    {
        Prompts.Dispose();
        Vae.Dispose();
        Denoiser.Dispose();
        Schedule.Dispose();
    }
}
