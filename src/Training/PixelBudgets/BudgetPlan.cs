using PixelPost.Training.Contracts;

namespace PixelPost.Training.PixelBudgets;

/// <summary>How often, for which examples and on how much of an image a pixel term is computed, so that it costs what it may.</summary>
/// <param name="Decoding">Whole images or windows, whichever gives the gradient that varies less for what may be spent.</param>
/// <param name="Below">See <see cref="LoopSettings.PixelBelow"/>.</param>
/// <param name="Every">See <see cref="LoopSettings.PixelEvery"/>.</param>
internal sealed record BudgetPlan(PixelDecoding Decoding, double Below, int Every)
{
    /// <summary>
    /// The cleaner part of the schedule to which the term is cut before steps are left out: where there is more noise the estimate is blurred, and
    /// its pixels tell least.
    /// </summary>
    public const double Gate = 0.4;

    /// <summary>Share of the budget that is planned with; the rest is for what no measurement foresees.</summary>
    private const double Planned = 0.9;

    /// <summary>The plan for costs that were measured.</summary>
    /// <param name="whole">Cost of the term on whole images for every example at every step, as a share of a step without it.</param>
    /// <param name="windows">The same on windows.</param>
    /// <param name="variance">Mean square of a window's gradient over the square of the expected one.</param>
    /// <param name="budget">What may be spent, as such a share.</param>
    /// <remarks>
    /// For the same money a gradient varies as cost × mean square: one that is k times as dear is computed in one step of k, where it counts k
    /// times. So windows are worth it where they cost less by more than they vary.
    /// </remarks>
    public static BudgetPlan Of(double whole, double windows, double variance, double budget)
    {
        var (decoding, cost) = windows * variance < whole ? (PixelDecoding.Windows, windows) : (PixelDecoding.Whole, whole);
        var share = cost <= 0 ? 1 : Math.Min(1, Planned * budget / cost); // of all examples of all steps
        var every = share >= Gate ? 1 : (int)Math.Ceiling(Gate / share);
        return new(decoding, share * every, every);
    }

    /// <summary>Settings of a job with this plan.</summary>
    public LoopSettings Of(LoopSettings settings) => settings with { PixelDecoding = Decoding, PixelBelow = Below, PixelEvery = Every };
}
