using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class DitGoldenTests
{
    [SkippableFact]
    public void Dit_GuidedByTheNullClass_SameSamples()
    {
        var golden = Safetensors.Read(Golden.Reference("dit", "expected", "sampling_ddim.safetensors"));
        using var model = DiffusersFolder.LoadDit(Golden.Reference("dit", "transformer"));
        using var vae = DiffusersFolder.LoadAutoencoder(Golden.Reference("dit", "vae"));
        using var schedule = NoiseSchedule.Load(Golden.Reference("dit", "scheduler"));
        using var noGrad = no_grad();
        Assert.Equal(golden["const.null_class"].item<long>(), model.NullClass);
        var labels = golden["in.class_labels"];
        var (none, guidance) = (full_like(labels, model.NullClass), golden["const.guidance_scale"].item<float>());

        var step = 0;
        using var sampler = Samplers.Create(schedule, (int)golden["const.num_inference_steps"].item<long>());
        var latents = sampler.Walk(golden["in.latents"], (x, t) =>
        {
            var times = full(x.shape[0], t, dtype: float32);
            var unconditional = model.Predict(x, times, none);
            return unconditional + guidance * (model.Predict(x, times, labels) - unconditional);
        }, afterStep: x => Golden.AssertClose(golden["out.trajectory"][++step], x, what: $"latents after step {step}"));

        // decoded from the reference's latents: this decoder of random weights makes much of small differences
        Golden.AssertClose(golden["out.trajectory"][step], latents, what: "latents");
        Golden.AssertClose(golden["out.decoded"], vae.Decode(golden["out.trajectory"][step]), what: "images");
    }

    [Fact]
    public void PixArt1024_NoSizeGiven_TakesThatOfTheLatents()
    {
        Native.LibTorch.Load();
        using var model = new PixArtTransformer2DModel(new PixArtConfig { SampleSize = 128, NumLayers = 1, NumAttentionHeads = 3, AttentionHeadDim = 16, CaptionChannels = 8 });
        var (latents, times, text) = (randn(2, 4, 8, 12), tensor(new long[] { 3, 500 }), randn(2, 5, 8));
        Tensor Sized(float height, float width) => model.Forward(latents, times, text, null,
            new(tensor(new[,] { { height, width }, { height, width } }), tensor(new[,] { { height / width }, { height / width } })));

        var sample = model.Forward(latents, times, text, null);

        Golden.AssertClose(Sized(64, 96), sample);
        Assert.False(Sized(96, 64).allclose(sample));
    }

    [Theory]
    [InlineData(64, null, false)]
    [InlineData(128, null, true)]
    [InlineData(128, false, false)]
    [InlineData(64, true, true)]
    public void PixArt_SavedAndLoaded_KeepsWhetherItIsToldSizes(int sampleSize, bool? setting, bool isTold)
    {
        Native.LibTorch.Load();
        var folder = Path.Combine(Path.GetTempPath(), "pixelpost-pixart-" + Guid.NewGuid().ToString("N"));
        try
        {
            using var model = new PixArtTransformer2DModel(new PixArtConfig { SampleSize = sampleSize, UseAdditionalConditions = setting, NumLayers = 1, NumAttentionHeads = 1, AttentionHeadDim = 12, CaptionChannels = 4 });
            Assert.Equal(isTold, model.named_parameters().Any(p => p.name.Contains("resolution_embedder", StringComparison.Ordinal)));
            DiffusersFolder.SaveDenoiser(folder, model);
            DiffusersFolder.SaveWeights(folder, WeightLoader.Collect(model), ScalarType.Float32); // exactly

            using var again = DiffusersFolder.LoadDenoiser(folder);

            Assert.Equal(isTold, again.Config.UseAdditionalConditions);
            foreach (var ((name, value), (_, other)) in model.named_parameters().Zip(again.named_parameters())) Assert.True(value.allclose(other), name);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
