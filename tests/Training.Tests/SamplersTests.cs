using PixelPost.Training.Diffusion;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class SamplersTests
{
    private const string VelocityZeroSnr = "\"prediction_type\": \"v_prediction\", \"rescale_betas_zero_snr\": true";

    static SamplersTests() => LibTorch.Load();

    [Theory]
    [InlineData("DPMSolverMultistepScheduler", "\"solver_type\": \"midpoint\"", 2)]
    [InlineData("DPMSolverMultistepScheduler", "\"solver_type\": \"heun\"", 2)]
    [InlineData("DPMSolverMultistepScheduler", "\"solver_order\": 1", 1)]
    [InlineData("UniPCMultistepScheduler", "\"solver_type\": \"bh1\"", 2)]
    [InlineData("UniPCMultistepScheduler", "\"solver_type\": \"bh2\"", 2)]
    [InlineData("EulerDiscreteScheduler", "\"timestep_spacing\": \"trailing\"", 1)]
    public void Walk_TwiceTheSteps_ErrorFallsWithTheOrder(string className, string option, int order)
    {
        using var schedule = Load($"\"_class_name\": \"{className}\", \"final_sigmas_type\": \"sigma_min\", \"lower_order_final\": false, {option}");

        var (coarse, fine) = (Error(schedule, 50), Error(schedule, 100));

        Assert.InRange(Math.Log2(coarse / fine), order - 0.3, order + 1.3);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void Walk_NetworkThatKnowsTheImage_ArrivesThere(string className)
    {
        using var scope = NewDisposeScope();
        using var schedule = Load($"\"_class_name\": \"{className}\", \"prediction_type\": \"sample\", \"clip_sample\": false, \"skip_prk_steps\": true, \"timestep_spacing\": \"leading\"");
        using var sampler = Samplers.Create(schedule, 20);
        var image = linspace(-2, 2, 64).reshape(1, 1, 8, 8);

        var latents = sampler.Walk(randn(1, 1, 8, 8), (_, _) => image, () => randn(1, 1, 8, 8));

        // a walk may end at the first timestep's noise, σ 0.01 at this schedule
        Assert.InRange((latents - image).abs().max().item<float>(), 0, className is "PNDMScheduler" or "UniPCMultistepScheduler" ? 0.05 : 1e-5);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void Walk_ZeroTerminalSnr_StaysFinite(string className)
    {
        using var scope = NewDisposeScope();
        using var schedule = Load($"\"_class_name\": \"{className}\", \"skip_prk_steps\": true, \"timestep_spacing\": \"trailing\", \"eta\": 1, {VelocityZeroSnr}");
        using var sampler = Samplers.Create(schedule, 10);
        Assert.Equal(999, sampler.Timesteps[0]);

        var latents = sampler.Walk(randn(1, 1, 8, 8), (x, _) => -0.5 * x, () => randn(1, 1, 8, 8));

        Assert.True(latents.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData("v_prediction", 0)]
    [InlineData("sample", 0)]
    public void Weights_ZeroTerminalSnr_AreNumbers(string prediction, double expected)
    {
        using var schedule = new NoiseSchedule(new ScheduleConfig { RescaleBetasZeroSnr = true, PredictionType = prediction });
        var last = tensor(new long[] { 999 });

        Assert.Equal(expected, MinSnr.Weights(schedule, last, 5).item<float>());
        // nothing but noise is left, whatever the network says
        var (z, noise) = (randn(1, 1, 2, 2), randn(1, 1, 2, 2));
        var output = Prediction.Target(schedule, z, noise, last);
        Golden.AssertClose(noise, Prediction.Noise(schedule, output, schedule.AddNoise(z, noise, last), last));
    }

    [Fact]
    public void MinSnr_ByHand_MinimumOfSnrAndGammaInEveryGuise()
    {
        // ᾱ = 0.9, 0.45: SNR 9, 9/11
        static float[] Weights(string prediction)
        {
            using var schedule = new NoiseSchedule(new ScheduleConfig { NumTrainTimesteps = 2, BetaStart = 0.1, BetaEnd = 0.5, PredictionType = prediction });
            return [.. MinSnr.Weights(schedule, tensor(new long[] { 0, 1 }), 5).data<float>()];
        }

        AssertNear([5 / 9.0, 1], Weights("epsilon"));
        AssertNear([5 / 10.0, 9 / 20.0], Weights("v_prediction"));
        AssertNear([5, 9 / 11.0], Weights("sample"));

        static void AssertNear(double[] expected, float[] actual) => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData("\"_class_name\": \"LMSDiscreteScheduler\"", "is a LMSDiscreteScheduler; known are DDIMScheduler, DDPMScheduler, PNDMScheduler")]
    [InlineData("\"beta_start\": 0.1", "has no _class_name; known are")]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"trained_betas\": [0.1, 0.2]", "has trained_betas [0.1,0.2]; known is null")]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"thresholding\": true", "has thresholding 'true'; known is 'false'")]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"beta_schedule\": \"sigmoid\"", "has beta_schedule 'sigmoid'; known are 'linear' and 'scaled_linear' and 'squaredcos_cap_v2'")]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"beta_shedule\": \"linear\"", "has beta_shedule, which is not known")]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"rescale_betas_zero_snr\": true", "needs prediction_type v_prediction or sample")]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"eta\": 2", "eta is '2'; known to DDIMScheduler are numbers from 0 to 1")]
    [InlineData("\"_class_name\": \"DDPMScheduler\", \"variance_type\": \"learned_range\"", "variance_type is 'learned_range'; known to DDPMScheduler are fixed_small and fixed_large")]
    [InlineData("\"_class_name\": \"PNDMScheduler\"", "skip_prk_steps is 'false'; known to PNDMScheduler is true")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"algorithm_type\": \"sde-dpmsolver++\"", "has algorithm_type 'sde-dpmsolver++'; known is 'dpmsolver++'")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"solver_order\": 3", "solver_order is '3'; known to DPMSolverMultistepScheduler are 1 and 2")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"lambda_min_clipped\": -5.1", "has lambda_min_clipped '-5.1'; known is '-Infinity'")]
    [InlineData("\"_class_name\": \"UniPCMultistepScheduler\", \"solver_type\": \"midpoint\"", "solver_type is 'midpoint'; known to UniPCMultistepScheduler are bh1 and bh2")]
    public void Create_WhatIsNotBuilt_SaysSo(string settings, string expected)
    {
        var problem = Assert.Throws<BadJobException>(() =>
        {
            using var schedule = Load(settings);
            Samplers.Create(schedule, 10).Dispose();
        });

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"steps_offset\": 1", 1000, "begin at timestep 1000, and the last is 999")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\"", 1000, "visit a timestep twice")]
    public void Create_MoreStepsThanFit_SaysSo(string settings, int steps, string expected)
    {
        using var schedule = Load(settings);

        Assert.Contains(expected, Assert.Throws<BadJobException>(() => Samplers.Create(schedule, steps)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_KeysLeftOut_HaveTheDefaultsOfTheClass()
    {
        static ScheduleConfig Config(string className)
        {
            using var schedule = Load($"\"_class_name\": \"{className}\", \"lambda_min_clipped\": -Infinity");
            return schedule.Config;
        }

        Assert.Equal(new ScheduleConfig { ClipSample = true }, Config("DDIMScheduler"));
        Assert.Equal(("leading", false), (Config("PNDMScheduler").TimestepSpacing, Config("PNDMScheduler").SetAlphaToOne));
        Assert.Equal(("linspace", 2, "midpoint", null), (Config("DPMSolverMultistepScheduler").TimestepSpacing, Config("DPMSolverMultistepScheduler").SolverOrder, Config("DPMSolverMultistepScheduler").SolverType, Config("DPMSolverMultistepScheduler").FinalSigmasType));
        Assert.Equal(("bh2", "sigma_min"), (Config("UniPCMultistepScheduler").SolverType, Config("UniPCMultistepScheduler").FinalSigmasType));
    }

    public static TheoryData<string> Classes =>
    [
        "DDIMScheduler", "DDPMScheduler", "PNDMScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler", "UniPCMultistepScheduler",
    ];

    /// <summary>
    /// Of images that are normal with standard deviation s, the best guess from x = z + σ ε is s²/(s² + σ²) x, and dx/dσ = (x − z)/σ has
    /// the solution x ∝ √(s² + σ²). How far from it, relatively, a walk ends.
    /// </summary>
    private static double Error(NoiseSchedule schedule, int steps)
    {
        const double s = 0.5;
        using var scope = NewDisposeScope();
        using var sampler = Samplers.Create(schedule, steps);
        var first = Sigma(sampler.Timesteps[0]);
        var start = ones(1, 1, 1, 1, dtype: float64);
        var latents = sampler.Walk(start, (z, t) => z * Math.Sqrt(1 + Sigma(t) * Sigma(t)) * (Sigma(t) / (s * s + Sigma(t) * Sigma(t)))).item<double>();

        var x0 = sampler.InitialNoiseSigma == 1 ? Math.Sqrt(1 + first * first) : sampler.InitialNoiseSigma;
        var exact = x0 * Math.Sqrt(s * s + Sigma(0) * Sigma(0)) / Math.Sqrt(s * s + first * first);
        var end = sampler is EulerSampler ? latents : latents * Math.Sqrt(1 + Sigma(0) * Sigma(0));
        return Math.Abs(end / exact - 1);

        double Sigma(double t) => Math.Sqrt((1 - schedule.AlphaBar((int)t)) / schedule.AlphaBar((int)t));
    }

    private static NoiseSchedule Load(string settings)
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-schedule-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "scheduler_config.json"), $$"""{ {{settings}} }""");
            return NoiseSchedule.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
