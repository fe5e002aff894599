using PixelPost.Training.Models;
using PixelPost.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class CheckpointedTests
{
    private static readonly UNet2DConditionConfig UNetConfig = new()
    {
        SampleSize = 8,
        BlockOutChannels = [8, 16],
        DownBlockTypes = ["CrossAttnDownBlock2D", "DownBlock2D"],
        UpBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D"],
        CrossAttentionDim = 12,
        AttentionHeadDim = 2,
        TransformerLayersPerBlock = 2,
        NormNumGroups = 4,
    };

    public CheckpointedTests()
    {
        LibTorch.Load();
        torch.manual_seed(3);
    }

    public static TheoryData<string> Denoisers => ["unet", "pixart", "dit"];

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void Gradients_InDoublePrecision_AsWithout(string kind)
    {
        using var model = Make(kind);
        model.to(ScalarType.Float64);

        var (plain, checkpointed) = (Gradients(model, on: false, ScalarType.Float64), Gradients(model, on: true, ScalarType.Float64));

        Assert.Equal(model.parameters().Count(), plain.Count);
        foreach (var (name, expected) in plain)
        {
            Assert.True(expected.abs().sum().item<double>() > 0, $"{name} has no gradient to compare");
            var largest = (expected - checkpointed[name]).abs().max().item<double>();
            Assert.True(largest <= 1e-13 * Math.Max(1, expected.abs().max().item<double>()), $"{name}: {largest:E2}");
        }
    }

    // where every tensor goes into one block only, not even the order of a sum differs
    [Fact]
    public void Gradients_ChainOfBlocks_SameBits()
    {
        using var model = Make("dit");

        var (plain, checkpointed) = (Gradients(model, on: false), Gradients(model, on: true));

        foreach (var (name, expected) in plain) Assert.True(expected.bytes.SequenceEqual(checkpointed[name].bytes), name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_FrozenDecoder_OfTheLatentsSameBits(bool tiny)
    {
        using Autoencoder vae = tiny
            ? new AutoencoderTiny(new AutoencoderTinyConfig { DecoderBlockOutChannels = [8, 8, 8, 8], EncoderBlockOutChannels = [8, 8, 8, 8], NumEncoderBlocks = [1, 1, 1, 1], NumDecoderBlocks = [2, 2, 2, 1] })
            : new AutoencoderKL(new AutoencoderKLConfig { BlockOutChannels = [8, 16], NormNumGroups = 4 });
        foreach (var parameter in vae.parameters()) parameter.requires_grad = false;
        var latents = randn(2, 4, 6, 6);
        Tensor Gradient(bool on)
        {
            vae.GradientCheckpointing = on;
            var leaf = latents.clone().requires_grad_(true);
            Checkpointed.Backward(vae.Decode(leaf).square().mean());
            return leaf.grad!;
        }

        var (plain, checkpointed) = (Gradient(false), Gradient(true));

        Assert.True(plain.abs().max().item<float>() > 0);
        Assert.True(plain.bytes.SequenceEqual(checkpointed.bytes));
    }

    [Fact]
    public void Gradients_OnlyWeightsInsideABlockAreTrained_StillReachThem()
    {
        using var model = Make("pixart");
        foreach (var (name, parameter) in model.named_parameters()) parameter.requires_grad = name.Contains("attn1.to_q", StringComparison.Ordinal);

        var (plain, checkpointed) = (Gradients(model, on: false), Gradients(model, on: true));

        Assert.Equal(4, plain.Count);
        Assert.All(plain, g => Assert.True(g.Value.bytes.SequenceEqual(checkpointed[g.Key].bytes), g.Key));
    }

    [SkippableFact]
    public void Gradients_UnderAutocast_SecondPassIsInBfloat16Too()
    {
        Skip.IfNot(Autocast.IsSupported, "this libtorch does not export autocast");
        using var model = Make("dit");

        Dictionary<string, Tensor> Of(bool on) => Gradients(model, on, forward: compute => Autocast.Run(true, DeviceType.CPU, compute));
        var (plain, checkpointed, exact) = (Of(false), Of(true), Gradients(model, on: false));

        // the first block's embedding serves the output too: two gradients, which autocast adds up in bfloat16 before it makes them float32
        foreach (var (name, expected) in plain.Where(g => !g.Key.StartsWith("transformer_blocks.0.norm1.emb", StringComparison.Ordinal)))
            Assert.True(expected.bytes.SequenceEqual(checkpointed[name].bytes), name);
        Assert.Contains(plain, g => !g.Value.bytes.SequenceEqual(exact[g.Key].bytes)); // it was bfloat16
        Assert.Null(Autocast.Current);
    }

    [Fact]
    public void Call_TwentyIterations_NoTensorIsLeftBehind()
    {
        using var model = Make("unet");
        model.GradientCheckpointing = true;
        var counts = new List<long>();

        for (var i = 0; i < 20; i++)
        {
            using (NewDisposeScope()) Run(model, ScalarType.Float32);
            counts.Add(Tensor.TotalCount);
        }

        Assert.All(counts.Skip(2), count => Assert.InRange(count, 0, counts[1]));
    }

    [Fact]
    public void Backward_BlockFailsTheSecondTime_ItsExceptionArrives()
    {
        var times = 0;
        var x = randn([3], requires_grad: true);
        var y = Checkpointed.Call(true, inputs => ++times == 1 ? inputs[0] * 2 : throw new InvalidOperationException("second time"), x);

        Assert.Equal("second time", Assert.Throws<InvalidOperationException>(() => Checkpointed.Backward(y.sum())).Message);

        Checkpointed.Backward(Checkpointed.Call(true, inputs => inputs[0] * 2, x).sum()); // the failure is over
        Assert.Equal([2f, 2f, 2f], x.grad!.data<float>());
    }

    [Fact]
    public void Call_WithoutGradient_RunsOnce()
    {
        var times = 0;
        using var noGrad = no_grad();

        Checkpointed.Call(true, inputs => { times++; return inputs[0] * 2; }, ones(1, requires_grad: true));

        Assert.Equal(1, times);
    }

    private static Denoiser Make(string kind) => kind switch
    {
        "unet" => new UNet2DConditionModel(UNetConfig),
        "pixart" => new PixArtTransformer2DModel(new PixArtConfig { SampleSize = 8, NumLayers = 2, NumAttentionHeads = 2, AttentionHeadDim = 8, CaptionChannels = 12 }),
        _ => new DitTransformer2DModel(new DitConfig { SampleSize = 8, NumLayers = 3, NumAttentionHeads = 2, AttentionHeadDim = 8, NumEmbedsAdaNorm = 5 }),
    };

    private static Dictionary<string, Tensor> Gradients(Denoiser model, bool on, ScalarType dtype = ScalarType.Float32, Func<Func<Tensor>, Tensor>? forward = null)
    {
        model.GradientCheckpointing = on;
        foreach (var parameter in model.parameters()) parameter.grad = null;
        Run(model, dtype, forward);
        return model.named_parameters().Where(p => p.parameter.requires_grad).ToDictionary(p => p.name, p => p.parameter.grad!.clone(), StringComparer.Ordinal);
    }

    private static void Run(Denoiser model, ScalarType dtype, Func<Func<Tensor>, Tensor>? forward = null)
    {
        using var generator = new Generator(1);
        var latents = randn([2, 4, 8, 8], generator: generator).to(dtype);
        var timesteps = tensor(new long[] { 7, 600 });
        var told = model is DitTransformer2DModel ? new Conditioning { ClassLabels = tensor(new long[] { 1, 5 }) } : new Conditioning { Text = randn([2, 3, 12], generator: generator).to(dtype) };
        Tensor Predict() => model.Predict(latents, timesteps, told);
        Checkpointed.Backward((forward is null ? Predict() : forward(Predict)).square().mean());
    }
}
