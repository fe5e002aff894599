using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>What a network's output stands for: the noise, the velocity v = √ᾱ ε − √(1−ᾱ) z, or the clean latents.</summary>
/// <remarks>Salimans and Ho (2022), arXiv 2202.00512; names as in diffusers' <c>prediction_type</c>.</remarks>
public static class Prediction
{
    /// <summary>What the network should have said of z_t.</summary>
    /// <param name="schedule">Says what it predicts.</param>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, C, h, w].</returns>
    /// <exception cref="BadJobException">The schedule names a prediction that is not known.</exception>
    public static Tensor Target(NoiseSchedule schedule, Tensor latents, Tensor noise, Tensor timesteps)
    {
        switch (schedule.Config.PredictionType)
        {
            case "epsilon": return noise;
            case "sample": return latents;
            case "v_prediction":
                var (signal, sigma) = schedule.Scales(timesteps);
                return signal * noise - sigma * latents;
            default: throw Unknown(schedule.Config);
        }
    }

    /// <summary>The noise that an output says there is in z_t: ε_θ. Defined at ᾱ = 0 too; every timestep has noise.</summary>
    /// <param name="schedule">Says what the network predicts.</param>
    /// <param name="output">Of the network, [B, C, h, w].</param>
    /// <param name="noisyLatents">z_t, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, C, h, w].</returns>
    /// <exception cref="BadJobException">The schedule names a prediction that is not known.</exception>
    public static Tensor Noise(NoiseSchedule schedule, Tensor output, Tensor noisyLatents, Tensor timesteps)
    {
        if (schedule.Config.PredictionType == "epsilon") return output;
        var (signal, sigma) = schedule.Scales(timesteps);
        return schedule.Config.PredictionType switch
        {
            "v_prediction" => signal * output + sigma * noisyLatents,
            "sample" => (noisyLatents - signal * output) / sigma,
            _ => throw Unknown(schedule.Config),
        };
    }

    /// <summary>The clean latents that an output says are behind z_t: ẑ₀.</summary>
    /// <param name="schedule">Says what the network predicts.</param>
    /// <param name="output">Of the network, [B, C, h, w].</param>
    /// <param name="noisyLatents">z_t, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, C, h, w]; for predicted noise (z_t − √(1−ᾱ) ε_θ)/√ᾱ.</returns>
    /// <exception cref="BadJobException">The schedule names a prediction that is not known.</exception>
    public static Tensor Clean(NoiseSchedule schedule, Tensor output, Tensor noisyLatents, Tensor timesteps)
    {
        if (schedule.Config.PredictionType == "sample") return output;
        var (signal, sigma) = schedule.Scales(timesteps);
        return schedule.Config.PredictionType switch
        {
            "epsilon" => (noisyLatents - sigma * output) / signal,
            "v_prediction" => signal * noisyLatents - sigma * output,
            _ => throw Unknown(schedule.Config),
        };
    }

    /// <summary>Clean latents and noise that an output says z_t = signal · z + sigma · ε is made of.</summary>
    /// <param name="config">Says what the network predicts.</param>
    /// <param name="output">Of the network, [B, C, h, w].</param>
    /// <param name="noisyLatents">z_t, [B, C, h, w].</param>
    /// <param name="signal">√ᾱ_t; above 0 where noise is predicted.</param>
    /// <param name="sigma">√(1−ᾱ_t), above 0.</param>
    /// <returns>Each [B, C, h, w].</returns>
    /// <exception cref="BadJobException">The configuration names a prediction that is not known.</exception>
    internal static (Tensor Clean, Tensor Noise) Split(ScheduleConfig config, Tensor output, Tensor noisyLatents, double signal, double sigma) => config.PredictionType switch
    {
        "epsilon" => ((noisyLatents - sigma * output) / signal, output),
        "v_prediction" => (signal * noisyLatents - sigma * output, signal * output + sigma * noisyLatents),
        "sample" => (output, (noisyLatents - signal * output) / sigma),
        _ => throw Unknown(config),
    };

    internal static BadJobException Unknown(ScheduleConfig config) =>
        new($"scheduler_config.json: prediction_type is '{config.PredictionType}'; known are epsilon, v_prediction and sample.");
}
