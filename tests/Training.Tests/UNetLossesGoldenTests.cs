using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>
/// Eq. 1 to 7 from the weights of a U-Net to the gradients of its parameters, against PyTorch and diffusers: network, schedule, decoder,
/// errors and objective together.
/// </summary>
public sealed class UNetLossesGoldenTests
{
    static UNetLossesGoldenTests() => LibTorch.Load();

    [SkippableTheory]
    [InlineData("eq1_latent_sft")]
    [InlineData("eq2_pixel_sft")]
    [InlineData("eq3_combined_sft")]
    [InlineData("eq1_latent_sft_vpred")]
    [InlineData("eq2_pixel_sft_vpred")]
    public void Sft(string tag)
    {
        using var setting = new Setting(tag.EndsWith("_vpred", StringComparison.Ordinal) ? "v_prediction" : "epsilon");
        var (latent, pixel) = setting.Errors(setting.UNet, "in.z");

        setting.AssertLossAndGradients(tag, tag.Split('_')[0] switch { "eq1" => latent, "eq2" => pixel, _ => Losses.Total(latent, pixel, setting.Number("const.lambda")) });
    }

    [SkippableTheory]
    [InlineData("eq4_dpo_paper_mean", 1.0)]
    [InlineData("eq4_dpo_repo", 0.5)] // the DiffusionDPO code's β stands for half as much
    public void Dpo(string tag, double convention)
    {
        using var setting = new Setting("epsilon");
        using var reference = DiffusersFolder.LoadUNet(Golden.Reference("losses", "unet_ref"));
        var (chosen, rejected) = (setting.Errors(setting.UNet, "in.z_w").Latent, setting.Errors(setting.UNet, "in.z_l").Latent);
        var (chosenBefore, rejectedBefore) = (setting.Errors(reference, "in.z_w").Latent.detach(), setting.Errors(reference, "in.z_l").Latent.detach());

        setting.AssertLossAndGradients(tag, Losses.Dpo(chosen, rejected, chosenBefore, rejectedBefore, convention * setting.Number("const.beta_dpo")), 2e-3);
    }

    [SkippableTheory]
    [InlineData("eq5_latent_simpo")]
    [InlineData("eq6_pixel_simpo")]
    [InlineData("eq7_combined_simpo")]
    public void SimPo(string tag)
    {
        using var setting = new Setting("epsilon");
        var (chosen, rejected) = (setting.Errors(setting.UNet, "in.z_w"), setting.Errors(setting.UNet, "in.z_l"));
        var (beta, gamma) = (setting.Number("const.beta_simpo"), setting.Number("const.gamma_simpo"));
        var latent = Losses.SimPo(chosen.Latent, rejected.Latent, beta, gamma);
        var pixel = Losses.SimPo(chosen.Pixel, rejected.Pixel, beta, gamma);

        setting.AssertLossAndGradients(tag, tag.Split('_')[0] switch { "eq5" => latent, "eq6" => pixel, _ => Losses.Total(latent, pixel, setting.Number("const.mu")) });
    }

    private sealed class Setting : IDisposable
    {
        private readonly Dictionary<string, Tensor> _golden = Safetensors.Read(Golden.Reference("losses", "expected", "unet_losses.safetensors"));
        private readonly Autoencoder _vae = DiffusersFolder.LoadAutoencoder(Golden.Reference("sd15", "vae"));
        private readonly NoiseSchedule _schedule;

        public Setting(string predictionType)
        {
            _schedule = new(new ScheduleConfig { BetaSchedule = "scaled_linear", BetaStart = 0.00085, BetaEnd = 0.012, PredictionType = predictionType });
            foreach (var parameter in _vae.parameters()) parameter.requires_grad = false;
        }

        public UNet2DConditionModel UNet { get; } = DiffusersFolder.LoadUNet(Golden.Reference("losses", "unet"));

        public double Number(string name) => _golden[name].to(float64).item<double>();

        /// <summary>As <see cref="NoisyBatch"/> takes them.</summary>
        public (Tensor Latent, Tensor Pixel) Errors(UNet2DConditionModel unet, string latentsName)
        {
            var (latents, noise, timesteps) = (_golden[latentsName], _golden["in.noise"], _golden["in.timesteps"]);
            var noisy = _schedule.AddNoise(latents, noise, timesteps);
            var output = unet.Predict(noisy, timesteps, _golden["in.cond"]);
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
                Golden.AssertClose(value, parameters[name[$"{tag}.grad.".Length..]].grad!, Math.Max(rtol, 1e-3), what: name);
        }

        public void Dispose()
        {
            UNet.Dispose();
            _vae.Dispose();
            _schedule.Dispose();
        }
    }
}
