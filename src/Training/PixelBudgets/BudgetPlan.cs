using PixelPost.Training.Contracts;

namespace PixelPost.Training.PixelBudgets;

/// <summary>How often, for which examples and on how much of an image a pixel term is computed, so that it costs what it may.</summary>
/// <param name="Decoding">Whole images or windows, whichever gives the gradient that varies less for what may be spent.</param>
/// <param name="Below">See <see cref="LoopSettings.PixelBelow"/>.</param>
/// <param name="Every">See <see cref="LoopSettings.PixelEvery"/>.</param>
internal sealed record BudgetPlan(PixelDecoding Decoding, double Below, int Every)
{
    /// <summary>
    /// The cleaner part of the schedule to which the term is cut before examples are left out: where there is more noise the estimate is blurred, and
    /// its pixels tell least.
    /// </summary>
    public const double Gate = 0.4;

    /// <summary>Share of the budget that is planned with; the rest is for what no measurement foresees.</summary>
    private const double Planned = 0.9;

    /// <summary>The plan for costs that were measured.</summary>
    /// <param name="whole">Cost of the term on whole images.</param>
    /// <param name="windows">The same on windows; null where they are not asked for.</param>
    /// <param name="variance">Mean square of a window's gradient over the square of the expected one.</param>
    /// <param name="budget">What may be spent, as a share of a step without the term.</param>
    /// <remarks>
    /// For the same money a gradient varies as cost × mean square: one that is k times as dear is computed for one example of k, where it counts k
    /// times. So windows are worth it where they cost less by more than they vary.
    /// </remarks>
    public static BudgetPlan Of(TermCost whole, TermCost? windows, double variance, double budget)
    {
        var (decoding, cost) = windows is not null && windows.All * variance < whole.All ? (PixelDecoding.Windows, windows) : (PixelDecoding.Whole, whole);
        var share = Widest(cost, Planned * budget);
        var every = Math.Max(1, (int)Math.Ceiling((Gate / share) - 1e-9));
        return new(decoding, Math.Floor((Math.Min(1, share * every) * 1e4) + 1e-6) / 1e4, every);
    }

    /// <summary>Expected cost, as a share of a step without the term.</summary>
    public double Cost(TermCost cost) => cost.Of(Below / Every);

    /// <summary>Settings of a job with this plan.</summary>
    public LoopSettings Of(LoopSettings settings) => settings with { PixelDecoding = Decoding, PixelBelow = Below, PixelEvery = Every };

    /// <summary>The largest share of examples whose expected cost is no more than so much; the cost only grows with it.</summary>
    private static double Widest(TermCost cost, double most)
    {
        if (cost.Of(1) <= most) return 1;
        var (open, shut) = (0.0, 1.0);
        for (var i = 0; i < 50; i++)
        {
            var half = (open + shut) / 2;
            (open, shut) = cost.Of(half) <= most ? (half, shut) : (open, half);
        }
        return open;
    }
}

/// <summary>What a pixel term costs, as a share of a step without.</summary>
/// <param name="All">Where every example of the batch has it.</param>
/// <param name="Fixed">Part of it that is there however few have it: a decoder is less quick with one image than with many.</param>
/// <param name="Examples">Of the batch.</param>
internal sealed record TermCost(double All, double Fixed = 0, int Examples = 1)
{
    /// <summary>From what it costs for one example and for all of them.</summary>
    public static TermCost Of(double one, double all, int examples) =>
        new(all, examples == 1 ? 0 : Math.Clamp(((examples * one) - all) / (examples - 1), 0, Math.Max(0, all)), examples);

    /// <summary>Expected where each example has the term with a probability.</summary>
    public double Of(double share) => ((1 - Math.Pow(1 - share, Examples)) * Fixed) + (share * (All - Fixed));
}
