using PixelPost.Training.Weights;

namespace PixelPost.Training.Tests;

/// <summary>
/// Eq. 1 to 7 from the weights of a U-Net to the gradients of its parameters, against PyTorch and diffusers: network, schedule, decoder,
/// errors and objective together.
/// </summary>
public sealed class UNetLossesGoldenTests
{
    [SkippableTheory]
    [InlineData("eq1_latent_sft")]
    [InlineData("eq2_pixel_sft")]
    [InlineData("eq3_combined_sft")]
    [InlineData("eq1_latent_sft_vpred")]
    [InlineData("eq2_pixel_sft_vpred")]
    public void Sft(string tag)
    {
        using var setting = new UNetSetting(tag.EndsWith("_vpred", StringComparison.Ordinal) ? "v_prediction" : "epsilon");
        var (latent, pixel) = setting.Errors(setting.UNet, "in.z");

        setting.AssertLossAndGradients(tag, tag.Split('_')[0] switch { "eq1" => latent, "eq2" => pixel, _ => Losses.Total(latent, pixel, setting.Number("const.lambda")) });
    }

    [SkippableTheory]
    [InlineData("eq4_dpo_paper_mean", 1.0)]
    [InlineData("eq4_dpo_repo", 0.5)] // the DiffusionDPO code's β stands for half as much
    public void Dpo(string tag, double convention)
    {
        using var setting = new UNetSetting("epsilon");
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
        using var setting = new UNetSetting("epsilon");
        var (chosen, rejected) = (setting.Errors(setting.UNet, "in.z_w"), setting.Errors(setting.UNet, "in.z_l"));
        var (beta, gamma) = (setting.Number("const.beta_simpo"), setting.Number("const.gamma_simpo"));
        var latent = Losses.SimPo(chosen.Latent, rejected.Latent, beta, gamma);
        var pixel = Losses.SimPo(chosen.Pixel, rejected.Pixel, beta, gamma);

        setting.AssertLossAndGradients(tag, tag.Split('_')[0] switch { "eq5" => latent, "eq6" => pixel, _ => Losses.Total(latent, pixel, setting.Number("const.mu")) });
    }
}
