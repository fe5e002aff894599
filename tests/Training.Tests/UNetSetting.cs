using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Verification;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A small U-Net, its decoder, latents, noise and text of the reference set, with the losses that PyTorch computes from them.</summary>
internal sealed class UNetSetting : IDisposable
{
    private readonly Dictionary<string, Tensor> _golden = Safetensors.Read(Golden.Reference("losses", "expected", "unet_losses.safetensors"));
    private readonly Autoencoder _vae = DiffusersFolder.LoadAutoencoder(Golden.Reference("sd15", "vae"));
    private readonly NoiseSchedule _schedule;

    public UNetSetting(string predictionType)
    {
        _schedule = new(new ScheduleConfig { BetaSchedule = "scaled_linear", BetaStart = 0.00085, BetaEnd = 0.012, PredictionType = predictionType });
        foreach (var parameter in _vae.parameters()) parameter.requires_grad = false;
    }

    public UNet2DConditionModel UNet { get; } = DiffusersFolder.LoadUNet(Golden.Reference("losses", "unet"));

    static UNetSetting() => LibTorch.Load();

    public double Number(string name) => _golden[name].to(float64).item<double>();

    /// <summary>As <see cref="NoisyBatch"/> takes them.</summary>
    public (Tensor Latent, Tensor Pixel) Errors(UNet2DConditionModel unet, string latentsName)
    {
        var (latents, noise, timesteps) = (_golden[latentsName], _golden["in.noise"], _golden["in.timesteps"]);
        var noisy = _schedule.AddNoise(latents, noise, timesteps);
        var output = unet.Predict(noisy, timesteps, new() { Text = _golden["in.cond"] });
        var pixels = new PixelDecoder(_vae, _schedule);
        return (Losses.Error(output, Prediction.Target(_schedule, latents, noise, timesteps)),
            Losses.Error(pixels.Decode(latents, Prediction.Noise(_schedule, output, noisy, timesteps), timesteps), pixels.Target(latents, noise, timesteps)));
    }

    public void AssertLossAndGradients(string tag, Tensor losses, double rtol = 1e-4)
    {
        var loss = losses.mean();
        Golden.AssertClose(_golden[$"{tag}.loss"], loss.reshape(1), rtol, what: $"{tag}.loss");
        loss.backward();
        var parameters = UNet.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        var squares = parameters.Values.Sum(p => p.grad!.to(float64).square().sum().item<double>());
        Golden.AssertClose(_golden[$"{tag}.gradnorm_total_f64"], tensor([Math.Sqrt(squares)], dtype: float64), Math.Max(rtol, 1e-3), what: $"{tag}.gradnorm_total");
        foreach (var (name, value) in _golden.Where(g => g.Key.StartsWith($"{tag}.grad.", StringComparison.Ordinal)))
        {
            var check = TensorCheck.OfGradient(name, value, parameters[name[$"{tag}.grad.".Length..]].grad!, rtol: Math.Max(rtol, 1e-3));
            Assert.True(check.Passed, $"{name}: {check.OfAllowed:F2} times what is allowed");
        }
    }

    public void Dispose()
    {
        UNet.Dispose();
        _vae.Dispose();
        _schedule.Dispose();
    }
}
