using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>Pseudo linear multistep: DDIM steps with up to four predictions combined; the first step is made twice, its prediction bettered.</summary>
/// <remarks>
/// Liu et al. (2022), arXiv 2202.09778, Eq. 11 to 13, begun as diffusers 0.27 <c>PNDMScheduler</c> does with <c>skip_prk_steps</c>
/// (Katherine Crowson's PLMS).
/// </remarks>
public sealed class PndmSampler : Sampler
{
    private readonly int _stride;
    private readonly History _predictions = new(4), _start = new(1);

    /// <exception cref="BadJobException">It is to begin with Runge-Kutta steps, or the timesteps begin after the schedule's last.</exception>
    public PndmSampler(NoiseSchedule schedule, int steps) : base(schedule, Twice(Spacing.Timesteps(schedule.Config, steps)))
    {
        if (!Config.SkipPrkSteps) throw Config.NotKnown("skip_prk_steps", "false", "is true");
        _stride = schedule.Length / steps;
    }

    private protected override Tensor Step(Tensor latents, Tensor prediction, int step, Func<Tensor> newNoise)
    {
        var timestep = (int)Timesteps[step];
        if (step == 0) _start.Push(latents);
        if (step == 1) return Transfer(_start[0], (prediction + _predictions[0]) / 2, timestep + _stride);
        _predictions.Push(prediction);
        return Transfer(latents, Combined(), timestep);
    }

    // Adams-Bashforth of order 1 to 4
    private Tensor Combined() => _predictions.Count switch
    {
        1 => _predictions[0],
        2 => (3 * _predictions[0] - _predictions[1]) / 2,
        3 => (23 * _predictions[0] - 16 * _predictions[1] + 5 * _predictions[2]) / 12,
        _ => (55 * _predictions[0] - 59 * _predictions[1] + 37 * _predictions[2] - 9 * _predictions[3]) / 24,
    };

    /// <summary>One stride on from a timestep: Eq. 11, which is DDIM's step.</summary>
    private Tensor Transfer(Tensor latents, Tensor prediction, int from)
    {
        var (alpha, previous) = (Schedule.AlphaBar(from), Schedule.AlphaBar(from - _stride));
        var (clean, epsilon) = Prediction.Split(Config, prediction, latents, Math.Sqrt(alpha), Math.Sqrt(1 - alpha));
        return Math.Sqrt(previous) * clean + Math.Sqrt(1 - previous) * epsilon;
    }

    private static double[] Twice(double[] timesteps) => timesteps.Length == 1 ? timesteps : [timesteps[0], timesteps[1], .. timesteps[1..]];

    public override void Dispose()
    {
        _predictions.Dispose();
        _start.Dispose();
        base.Dispose();
    }
}
