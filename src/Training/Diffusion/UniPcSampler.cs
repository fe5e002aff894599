using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>UniPC with predicted clean latents: what the network says at the end of a step corrects that step before the next.</summary>
/// <remarks>Zhao et al. (2023), arXiv 2302.04867, Algorithms 1 and 2, orders 1 and 2; diffusers 0.27 <c>UniPCMultistepScheduler</c>.</remarks>
public sealed class UniPcSampler : Sampler
{
    private readonly double[] _sigmas;
    private readonly History _clean = new(2), _starts = new(1);
    private int _order;

    /// <exception cref="BadJobException">Order or type of the solver is not known, or there are too many steps.</exception>
    public UniPcSampler(NoiseSchedule schedule, int steps) : this(schedule, Path(schedule, steps))
    {
        if (Config.SolverOrder is not (1 or 2)) throw Config.NotKnown("solver_order", Config.SolverOrder, "are 1 and 2");
        if (Config.SolverType is not ("bh1" or "bh2")) throw Config.NotKnown("solver_type", Config.SolverType, "are bh1 and bh2");
    }

    private UniPcSampler(NoiseSchedule schedule, SigmaPath path) : base(schedule, path.Timesteps) => _sigmas = path.Sigmas;

    private protected override Tensor Step(Tensor latents, Tensor prediction, int step, Func<Tensor> newNoise)
    {
        var (signal, noise) = SigmaPath.Scales(_sigmas[step]);
        var clean = Prediction.Split(Config, prediction, latents, signal, noise).Clean;
        if (step > 0) latents = Advance(_starts[0], step - 1, _order, clean);

        _clean.Push(clean);
        _starts.Push(latents);
        _order = Math.Min(Config.SolverOrder, _clean.Count);
        if (Config.LowerOrderFinal || _sigmas[step + 1] == 0) _order = Math.Min(_order, Timesteps.Count - step);
        return Advance(latents, step, _order, corrector: null);
    }

    /// <summary>From one noise level to the next, by the predictor or, with the clean latents predicted at the step's end, the corrector.</summary>
    private Tensor Advance(Tensor start, int step, int order, Tensor? corrector)
    {
        var (sigma, next) = (_sigmas[step], _sigmas[step + 1]);
        var ((_, noise), (nextSignal, nextNoise)) = (SigmaPath.Scales(sigma), SigmaPath.Scales(next));
        var decay = next / sigma - 1; // e^(−h) − 1
        var moved = nextNoise / noise * start - nextSignal * decay * _clean[0];
        if (corrector is null && order == 1) return moved;

        var h = Math.Log(sigma / next);
        var scale = Config.SolverType == "bh1" ? -h : decay; // B(h)
        var b1 = (decay / -h - 1) / scale;                   // φ_2 and 2 φ_3 over B(h)
        var b2 = 2 * ((decay / -h - 1) / -h - 0.5) / scale;
        if (order == 1) return moved - nextSignal * scale * 0.5 * (corrector! - _clean[0]);

        var r = Math.Log(_sigmas[step - 1] / sigma) / -h; // where the step before began, in steps of h
        var change = (_clean[1] - _clean[0]) / r;
        if (corrector is null) return moved - nextSignal * scale * 0.5 * change;
        var weight = (b1 - b2) / (1 - r); // the two weights sum to b1, and to b2 with r times the first
        return moved - nextSignal * scale * (weight * change + (b1 - weight) * (corrector - _clean[0]));
    }

    private static SigmaPath Path(NoiseSchedule schedule, int steps) => schedule.Config.UseKarrasSigmas
        ? SigmaPath.Karras(schedule, steps, within: null, whole: true)
        : SigmaPath.Through(schedule, Spacing.Timesteps(schedule.Config, steps, beforeLast: true));

    public override void Dispose()
    {
        _clean.Dispose();
        _starts.Dispose();
        base.Dispose();
    }
}
