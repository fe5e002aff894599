using PixelPost.Training.Diffusion;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Eq. 1 to 7 against losses computed by PyTorch on a diffusers DiT and TAESD decoder; predictions and per-sample errors are in the file.</summary>
public sealed class LossesGoldenTests : IDisposable
{
    private readonly Dictionary<string, Tensor> _golden = Golden.Read("losses", "expected", "dit_losses.safetensors");
    private readonly NoiseSchedule _schedule = new(new ScheduleConfig());
    private readonly Models.Autoencoder _vae = DiffusersFolder.LoadAutoencoder(Golden.File("taesd", "vae"));

    private Tensor Prediction => _golden["eq1_latent_sft.eps_theta"];

    private PixelDecoder Decoder => new(_vae, _schedule);

    [Fact]
    public void Eq1_LatentSft()
    {
        Golden.AssertClose(_golden["in.alphas_cumprod"], _schedule.AlphasCumprod, 1e-6, 0, "ᾱ");
        Golden.AssertClose(_golden["eq1_latent_sft.zt"], _schedule.AddNoise(_golden["in.z"], _golden["in.noise"], _golden["in.timesteps"]), what: "z_t");

        var errors = Losses.Error(Prediction, _golden["in.noise"]);

        Golden.AssertClose(_golden["eq1_latent_sft.per_sample_mean"], errors, what: "errors");
        AssertLoss("eq1_latent_sft", errors);
    }

    [Fact]
    public void Eq2And3_PixelSft()
    {
        var (z, noise, timesteps) = (_golden["in.z"], _golden["in.noise"], _golden["in.timesteps"]);
        var target = Decoder.Target(z, noise, timesteps);
        var decoded = Decoder.Predicted(z, Prediction, _golden["eq1_latent_sft.zt"], timesteps);
        var errors = Losses.Error(decoded, target);

        Golden.AssertClose(_golden["eq2_pixel_sft.pix_target"], target, what: "target");
        Golden.AssertClose(_golden["eq2_pixel_sft.pix_pred"], decoded, what: "decoded prediction");
        Golden.AssertClose(_golden["eq2_pixel_sft.per_sample_mean"], errors, what: "errors");
        AssertLoss("eq2_pixel_sft", errors);
        AssertLoss("eq3_combined_sft", Losses.Total((1, Losses.Error(Prediction, noise)), (Constant("lambda"), errors)));
    }

    [Fact]
    public void Eq2_Gradient_ReachesThePredictionAndNothingElse()
    {
        // float64, against central differences along a random direction; the decoder's own gradients have golden values elsewhere
        _vae.to(float64);
        foreach (var parameter in _vae.parameters()) parameter.requires_grad = false;
        var (z, noise, timesteps) = (_golden["in.z"].to(float64).requires_grad_(), _golden["in.noise"].to(float64), _golden["in.timesteps"]);
        Tensor Loss(Tensor prediction) => Losses.Error(Decoder.Predicted(z.detach(), prediction, z, timesteps), Decoder.Target(z, noise, timesteps)).mean();

        var prediction = Prediction.to(float64).requires_grad_();
        Loss(prediction).backward();
        using var generator = new Generator(3);
        var direction = randn(prediction.shape, dtype: float64, generator: generator);
        var slope = (Loss(prediction.detach() + 1e-7 * direction) - Loss(prediction.detach() - 1e-7 * direction)).item<double>() / 2e-7;

        Assert.Equal(slope, (prediction.grad! * direction).sum().item<double>(), Math.Abs(slope) * 1e-4);
        Assert.Null(z.grad);
        Assert.All(_vae.parameters(), p => Assert.Null(p.grad));
    }

    [Theory]
    [InlineData("eq4_dpo_paper_mean", 1.0)]
    [InlineData("eq4_dpo_repo", 0.5)] // the DiffusionDPO code's β stands for half as much
    public void Eq4_LatentDpo(string tag, double convention) =>
        AssertLoss(tag, Losses.Dpo(_golden["eq4_dpo_repo.L_w"], _golden["eq4_dpo_repo.L_l"], _golden["eq4_dpo_repo.L_w_ref"], _golden["eq4_dpo_repo.L_l_ref"], convention * Constant("beta_dpo")), 2e-3);

    [Fact]
    public void Eq4_LatentDpo_SummedErrors_BetaSmallerByTheNumberOfElements() =>
        AssertLoss("eq4_dpo_paper_sum", Losses.Dpo(_golden["eq4_dpo_paper_sum.S_w"], _golden["eq4_dpo_paper_sum.S_l"], _golden["eq4_dpo_paper_sum.S_w_ref"], _golden["eq4_dpo_paper_sum.S_l_ref"], Constant("beta_dpo") / Prediction[0].NumberOfElements), 2e-3);

    [Fact]
    public void Eq4_PixelDpo() =>
        AssertLoss("extra_pixel_dpo_repo_form", Losses.Dpo(_golden["extra_pixel_dpo_repo_form.P_w"], _golden["extra_pixel_dpo_repo_form.P_l"], _golden["extra_pixel_dpo_repo_form.P_w_ref"], _golden["extra_pixel_dpo_repo_form.P_l_ref"], 0.5 * Constant("beta_dpo")), 2e-3);

    [Fact]
    public void Eq5To7_SimPo()
    {
        var latent = Losses.SimPo(_golden["eq5_latent_simpo.E_w"], _golden["eq5_latent_simpo.E_l"], Constant("beta_simpo"), Constant("gamma_simpo"));
        var pixel = Losses.SimPo(_golden["eq6_pixel_simpo.P_w"], _golden["eq6_pixel_simpo.P_l"], Constant("beta_simpo"), Constant("gamma_simpo"));

        Golden.AssertClose(_golden["eq5_latent_simpo.per_sample_loss"], latent, what: "latent");
        Golden.AssertClose(_golden["eq6_pixel_simpo.per_sample_loss"], pixel, what: "pixel");
        AssertLoss("eq5_latent_simpo", latent);
        AssertLoss("eq6_pixel_simpo", pixel);
        AssertLoss("eq7_combined_simpo", Losses.Total((1, latent), (Constant("mu"), pixel)));
    }

    [Fact]
    public void ImplicitAccuracy_Dpo_AsTheReference() =>
        Assert.Equal(_golden["eq4_dpo_repo.implicit_acc"].item<float>(), Losses.Accuracy(Losses.Margins(
            cat([_golden["eq4_dpo_repo.L_w"], _golden["eq4_dpo_repo.L_l"]]), cat([_golden["eq4_dpo_repo.L_w_ref"], _golden["eq4_dpo_repo.L_l_ref"]]))));

    public void Dispose()
    {
        _schedule.Dispose();
        _vae.Dispose();
    }

    private double Constant(string name) => _golden[$"const.{name}"].item<float>();

    private void AssertLoss(string tag, Tensor perSample, double rtol = 1e-4) =>
        Golden.AssertClose(_golden[$"{tag}.loss"], Losses.WeightedMean(perSample, ones_like(perSample)).reshape(1), rtol, 1e-6, tag);
}
