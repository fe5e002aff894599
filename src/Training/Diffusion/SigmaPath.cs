namespace PixelPost.Training.Diffusion;

/// <summary>
/// A walk by noise level σ = √((1−ᾱ)/ᾱ), the standard deviation of the noise where the image is not scaled: z_t/√ᾱ_t = z + σ ε.
/// </summary>
/// <param name="Timesteps">Where the network is asked, noisiest first.</param>
/// <param name="Sigmas">σ at each of them, and of the walk's end.</param>
/// <remarks>Karras et al. (2022), arXiv 2206.00364; diffusers 0.27.</remarks>
internal sealed record SigmaPath(double[] Timesteps, double[] Sigmas)
{
    // float16's smallest number, as diffusers: at ᾱ = 0 there is no finite σ
    private const float SmallestAlphaBar = 1f / (1 << 24);

    /// <summary>A path through given timesteps, to the end that <c>final_sigmas_type</c> names.</summary>
    /// <exception cref="BadJobException">Timesteps repeat, because there are too many.</exception>
    public static SigmaPath Through(NoiseSchedule schedule, double[] timesteps)
    {
        if (timesteps.Zip(timesteps.Skip(1)).Any(pair => pair.First <= pair.Second))
            throw new BadJobException($"scheduler_config.json: {timesteps.Length} inference steps of {schedule.Config.ClassName} visit a timestep twice; take fewer steps.");
        var table = Table(schedule);
        return To(End(schedule, table), timesteps, [.. timesteps.Select(t => Interpolate(table, t))]);
    }

    /// <summary>A path whose noise levels are evenly spread in their seventh root.</summary>
    /// <param name="schedule">The model's noise schedule.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="within">Highest and lowest σ; null for those of the schedule.</param>
    /// <param name="whole">Whether timesteps are rounded.</param>
    /// <remarks>Eq. 5 with ρ = 7.</remarks>
    public static SigmaPath Karras(NoiseSchedule schedule, int steps, (double Highest, double Lowest)? within, bool whole)
    {
        const double rho = 7;
        var table = Table(schedule);
        var (highest, lowest) = within ?? (table[^1], table[0]);
        var (from, to) = (Math.Pow(highest, 1 / rho), Math.Pow(lowest, 1 / rho));
        var sigmas = Enumerable.Range(0, steps).Select(i => Math.Pow(from + (to - from) * i / Math.Max(1, steps - 1), rho)).ToArray();
        return To(End(schedule, table), [.. sigmas.Select(s => TimestepOf(table, s)).Select(t => whole ? Math.Round(t) : (float)t)], sigmas);
    }

    /// <summary>√ᾱ and √(1−ᾱ) at a noise level.</summary>
    public static (double Signal, double Noise) Scales(double sigma)
    {
        var signal = 1 / Math.Sqrt(sigma * sigma + 1);
        return (signal, sigma * signal);
    }

    private static SigmaPath To(double end, double[] timesteps, double[] sigmas) => new(timesteps, [.. sigmas.Append(end).Select(s => (double)(float)s)]);

    private static double End(NoiseSchedule schedule, double[] table) => schedule.Config.FinalSigmasType == "sigma_min" ? table[0] : 0;

    /// <summary>σ of every timestep, rising.</summary>
    private static double[] Table(NoiseSchedule schedule) =>
        [.. Enumerable.Range(0, schedule.Length).Select(t => (float)schedule.AlphaBar(t)).Select(a => a == 0 ? SmallestAlphaBar : a).Select(a => (double)MathF.Sqrt((1 - a) / a))];

    private static double Interpolate(double[] table, double timestep)
    {
        var below = Math.Min((int)timestep, table.Length - 2);
        return table[below] + (timestep - below) * (table[below + 1] - table[below]);
    }

    /// <summary>The timestep of a noise level, between those of the table by its logarithm.</summary>
    private static double TimestepOf(double[] table, double sigma)
    {
        var below = Math.Clamp(Array.FindLastIndex(table, s => s <= sigma), 0, table.Length - 2);
        var share = Math.Log(sigma / table[below]) / Math.Log(table[below + 1] / table[below]);
        return below + Math.Clamp(share, 0, 1);
    }
}
