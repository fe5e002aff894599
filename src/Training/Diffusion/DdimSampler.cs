using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>Denoising diffusion implicit models: a path from noise to a sample that is deterministic for η = 0.</summary>
/// <remarks>Song et al. (2021), arXiv 2010.02502, Eq. 12 and 16; diffusers 0.27 <c>DDIMScheduler</c>.</remarks>
public sealed class DdimSampler : Sampler
{
    private readonly int _stride;

    /// <exception cref="BadJobException">η is not between 0 and 1, or the timesteps begin after the schedule's last.</exception>
    public DdimSampler(NoiseSchedule schedule, int steps) : base(schedule, Spacing.Timesteps(schedule.Config, steps))
    {
        if (Config.Eta is not (>= 0 and <= 1)) throw Config.NotKnown("eta", Config.Eta, "are numbers from 0 to 1");
        _stride = schedule.Length / steps;
    }

    private protected override Tensor Step(Tensor latents, Tensor prediction, int step, Func<Tensor> newNoise)
    {
        var timestep = (int)Timesteps[step];
        var (alpha, previous) = (Schedule.AlphaBar(timestep), Schedule.AlphaBar(timestep - _stride));
        var (clean, epsilon) = Prediction.Split(Config, prediction, latents, Math.Sqrt(alpha), Math.Sqrt(1 - alpha));
        if (Config.ClipSample) clean = clean.clamp(-Config.ClipSampleRange, Config.ClipSampleRange);

        var variance = Config.Eta * Config.Eta * (1 - previous) / (1 - alpha) * (1 - alpha / previous);
        var next = Math.Sqrt(previous) * clean + Math.Sqrt(Math.Max(0, 1 - previous - variance)) * epsilon;
        return variance > 0 ? next + Math.Sqrt(variance) * newNoise() : next;
    }
}
