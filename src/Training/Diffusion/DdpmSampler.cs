using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>Denoising diffusion probabilistic models: every step draws from the posterior of the step before.</summary>
/// <remarks>Ho et al. (2020), arXiv 2006.11239, Eq. 6 and 7, on a subset of the timesteps; diffusers 0.27 <c>DDPMScheduler</c>.</remarks>
public sealed class DdpmSampler : Sampler
{
    private readonly int _stride;

    /// <exception cref="BadJobException">The variance is not a known one, or the timesteps begin after the schedule's last.</exception>
    public DdpmSampler(NoiseSchedule schedule, int steps) : base(schedule, Spacing.Timesteps(schedule.Config, steps))
    {
        if (Config.VarianceType is not ("fixed_small" or "fixed_large")) throw Config.NotKnown("variance_type", Config.VarianceType, "are fixed_small and fixed_large");
        _stride = schedule.Length / steps;
    }

    private protected override Tensor Step(Tensor latents, Tensor prediction, int step, Func<Tensor> newNoise)
    {
        var timestep = (int)Timesteps[step];
        var alpha = Schedule.AlphaBar(timestep);
        var previous = timestep >= _stride ? Schedule.AlphaBar(timestep - _stride) : 1;
        var clean = Prediction.Split(Config, prediction, latents, Math.Sqrt(alpha), Math.Sqrt(1 - alpha)).Clean;
        if (Config.ClipSample) clean = clean.clamp(-Config.ClipSampleRange, Config.ClipSampleRange);

        var beta = 1 - alpha / previous; // of the whole step
        var mean = Math.Sqrt(previous) * beta / (1 - alpha) * clean + Math.Sqrt(alpha / previous) * (1 - previous) / (1 - alpha) * latents;
        if (timestep == 0) return mean;
        var variance = Config.VarianceType == "fixed_large" ? beta : Math.Max(1e-20, (1 - previous) / (1 - alpha) * beta);
        return mean + Math.Sqrt(variance) * newNoise();
    }
}
