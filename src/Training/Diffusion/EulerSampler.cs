using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>Euler steps along dx/dσ = (x − z)/σ, where x = z + σ ε; ancestral: too far down, and back up with new noise.</summary>
/// <remarks>
/// Karras et al. (2022), arXiv 2206.00364, Algorithm 1; diffusers 0.27 <c>EulerDiscreteScheduler</c> and, ancestral, which makes a step
/// as random as DDPM's, <c>EulerAncestralDiscreteScheduler</c>.
/// </remarks>
public sealed class EulerSampler : Sampler
{
    private readonly double[] _sigmas;
    private readonly bool _ancestral;

    /// <exception cref="BadJobException">There are more steps than the schedule has timesteps for.</exception>
    public EulerSampler(NoiseSchedule schedule, int steps, bool ancestral) : this(schedule, Path(schedule, steps, ancestral)) => _ancestral = ancestral;

    private EulerSampler(NoiseSchedule schedule, SigmaPath path) : base(schedule, path.Timesteps) => _sigmas = path.Sigmas;

    // spacings that begin at the last timestep take its noise for all there is; leading begins earlier, where the image still adds to it
    public override double InitialNoiseSigma => Config.TimestepSpacing == "leading" ? Math.Sqrt(_sigmas[0] * _sigmas[0] + 1) : _sigmas[0];

    public override Tensor ModelInput(Tensor latents, int index) => latents * SigmaPath.Scales(_sigmas[index]).Signal;

    private protected override Tensor Step(Tensor latents, Tensor prediction, int step, Func<Tensor> newNoise)
    {
        var (sigma, next) = (_sigmas[step], _sigmas[step + 1]);
        var (signal, noise) = SigmaPath.Scales(sigma);
        var (clean, _) = Prediction.Split(Config, prediction, latents * signal, signal, noise);
        var up = _ancestral ? Math.Sqrt(next * next * (sigma * sigma - next * next)) / sigma : 0;
        var down = Math.Sqrt(next * next - up * up);
        var moved = latents + (latents - clean) * ((down - sigma) / sigma);
        return up > 0 ? moved + newNoise() * up : moved;
    }

    private static SigmaPath Path(NoiseSchedule schedule, int steps, bool ancestral)
    {
        var path = SigmaPath.Through(schedule, Spacing.Timesteps(schedule.Config, steps, whole: false));
        return schedule.Config.UseKarrasSigmas && !ancestral
            ? SigmaPath.Karras(schedule, steps, (path.Sigmas[0], path.Sigmas[^2]), whole: false)
            : path;
    }
}
