using PixelPost.Training.Contracts;

namespace PixelPost.Training;

/// <summary>
/// Sees in the metrics that a run goes wrong although every number is finite. When a model's errors on chosen and on rejected images both
/// grow, it forgets how to draw while it may tell one from the other ever better: its images turn to noise or to glaring colours.
/// </summary>
/// <param name="settings">Decide what would help.</param>
internal sealed class RunHealth(LoopSettings settings)
{
    private const double WorstGrowth = 1.25, StandardErrors = 3;
    private const int SmallestWindow = 10, LargestWindow = 200;

    private readonly List<MetricsLine> _lines = [];

    /// <summary>Whether the last line has a warning and the one before had none.</summary>
    public bool WarnsAnew => _lines is [.., { Warning: not null }] and not [.., { Warning: not null }, _];

    /// <summary>Takes up the lines of a run that goes on.</summary>
    public void Replay(IEnumerable<MetricsLine> lines) => _lines.AddRange(lines);

    /// <summary>The next line, with a warning where one is due. It depends on the lines alone, so a resumed run warns as an uninterrupted one.</summary>
    public MetricsLine Judge(MetricsLine line)
    {
        _lines.Add(line);
        return _lines[^1] = line with { Warning = Warning() };
    }

    private string? Warning()
    {
        var growths = settings.Objective == Objective.Sft
            ? [Growth(line => line.PolicyError, line => line.ReferenceError)]
            : (double?[])[Growth(line => line.ChosenError, line => line.ReferenceChosenError), Growth(line => line.RejectedError, line => line.ReferenceRejectedError)];
        if (growths.Any(growth => growth is not > WorstGrowth)) return null;
        var which = settings.Objective == Objective.Sft ? "The latent error is" : "The latent errors on chosen and on rejected images are";
        var times = string.Join(" and ", growths.Select(growth => FormattableString.Invariant($"{growth:F1}")));
        var (before, remedy) = settings.NeedsReference() ? ("what the reference model has", "a lower learning_rate or a higher beta") : ("what it was at the start", "a lower learning_rate or fewer steps");
        return $"{which} {times} times {before}: the model is forgetting how to draw. Cancel this run and train again with {remedy}, or use a checkpoint from before.";
    }

    /// <summary>
    /// How many times as large an error is now as before: than the reference's on the same noise, or else than the model's own at the start,
    /// which must then be more than chance; null when that cannot be said yet.
    /// </summary>
    private double? Growth(Func<MetricsLine, double?> error, Func<MetricsLine, double?> reference)
    {
        var window = Math.Clamp(_lines.Count / 4, SmallestWindow, LargestWindow);
        if (_lines.Count < window) return null;
        var last = _lines.TakeLast(window).ToList();
        if (reference(_lines[^1]) is not null) return last.Average(line => error(line)!.Value) / last.Average(line => reference(line)!.Value);

        // noise and timesteps of the two windows are different draws; in logarithms, so that an error that explodes is no mere variance
        if (_lines.Count < 4 * window) return null;
        var before = _lines.Take(window).Select(line => Math.Log(error(line)!.Value)).ToList();
        var now = last.Select(line => Math.Log(error(line)!.Value)).ToList();
        var (growth, chance) = (now.Average() - before.Average(), Math.Sqrt((Variance(before) + Variance(now)) / window));
        return growth > StandardErrors * chance ? Math.Exp(growth) : null;
    }

    private static double Variance(List<double> values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
    }
}
