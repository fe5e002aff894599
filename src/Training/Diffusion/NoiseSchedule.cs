using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary><c>scheduler/scheduler_config.json</c>: the noise schedule a model was trained with, and how to sample from it.</summary>
public sealed record ScheduleConfig
{
    /// <summary>Timesteps of training.</summary>
    public int NumTrainTimesteps { get; init; } = 1000;

    /// <summary>β of the first timestep.</summary>
    public double BetaStart { get; init; } = 0.0001;

    /// <summary>β of the last timestep.</summary>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary><c>linear</c> or <c>scaled_linear</c> (linear in √β).</summary>
    public string BetaSchedule { get; init; } = "linear";

    /// <summary>What the network predicts: <c>epsilon</c>, <c>v_prediction</c> or <c>sample</c>.</summary>
    public string PredictionType { get; init; } = "epsilon";

    /// <summary>How inference timesteps are spread: <c>leading</c>, <c>linspace</c> or <c>trailing</c>.</summary>
    public string TimestepSpacing { get; init; } = "leading";

    /// <summary>Added to every timestep of <c>leading</c> spacing.</summary>
    public int StepsOffset { get; init; }

    /// <summary>Whether the last step goes to a clean sample (ᾱ = 1) or to the first timestep's ᾱ.</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>Whether predicted clean samples are clamped to <see cref="ClipSampleRange"/>.</summary>
    public bool ClipSample { get; init; }

    /// <summary>Half-width of the clamp.</summary>
    public double ClipSampleRange { get; init; } = 1.0;
}

/// <summary>β, α and ᾱ of the forward process: z_t = √ᾱ_t z + √(1−ᾱ_t) ε.</summary>
/// <remarks>Ho et al. (2020), arXiv 2006.11239; table computed as diffusers does, in float32.</remarks>
public sealed class NoiseSchedule : IDisposable
{
    public NoiseSchedule(ScheduleConfig config)
    {
        Config = config;
        using var scope = NewDisposeScope();
        var betas = config.BetaSchedule switch
        {
            "linear" => linspace(config.BetaStart, config.BetaEnd, config.NumTrainTimesteps, dtype: float32),
            "scaled_linear" => linspace(Math.Sqrt(config.BetaStart), Math.Sqrt(config.BetaEnd), config.NumTrainTimesteps, dtype: float32).square(),
            _ => throw new BadJobException($"scheduler_config.json: beta_schedule is '{config.BetaSchedule}'; known are linear and scaled_linear."),
        };
        AlphasCumprod = (1 - betas).cumprod(0).DetachFromDisposeScope();
    }

    /// <summary>The configuration it was built from.</summary>
    public ScheduleConfig Config { get; }

    /// <summary>ᾱ by timestep, [T] float32, on the CPU.</summary>
    public Tensor AlphasCumprod { get; }

    /// <summary>Timesteps of training.</summary>
    public int Length => Config.NumTrainTimesteps;

    /// <summary>√ᾱ_t and √(1−ᾱ_t) of a batch of timesteps, each [B, 1, 1, 1].</summary>
    public (Tensor Signal, Tensor Noise) Scales(Tensor timesteps)
    {
        var alphaBar = AlphaBar(timesteps).reshape(-1, 1, 1, 1);
        return (alphaBar.sqrt(), (1 - alphaBar).sqrt());
    }

    /// <summary>z_t of a batch: [B, C, H, W].</summary>
    public Tensor AddNoise(Tensor latents, Tensor noise, Tensor timesteps)
    {
        var (signal, sigma) = Scales(timesteps);
        return signal * latents + sigma * noise;
    }

    /// <summary>ᾱ/(1−ᾱ) of a batch of timesteps, [B].</summary>
    public Tensor SignalToNoise(Tensor timesteps)
    {
        var alphaBar = AlphaBar(timesteps);
        return alphaBar / (1 - alphaBar);
    }

    // the table is small, and goes to where the batch is
    private Tensor AlphaBar(Tensor timesteps) => AlphasCumprod.to(timesteps.device).index_select(0, timesteps);

    /// <summary>Reads <c>scheduler_config.json</c>; keys that only concern other samplers are not looked at.</summary>
    /// <exception cref="BadJobException">It changes the schedule or the samples in a way that is not built.</exception>
    public static NoiseSchedule Load(string folder)
    {
        var path = Path.Combine(folder, "scheduler_config.json");
        var config = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        foreach (var key in (string[])["rescale_betas_zero_snr", "trained_betas", "thresholding"])
        {
            if (config[key] is { } value && value.GetValueKind() != JsonValueKind.False)
                throw new BadJobException($"'{path}' sets {key}, which is not known here.");
        }
        return new(config.Deserialize<ScheduleConfig>(Weights.DiffusersFolder.ConfigJson)!);
    }

    public void Dispose() => AlphasCumprod.Dispose();
}
