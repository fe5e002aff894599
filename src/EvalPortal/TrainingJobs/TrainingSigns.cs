using System.Globalization;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Signs in the metrics that a run goes wrong although no single number is.</summary>
public static class TrainingSigns
{
    private const double WorstGrowth = 1.25;
    private const int FewestLines = 40;

    /// <summary>
    /// What a researcher should know, one sentence each. When the noise error of a model grows, it forgets how to draw while it
    /// may still tell the chosen from the rejected image ever better: its images turn to noise or to glaring colours.
    /// </summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<MetricsLine> lines)
    {
        if (lines.Count < FewestLines)
            return [];
        var window = lines.Count / 4;
        var before = lines.Take(window).Average(line => line.PolicyError);
        var now = lines.TakeLast(window).Average(line => line.PolicyError);
        return now <= WorstGrowth * before ? [] :
        [
            string.Create(CultureInfo.InvariantCulture, $"The model's noise error has grown from {before:G3} to {now:G3}: it is forgetting how to draw. ")
            + "Train again with a lower learning_rate or fewer steps.",
        ];
    }
}
