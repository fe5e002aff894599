using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>Fits a <see cref="LocalMetric"/> to a job's own decoder, network and data before its first step.</summary>
internal static class LocalMetricFit
{
    private const int Draws = 256;

    /// <summary>The metric that a job needs; the one that was fitted when it began, or one that is fitted now.</summary>
    /// <param name="settings">Of the job.</param>
    /// <param name="learner">Its networks, as they are at the start.</param>
    /// <param name="data">Latents and texts.</param>
    /// <param name="examples">Of these, what it is fitted to.</param>
    /// <param name="file">Where it stands, or is put; null keeps it nowhere.</param>
    /// <returns>Null for a job without one.</returns>
    public static LocalMetric? For(LoopSettings settings, Learner learner, TrainingSet data, IReadOnlyList<Example> examples, string? file)
    {
        if (!settings.NeedsLinearMap) return null;
        var schedule = learner.Model.Schedule;
        if (file is not null && File.Exists(file)) return LocalMetric.Read(file, schedule.Length, learner.Model.Device);
        using var generator = new Generator((ulong)settings.Seed);
        var pixels = new PixelDecoder(learner.Decoder, schedule, settings.PixelTarget);
        var metric = LocalMetric.Fit(pixels, schedule.Length, learner.Decoder.Compression, NetworkErrors.Of(learner, data, examples, generator, 0, schedule.Length, Draws, settings.BatchSize));
        if (file is not null) metric.Write(file);
        return metric;
    }
}
