namespace PixelPost.Training.Diffusion;

/// <summary>Which timesteps a walk visits.</summary>
/// <remarks>Lin et al. (2023), arXiv 2305.08891, Table 2; rounded as diffusers 0.27 does.</remarks>
internal static class Spacing
{
    /// <summary>Timesteps spread by <see cref="ScheduleConfig.TimestepSpacing"/>, noisiest first.</summary>
    /// <param name="config">Of the schedule.</param>
    /// <param name="steps">Timesteps, 1 to the schedule's length.</param>
    /// <param name="beforeLast">Whether <c>leading</c> and <c>linspace</c> stop one short of their end, to which the last step then leads.</param>
    /// <param name="whole">Whether those of <c>linspace</c> are rounded.</param>
    public static double[] Timesteps(ScheduleConfig config, int steps, bool beforeLast = false, bool whole = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, config.NumTrainTimesteps);
        double all = config.NumTrainTimesteps;
        var points = beforeLast ? steps + 1 : steps;
        var falling = Enumerable.Range(0, points).Reverse().Take(steps);
        return config.TimestepSpacing switch
        {
            "leading" => [.. falling.Select(i => i * Math.Floor(all / points) + config.StepsOffset)],
            // multiplied by the rounded gap, as numpy does: it decides about halves
            "linspace" => [.. falling.Select(i => i * ((all - 1) / Math.Max(1, points - 1))).Select(t => whole ? Math.Round(t) : (float)t)],
            "trailing" => [.. Enumerable.Range(0, steps).Select(i => Math.Round(all - all / steps * i) - 1)],
            var other => throw config.NotKnown("timestep_spacing", other, "are leading, linspace and trailing"),
        };
    }
}
