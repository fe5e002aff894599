using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>β, α and ᾱ of the forward process: z_t = √ᾱ_t z + √(1−ᾱ_t) ε.</summary>
/// <remarks>Ho et al. (2020), arXiv 2006.11239; table computed as diffusers does, in float32.</remarks>
public sealed class NoiseSchedule : IDisposable
{
    private readonly float[] _alphasCumprod;

    /// <param name="config">What it is computed from.</param>
    /// <exception cref="BadJobException">A value is not known, or values do not go together.</exception>
    public NoiseSchedule(ScheduleConfig config)
    {
        if (config is { RescaleBetasZeroSnr: true, PredictionType: "epsilon" })
            throw new BadJobException("scheduler_config.json: rescale_betas_zero_snr needs prediction_type v_prediction or sample; where nothing is left of the image, the noise says nothing about it.");
        Config = config;
        using var scope = NewDisposeScope();
        AlphasCumprod = (1 - Betas(config)).cumprod(0).DetachFromDisposeScope();
        _alphasCumprod = AlphasCumprod.data<float>().ToArray();
    }

    /// <summary>The configuration it was built from.</summary>
    public ScheduleConfig Config { get; }

    /// <summary>ᾱ by timestep, [T] float32, on the CPU. With zero terminal SNR the last is 0.</summary>
    public Tensor AlphasCumprod { get; }

    /// <summary>Timesteps of training.</summary>
    public int Length => Config.NumTrainTimesteps;

    /// <summary>ᾱ of a timestep; of one before the first, that of the end of a walk (<see cref="ScheduleConfig.SetAlphaToOne"/>).</summary>
    public double AlphaBar(int timestep) => timestep >= 0 ? _alphasCumprod[timestep] : Config.SetAlphaToOne ? 1 : _alphasCumprod[0];

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

    /// <summary>Reads <c>scheduler_config.json</c>.</summary>
    /// <exception cref="BadJobException">It asks for what is not built.</exception>
    public static NoiseSchedule Load(string folder) => new(ScheduleConfig.Read(Path.Combine(folder, "scheduler_config.json")));

    /// <summary>β by timestep, [T] float32.</summary>
    internal static Tensor Betas(ScheduleConfig config)
    {
        var betas = config.BetaSchedule switch
        {
            "linear" => linspace(config.BetaStart, config.BetaEnd, config.NumTrainTimesteps, dtype: float32),
            "scaled_linear" => linspace(Math.Sqrt(config.BetaStart), Math.Sqrt(config.BetaEnd), config.NumTrainTimesteps, dtype: float32).square(),
            "squaredcos_cap_v2" => tensor(Enumerable.Range(0, config.NumTrainTimesteps).Select(i => (float)CosineBeta(i, config.NumTrainTimesteps)).ToArray()),
            _ => throw new BadJobException($"scheduler_config.json: beta_schedule is '{config.BetaSchedule}'; known are linear, scaled_linear and squaredcos_cap_v2."),
        };
        return config.RescaleBetasZeroSnr ? ZeroTerminalSnr(betas) : betas;
    }

    /// <summary>1 − ᾱ((i+1)/T)/ᾱ(i/T) with ᾱ(t) = cos²((t + 0.008)/1.008 · π/2), at most 0.999.</summary>
    /// <remarks>Nichol and Dhariwal (2021), arXiv 2102.09672, Eq. 17.</remarks>
    private static double CosineBeta(int i, int timesteps)
    {
        return Math.Min(1 - AlphaBar((i + 1.0) / timesteps) / AlphaBar((double)i / timesteps), 0.999);

        static double AlphaBar(double t) => Math.Pow(Math.Cos((t + 0.008) / 1.008 * Math.PI / 2), 2);
    }

    /// <summary>Shifts and scales √ᾱ so that its first value stays and its last is 0.</summary>
    /// <remarks>Lin et al. (2023), arXiv 2305.08891, Algorithm 1.</remarks>
    private static Tensor ZeroTerminalSnr(Tensor betas)
    {
        var signal = (1 - betas).cumprod(0).sqrt();
        var (first, last) = (signal[0], signal[-1]);
        var alphasCumprod = ((signal - last) * (first / (first - last))).square();
        return 1 - cat([alphasCumprod[..1], alphasCumprod[1..] / alphasCumprod[..^1]]);
    }

    public void Dispose() => AlphasCumprod.Dispose();
}
