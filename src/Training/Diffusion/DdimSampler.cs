using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>Denoising diffusion implicit models: a deterministic path from noise to a sample.</summary>
/// <remarks>Song et al. (2021), arXiv 2010.02502, Eq. 12 with η = 0; diffusers 0.27 <c>DDIMScheduler</c>.</remarks>
public static class DdimSampler
{
    /// <summary>The timesteps visited, noisiest first.</summary>
    public static int[] Timesteps(ScheduleConfig schedule, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, schedule.NumTrainTimesteps);
        var all = schedule.NumTrainTimesteps;
        return schedule.TimestepSpacing switch
        {
            "leading" => [.. Enumerable.Range(0, steps).Reverse().Select(i => i * (all / steps) + schedule.StepsOffset)],
            "linspace" => [.. Enumerable.Range(0, steps).Reverse().Select(i => (int)Math.Round((all - 1.0) * i / Math.Max(1, steps - 1), MidpointRounding.ToEven))],
            "trailing" => [.. Enumerable.Range(0, steps).Select(i => (int)Math.Round(all - (double)all / steps * i, MidpointRounding.ToEven) - 1)],
            var other => throw new BadJobException($"scheduler_config.json: timestep_spacing is '{other}'; known are leading, linspace and trailing."),
        };
    }

    /// <summary>Walks from <paramref name="noise"/> to a sample.</summary>
    /// <param name="schedule">The model's noise schedule.</param>
    /// <param name="noise">[B, C, H, W] standard normal.</param>
    /// <param name="steps">Steps, 1 to the schedule's length.</param>
    /// <param name="predict">The guided network: (noisy latents, timestep) → prediction.</param>
    /// <param name="afterStep">Called with the latents after each step.</param>
    /// <returns>[B, C, H, W] scaled latents.</returns>
    public static Tensor Sample(NoiseSchedule schedule, Tensor noise, int steps, Func<Tensor, int, Tensor> predict, Action<Tensor>? afterStep = null)
    {
        var alphasCumprod = schedule.AlphasCumprod.data<float>().ToArray();
        var stride = schedule.Length / steps;
        var latents = noise.alias();
        foreach (var timestep in Timesteps(schedule.Config, steps))
        {
            using var scope = NewDisposeScope();
            double alpha = alphasCumprod[timestep];
            double previous = timestep - stride >= 0 ? alphasCumprod[timestep - stride] : schedule.Config.SetAlphaToOne ? 1 : alphasCumprod[0];
            var (clean, epsilon) = Split(schedule.Config, latents, predict(latents, timestep), alpha);
            if (schedule.Config.ClipSample)
            {
                clean = clean.clamp(-schedule.Config.ClipSampleRange, schedule.Config.ClipSampleRange);
            }
            var next = Math.Sqrt(previous) * clean + Math.Sqrt(1 - previous) * epsilon;
            latents.Dispose();
            latents = next.MoveToOuterDisposeScope();
            afterStep?.Invoke(latents);
        }
        return latents;
    }

    /// <summary>Predicted clean latents and noise, from whatever the network predicts.</summary>
    private static (Tensor Clean, Tensor Epsilon) Split(ScheduleConfig config, Tensor latents, Tensor prediction, double alpha)
    {
        var (signal, sigma) = (Math.Sqrt(alpha), Math.Sqrt(1 - alpha));
        return config.PredictionType switch
        {
            "epsilon" => ((latents - sigma * prediction) / signal, prediction),
            "v_prediction" => (signal * latents - sigma * prediction, signal * prediction + sigma * latents),
            "sample" => (prediction, (latents - signal * prediction) / sigma),
            var other => throw new BadJobException($"scheduler_config.json: prediction_type is '{other}'; known are epsilon, v_prediction and sample."),
        };
    }
}
