using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>
/// Eq. 1 to 7 from the weights of a U-Net and a DiT to the gradients of their parameters, against PyTorch and diffusers: network, schedule,
/// decoder, errors, objective and conventions together.
/// </summary>
public sealed class NetworkLossesGoldenTests
{
    [SkippableTheory]
    [InlineData("unet", "eq1_latent_sft")]
    [InlineData("unet", "eq2_pixel_sft")]
    [InlineData("unet", "eq3_combined_sft")]
    [InlineData("unet", "eq1_latent_sft_vpred")]
    [InlineData("unet", "eq2_pixel_sft_vpred")]
    [InlineData("dit", "eq1_latent_sft")]
    [InlineData("dit", "eq2_pixel_sft")]
    [InlineData("dit", "eq3_combined_sft")]
    [InlineData("dit", "eq1_latent_sft_vpred")]
    [InlineData("dit", "eq2_pixel_sft_vpred")]
    public void Sft(string network, string tag)
    {
        using var setting = new LossesSetting(network, tag.EndsWith("_vpred", StringComparison.Ordinal) ? "v_prediction" : "epsilon");
        var (latent, pixel) = setting.Errors("in.z");

        setting.AssertLossAndGradients(tag, tag.Split('_')[0] switch { "eq1" => latent, "eq2" => pixel, _ => Losses.Total((1, latent), (setting.Number("const.lambda"), pixel)) });
    }

    [SkippableFact]
    public void PixelGradients_OfADit_AreThoseOfDoublePrecision()
    {
        var (single, twice) = (Gradients(ScalarType.Float32), Gradients(ScalarType.Float64));

        Assert.InRange(((single - twice).norm() / twice.norm()).item<double>(), 0, 2e-5);

        static Tensor Gradients(ScalarType dtype)
        {
            using var setting = new LossesSetting("dit", dtype: dtype);
            setting.Errors("in.z").Pixel.mean().backward();
            return cat(setting.Policy.parameters().Select(p => p.grad).OfType<Tensor>().Select(g => g.to(ScalarType.Float64).flatten()).ToArray());
        }
    }

    [SkippableTheory]
    [InlineData("unet")]
    [InlineData("dit")]
    public void MinSnr_WeightsErrorsOfEachTimestep(string network)
    {
        using var setting = new LossesSetting(network);

        setting.AssertLossAndGradients("eq1_minsnr5", MinSnr.Weights(setting.Schedule, setting.Timesteps, 5) * setting.Errors("in.z").Latent);
    }

    [SkippableTheory]
    [InlineData("unet", "eq4_dpo_paper_mean", BetaConvention.Mean, "const.beta_dpo")]
    [InlineData("unet", "eq4_dpo_paper_sum", BetaConvention.Sum, "eq4_dpo_paper_sum.beta")]
    [InlineData("unet", "eq4_dpo_repo", BetaConvention.DiffusionDpo, "const.beta_dpo")]
    [InlineData("unet", "eq4_dpo_repo_beta200", BetaConvention.DiffusionDpo, null)]
    [InlineData("dit", "eq4_dpo_paper_mean", BetaConvention.Mean, "const.beta_dpo")]
    [InlineData("dit", "eq4_dpo_paper_sum", BetaConvention.Sum, "eq4_dpo_paper_sum.beta")]
    [InlineData("dit", "eq4_dpo_repo", BetaConvention.DiffusionDpo, "const.beta_dpo")]
    [InlineData("dit", "eq4_dpo_repo_beta200", BetaConvention.DiffusionDpo, null)]
    public void Dpo(string network, string tag, BetaConvention convention, string? beta)
    {
        using var setting = new LossesSetting(network);
        var settings = new LoopSettings { Objective = Objective.Dpo, Beta = beta is null ? 200 : setting.Number(beta), BetaConvention = convention };

        setting.AssertLossAndGradients(tag, setting.Term(settings, inPixels: false), 2e-3);
    }

    [SkippableTheory]
    [InlineData("unet")]
    [InlineData("dit")]
    public void PixelDpo(string network)
    {
        using var setting = new LossesSetting(network);
        var settings = new LoopSettings { Objective = Objective.Dpo, PixelBeta = setting.Number("const.beta_dpo"), BetaConvention = BetaConvention.DiffusionDpo };

        setting.AssertLossAndGradients("extra_pixel_dpo_repo_form", setting.Term(settings, inPixels: true), 2e-3);
    }

    [SkippableTheory]
    [InlineData("unet", "eq5_latent_simpo")]
    [InlineData("unet", "eq6_pixel_simpo")]
    [InlineData("unet", "eq7_combined_simpo")]
    [InlineData("dit", "eq5_latent_simpo")]
    [InlineData("dit", "eq6_pixel_simpo")]
    [InlineData("dit", "eq7_combined_simpo")]
    public void SimPo(string network, string tag)
    {
        using var setting = new LossesSetting(network);
        var beta = setting.Number("const.beta_simpo");
        var settings = new LoopSettings { Objective = Objective.SimPo, Beta = beta, PixelBeta = beta, Gamma = setting.Number("const.gamma_simpo") };
        var (latent, pixel) = (setting.Term(settings, inPixels: false), setting.Term(settings, inPixels: true));

        setting.AssertLossAndGradients(tag, tag.Split('_')[0] switch { "eq5" => latent, "eq6" => pixel, _ => Losses.Total((1, latent), (setting.Number("const.mu"), pixel)) });
    }
}
