using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>A training as its curves show it.</summary>
/// <param name="Settings">What it was told.</param>
/// <param name="Metrics">What it has measured so far.</param>
/// <param name="Options">What it runs with; null until the worker has loaded everything.</param>
public sealed record JobRun(LoopSettings Settings, IReadOnlyList<MetricsLine> Metrics, JobOptions? Options)
{
    /// <summary>Curves of each loss term, weighted as in the sum.</summary>
    public IEnumerable<Curve> Loss => (Settings.LatentWeight > 0, Settings.PixelWeight > 0) switch
    {
        (true, false) => [Of("latent", CurveStyle.Main, line => line.Loss)],
        (false, true) => [Of("pixel", CurveStyle.Main, line => line.Loss)],
        _ =>
        [
            Of("total", CurveStyle.Main, line => line.Loss),
            Of(Weighted("latent", Settings.LatentWeight), CurveStyle.Second, line => line.LatentLoss * Settings.LatentWeight),
            Of(Weighted("pixel", PixelWeight), CurveStyle.Third, line => line.PixelLoss * PixelWeight),
        ],
    };

    /// <summary>Share of pairs it agrees with, trained on and held out; none for fine-tuning.</summary>
    public IEnumerable<Curve> Accuracy => IsOfPairs
        ?
        [
            Of("in training", CurveStyle.Main, line => line.ImplicitAccuracy),
            Of($"held out, n = {Options?.HeldOut}", CurveStyle.Marks, line => line.HeldOutAccuracy),
        ]
        : [];

    /// <summary>How much more it errs on rejected images; none for fine-tuning.</summary>
    public IEnumerable<Curve> Margin => IsOfPairs ? [Of("rejected − chosen", CurveStyle.Main, line => line.Margin)] : [];

    /// <summary>Its errors, chosen and rejected apart, and those before training.</summary>
    public IEnumerable<Curve> Errors => IsOfPairs
        ?
        [
            Of("chosen", CurveStyle.Main, line => line.ChosenError),
            Of("rejected", CurveStyle.Third, line => line.RejectedError),
            Of("before training", CurveStyle.Second, line => line.ReferenceError),
        ]
        : [Of("model", CurveStyle.Main, line => line.PolicyError)];

    /// <summary>Whether it learns from pairs.</summary>
    public bool IsOfPairs => Settings.Objective != Objective.Sft;

    /// <summary>Of the pixel term: what the job says, or what was chosen before its first step.</summary>
    private double PixelWeight => Options?.Pixels?.PixelWeight ?? Settings.PixelWeight;

    private static string Weighted(string term, double weight) =>
        weight == 1 ? term : FormattableString.Invariant($"{term} × {weight:G4}");

    private Curve Of(string name, CurveStyle style, Func<MetricsLine, double?> value) =>
        Curve.Of(name, style, Metrics.Select(line => (line.Step, value(line))));
}
