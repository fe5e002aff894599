using System.Globalization;
using System.Text.Json;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Verification;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Every sampler step by step against diffusers 0.27.</summary>
public sealed class SamplersGoldenTests
{
    [Theory]
    [InlineData("ddim_eps_leading")]
    [InlineData("ddim_eps_linspace")]
    [InlineData("ddim_eps_trailing")]
    [InlineData("ddim_linear_dit")]
    [InlineData("ddim_v_leading")]
    [InlineData("ddim_eps_alpha_to_one_clip")]
    public void Walk_ToyDenoiser_SameTrajectory(string name) =>
        AssertSameWalk(Golden.File("schedulers", name), Golden.File("schedulers", "expected", name + ".safetensors"));

    [SkippableTheory]
    [InlineData("ddim_v_trailing_zerosnr")]
    [InlineData("ddpm_eps")]
    [InlineData("ddpm_v_fixed_large_linear")]
    [InlineData("dpmpp_2m_karras")]
    [InlineData("dpmpp_2m_leading")]
    [InlineData("dpmpp_2m_linear_pixart")]
    [InlineData("dpmpp_2m_linspace")]
    [InlineData("dpmpp_2m_trailing_8")]
    [InlineData("dpmpp_2m_v")]
    [InlineData("euler_ancestral")]
    [InlineData("euler_karras_v_trailing")]
    [InlineData("euler_leading")]
    [InlineData("euler_linspace")]
    [InlineData("pndm_sd15")]
    [InlineData("unipc_bh2")]
    [InlineData("unipc_bh2_leading")]
    public void Walk_ToyDenoiserOfTheWholeSet_SameTrajectory(string name) =>
        AssertSameWalk(Golden.Reference("schedulers", name), Golden.Reference("schedulers", "expected", name + ".safetensors"));

    [SkippableFact]
    public void Walk_DdimWithHalfOfTheNoise_SameTrajectory()
    {
        var config = File.ReadAllText(Path.Combine(Golden.Reference("schedulers", "ddim_eps_eta05"), "scheduler_config.json"));
        var folder = Directory.CreateTempSubdirectory("pixelpost-eta-").FullName;
        File.WriteAllText(Path.Combine(folder, "scheduler_config.json"), config.Replace("{", """{ "eta": 0.5,""", StringComparison.Ordinal));

        AssertSameWalk(folder, Golden.Reference("schedulers", "expected", "ddim_eps_eta05.safetensors"));

        Directory.Delete(folder, recursive: true);
    }

    [SkippableFact]
    public void Timesteps_EveryClassAndSpacing_Same()
    {
        var path = Golden.Reference("schedulers", "expected", "timesteps.json");
        var expected = JsonSerializer.Deserialize<Dictionary<string, double[]>>(File.ReadAllBytes(path))!;

        var wrong = expected.Where(entry => !Timesteps(entry.Key.Split('/')).SequenceEqual(entry.Value)).Select(entry => entry.Key).ToList();

        Assert.Equal(300, expected.Count);
        Assert.Empty(wrong);

        static double[] Timesteps(string[] key)
        {
            var config = new ScheduleConfig { TimestepSpacing = key[1], StepsOffset = key[2][^1] - '0' };
            return Spacing.Timesteps(config, int.Parse(key[3], CultureInfo.InvariantCulture),
                beforeLast: key[0] is "DPMSolverMultistepScheduler" or "UniPCMultistepScheduler", whole: key[0] != "EulerDiscreteScheduler");
        }
    }

    [Theory]
    [InlineData("linear", "linear", 0.0001, 0.02, false)]
    [InlineData("scaled_linear", "scaled_linear", 0.00085, 0.012, false)]
    [InlineData("scaled_linear_zero_snr", "scaled_linear", 0.00085, 0.012, true)]
    [InlineData("squaredcos_cap_v2", "squaredcos_cap_v2", 0.0001, 0.02, false)]
    public void NoiseSchedule_EveryBetaSchedule_SameTables(string name, string betas, double start, double end, bool zeroSnr)
    {
        var golden = Golden.Read("schedulers", "expected", "noise_tables.safetensors");
        var config = new ScheduleConfig { BetaSchedule = betas, BetaStart = start, BetaEnd = end, RescaleBetasZeroSnr = zeroSnr, PredictionType = "v_prediction" };
        using var schedule = new NoiseSchedule(config);
        var (x, noise, timesteps) = (golden["in.x"], golden["in.noise"], golden["in.timesteps"]);

        // towards zero SNR a β is a difference of nearly equal numbers: float32 leaves five digits
        Golden.AssertClose(golden[name + ".betas"], NoiseSchedule.Betas(config), 1e-5, zeroSnr ? 2e-5 : 1e-7, "betas");
        Golden.AssertClose(golden[name + ".alphas_cumprod"], schedule.AlphasCumprod, 1e-6, 1e-7, "alphas_cumprod");
        Golden.AssertClose(golden[name + ".add_noise"], schedule.AddNoise(x, noise, timesteps), what: "noisy");
        Golden.AssertClose(golden[name + ".velocity"], Prediction.Target(schedule, x, noise, timesteps), what: "velocity");
        if (!zeroSnr) Golden.AssertClose(golden[name + ".snr"], schedule.SignalToNoise(timesteps), what: "snr");
        Assert.Equal(zeroSnr, schedule.AlphaBar(999) == 0);
    }

    [Theory]
    [InlineData("linear", 0.0001, 0.02)]
    [InlineData("scaled_linear", 0.00085, 0.012)]
    [InlineData("squaredcos_cap_v2", 0.0001, 0.02)]
    public void MinSnr_NoiseAndVelocity_SameWeights(string betas, double start, double end)
    {
        var golden = Golden.Read("schedulers", "expected", "noise_tables.safetensors");
        foreach (var (prediction, suffix) in (ReadOnlySpan<(string, string)>)[("epsilon", "epsilon"), ("v_prediction", "v")])
        {
            using var schedule = new NoiseSchedule(new ScheduleConfig { BetaSchedule = betas, BetaStart = start, BetaEnd = end, PredictionType = prediction });
            foreach (var gamma in (ReadOnlySpan<int>)[1, 5])
                Golden.AssertClose(golden[$"{betas}.minsnr{gamma}_weight_{suffix}"], MinSnr.Weights(schedule, golden["in.timesteps"], gamma), what: $"{prediction}, {gamma}");
        }
    }

    private static void AssertSameWalk(string config, string expected)
    {
        using var scope = NewDisposeScope();
        var file = new ExpectedValues(expected);

        SamplerCheck.Run(config, file);

        Assert.Equal(["out.timesteps", "out.init_noise_sigma", "out.model_output", "out.trajectory"], file.Checks.Select(c => c.Name));
        Assert.All(file.Checks, check => Assert.True(check.Passed, $"{check.Name}: {check.OfAllowed:F2} times what is allowed"));
    }
}
