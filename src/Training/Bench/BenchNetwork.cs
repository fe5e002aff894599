using PixelPost.Training.Models;
using PixelPost.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>A network with random weights whose forward and backward pass is timed, and the input it gets.</summary>
/// <param name="Name">On the command line and in tables.</param>
/// <param name="Input">Shapes, for tables.</param>
/// <param name="Module">Weights that take part in training have gradients, those of decoders have not.</param>
/// <param name="Device">Where it is.</param>
/// <param name="Forward">Makes an input and the output from it.</param>
/// <remarks>The sizes are those of tests/Benchmarks/Peers/torch_step.py, which builds the same with PyTorch.</remarks>
internal sealed record BenchNetwork(string Name, string Input, nn.Module Module, Device Device, Func<Tensor> Forward) : IDisposable
{
    private const int Side = 32, StableDiffusionSide = 64, TextLength = 77, TextWidth = 768, Classes = 1000;

    /// <summary>Those a laptop can do, in the order of tables; the size of Stable Diffusion 1.5, <c>sd15</c>, is for GPUs.</summary>
    public static IReadOnlyList<string> Small { get; } = ["dit", "dit-class", "unet", "taesd", "kl"];

    /// <summary>Numbers in the layers that are passed through; of an autoencoder the decoder's.</summary>
    public long Parameters => Module.named_parameters()
        .Where(p => !p.name.StartsWith("encoder.", StringComparison.Ordinal) && !p.name.StartsWith("quant_conv.", StringComparison.Ordinal))
        .Sum(p => p.parameter.NumberOfElements);

    /// <summary>Makes the network of that name; without a device on the CPU.</summary>
    /// <exception cref="BadJobException">There is none.</exception>
    public static BenchNetwork Of(string name, Device? device = null) => Make(name, device ?? CPU);

    private static BenchNetwork Make(string name, Device device) => name switch
    {
        "dit" => OfDenoiser(name, new PixArtTransformer2DModel(new PixArtConfig { NumLayers = 12, NumAttentionHeads = 6, AttentionHeadDim = 64, CaptionChannels = TextWidth, SampleSize = Side }), batch: 8, device),
        "dit-class" => OfDenoiser(name, new DitTransformer2DModel(new DitConfig { NumLayers = 12, NumAttentionHeads = 6, AttentionHeadDim = 64, NumEmbedsAdaNorm = Classes, OutChannels = 8, SampleSize = Side }), batch: 8, device),
        "unet" => OfDenoiser(name, new UNet2DConditionModel(new UNet2DConditionConfig { BlockOutChannels = [64, 128, 256, 256], CrossAttentionDim = TextWidth, SampleSize = Side }), batch: 4, device),
        "sd15" => OfDenoiser(name, new UNet2DConditionModel(new UNet2DConditionConfig { CrossAttentionDim = TextWidth, SampleSize = StableDiffusionSide }), batch: 4, device),
        "taesd" => OfDecoder(name, new AutoencoderTiny(new AutoencoderTinyConfig()), batch: 4, device),
        "kl" => OfDecoder(name, new AutoencoderKL(new AutoencoderKLConfig { BlockOutChannels = [64, 128, 256, 256], LayersPerBlock = 2 }), batch: 4, device),
        _ => throw new BadJobException($"There is no network '{name}' to measure; known are {string.Join(", ", Small)}, sd15."),
    };

    /// <summary>Forward, mean square and backward.</summary>
    /// <param name="bfloat16">Whether forward is under autocast.</param>
    public void Pass(bool bfloat16)
    {
        using var scope = NewDisposeScope();
        Autocast.Run(bfloat16, Device.type, Forward).to(float32).square().mean().backward();
        foreach (var parameter in Module.parameters()) parameter.grad = null;
    }

    /// <summary>What a denoiser is told of a batch: random text, or classes.</summary>
    public static Conditioning Told(Denoiser denoiser, int batch, Device? device) => denoiser is DitTransformer2DModel
        ? new Conditioning { ClassLabels = randint(0, Classes, [batch], int64, device) }
        : new Conditioning { Text = randn([batch, TextLength, TextWidth], device: device) };

    public void Dispose() => Module.Dispose();

    private static BenchNetwork OfDenoiser(string name, Denoiser denoiser, int batch, Device device)
    {
        denoiser.to(device);
        var side = denoiser.SampleSize;
        var told = denoiser is DitTransformer2DModel ? "classes" : $"{TextLength} x {TextWidth} text";
        return new(name, $"{batch} x 4x{side}x{side}, {told}", denoiser, device,
            () => denoiser.Predict(randn([batch, denoiser.LatentChannels, side, side], device: device), randint(0, 1000, [batch], int64, device), Told(denoiser, batch, device)));
    }

    private static BenchNetwork OfDecoder(string name, Autoencoder vae, int batch, Device device)
    {
        vae.to(device);
        foreach (var parameter in vae.parameters()) parameter.requires_grad = false;
        return new(name, $"{batch} x 4x{Side}x{Side} to {Side * vae.Compression} px", vae, device, () => vae.Decode(randn([batch, vae.LatentChannels, Side, Side], device: device, requires_grad: true)));
    }
}
