using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>DPM-Solver++ with predicted clean latents, one or two of them for a step: 1S and 2M.</summary>
/// <remarks>
/// Lu et al. (2022), arXiv 2211.01095, Algorithm 2 (<c>midpoint</c>) and its variant with a trapezoidal correction (<c>heun</c>);
/// diffusers 0.27 <c>DPMSolverMultistepScheduler</c>.
/// </remarks>
public sealed class DpmSolverSampler : Sampler
{
    private const int FewSteps = 15;

    private readonly double[] _sigmas;
    private readonly History _clean = new(2);

    /// <exception cref="BadJobException">Order or type of the solver is not known, or there are too many steps.</exception>
    public DpmSolverSampler(NoiseSchedule schedule, int steps) : this(schedule, Path(schedule, steps))
    {
        if (Config.SolverOrder is not (1 or 2)) throw Config.NotKnown("solver_order", Config.SolverOrder, "are 1 and 2");
        if (Config.SolverType is not ("midpoint" or "heun")) throw Config.NotKnown("solver_type", Config.SolverType, "are midpoint and heun");
    }

    private DpmSolverSampler(NoiseSchedule schedule, SigmaPath path) : base(schedule, path.Timesteps) => _sigmas = path.Sigmas;

    private protected override Tensor Step(Tensor latents, Tensor prediction, int step, Func<Tensor> newNoise)
    {
        var (sigma, next) = (_sigmas[step], _sigmas[step + 1]);
        var ((signal, noise), (nextSignal, nextNoise)) = (SigmaPath.Scales(sigma), SigmaPath.Scales(next));
        _clean.Push(Prediction.Split(Config, prediction, latents, signal, noise).Clean);
        if (next == sigma) return latents.clone();

        var decay = next / sigma - 1; // e^(−h) − 1, where h is the step in λ = ln(√ᾱ/√(1−ᾱ)) = −ln σ
        var moved = nextNoise / noise * latents - nextSignal * decay * _clean[0];
        if (Config.SolverOrder == 1 || _clean.Count < 2 || IsFirstOrderAtTheEnd(step)) return moved;

        var (h, h0) = (Math.Log(sigma / next), Math.Log(_sigmas[step - 1] / sigma));
        var change = (_clean[0] - _clean[1]) * (h / h0);
        var weight = Config.SolverType == "heun" ? decay / h + 1 : -0.5 * decay;
        return moved + nextSignal * weight * change;
    }

    private bool IsFirstOrderAtTheEnd(int step) => step == Timesteps.Count - 1
        && (Config.EulerAtFinal || _sigmas[^1] == 0 || (Config.LowerOrderFinal && Timesteps.Count < FewSteps));

    private static SigmaPath Path(NoiseSchedule schedule, int steps) => schedule.Config.UseKarrasSigmas
        ? SigmaPath.Karras(schedule, steps, within: null, whole: true)
        : SigmaPath.Through(schedule, Spacing.Timesteps(schedule.Config, steps, beforeLast: true));

    public override void Dispose()
    {
        _clean.Dispose();
        base.Dispose();
    }
}
