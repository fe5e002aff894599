using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>One walk from noise to samples. What a sampler remembers of earlier steps belongs to the walk, so every walk has a sampler of its own.</summary>
public abstract class Sampler : IDisposable
{
    /// <param name="schedule">The model's noise schedule.</param>
    /// <param name="timesteps">Timesteps of the walk, noisiest first.</param>
    /// <exception cref="BadJobException">They begin after the schedule's last.</exception>
    private protected Sampler(NoiseSchedule schedule, double[] timesteps)
    {
        if (timesteps[0] > schedule.Length - 1)
            throw new BadJobException($"scheduler_config.json: with steps_offset {schedule.Config.StepsOffset}, {timesteps.Length} inference steps begin at timestep {timesteps[0]}, and the last is {schedule.Length - 1}; take fewer steps.");
        (Schedule, Timesteps) = (schedule, timesteps);
    }

    /// <summary>Where the network is asked, noisiest first; training timesteps, not always whole.</summary>
    public IReadOnlyList<double> Timesteps { get; }

    /// <summary>Standard deviation of the latents that a walk starts with.</summary>
    public virtual double InitialNoiseSigma => 1;

    private protected NoiseSchedule Schedule { get; }

    private protected ScheduleConfig Config => Schedule.Config;

    /// <summary>Walks from <paramref name="noise"/> to a sample.</summary>
    /// <param name="noise">[B, C, H, W] standard normal.</param>
    /// <param name="predict">The guided network: (noisy latents, timestep) → prediction.</param>
    /// <param name="stepNoise">New standard normal noise, [B, C, H, W], for samplers that add some in their steps.</param>
    /// <param name="afterStep">Called with the latents after each step.</param>
    /// <returns>[B, C, H, W] scaled latents.</returns>
    public Tensor Walk(Tensor noise, Func<Tensor, double, Tensor> predict, Func<Tensor>? stepNoise = null, Action<Tensor>? afterStep = null)
    {
        var latents = noise * InitialNoiseSigma;
        for (var step = 0; step < Timesteps.Count; step++)
        {
            using var scope = NewDisposeScope();
            var next = Step(latents, predict(ModelInput(latents, step), Timesteps[step]), step, NewNoise);
            latents.Dispose();
            latents = next.MoveToOuterDisposeScope();
            afterStep?.Invoke(latents);
        }
        return latents;

        Tensor NewNoise() => stepNoise?.Invoke() ?? throw new ArgumentNullException(nameof(stepNoise), $"{Config.ClassName} adds noise in its steps.");
    }

    /// <summary>What the network sees of the latents at a timestep, by its index: √ᾱ z + √(1−ᾱ) ε.</summary>
    public virtual Tensor ModelInput(Tensor latents, int index) => latents;

    /// <summary>The latents after a step; never the tensor that was given.</summary>
    private protected abstract Tensor Step(Tensor latents, Tensor prediction, int step, Func<Tensor> newNoise);

    /// <summary>Frees what the walk remembers.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
