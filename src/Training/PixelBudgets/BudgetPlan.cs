using PixelPost.Training.Contracts;

namespace PixelPost.Training.PixelBudgets;

/// <summary>How often and for which examples a pixel term is computed, so that it costs what it may.</summary>
/// <param name="Below">See <see cref="LoopSettings.PixelBelow"/>.</param>
/// <param name="Every">See <see cref="LoopSettings.PixelEvery"/>.</param>
/// <param name="StandsIn">Whether something stands in where examples are left out (<see cref="LoopSettings.PixelControlVariate"/>).</param>
internal sealed record BudgetPlan(double Below, int Every, bool StandsIn = false)
{
    /// <summary>
    /// The cleaner part of the schedule to which the term is cut before examples are left out: where there is more noise the estimate is blurred, and
    /// its pixels tell least.
    /// </summary>
    public const double Gate = 0.4;

    /// <summary>Share of the budget that is planned with; the rest is for what no measurement foresees.</summary>
    private const double Planned = 0.9;

    /// <summary>Share of the budget that something may cost that stands in: the rest is for decoding, without which it is only itself.</summary>
    private const double MostStandIn = 0.5;

    /// <summary>The plan for costs that were measured.</summary>
    /// <param name="decoding">Cost of the term.</param>
    /// <param name="standIn">Cost of what can stand in; null without anything.</param>
    /// <param name="budget">What may be spent, as a share of a step without the term.</param>
    public static BudgetPlan Of(TermCost decoding, TermCost? standIn, double budget)
    {
        var (most, share) = (Planned * budget, Widest(decoding, Planned * budget));
        var standsIn = share < Gate && standIn?.Of(Gate) <= MostStandIn * budget;
        if (standsIn) share = Widest(decoding, most - standIn!.Of(Gate));
        var every = Math.Max(1, (int)Math.Ceiling((Gate / share) - 1e-9));
        return new(standsIn ? Gate : Math.Floor((Math.Min(1, share * every) * 1e4) + 1e-6) / 1e4, every, standsIn);
    }

    /// <summary>Expected cost, as a share of a step without the term.</summary>
    /// <param name="decoding">Of the term.</param>
    /// <param name="standIn">Of what can stand in.</param>
    public double Cost(TermCost decoding, TermCost? standIn = null) => decoding.Of(Below / Every) + (StandsIn ? standIn!.Of(Below) : 0);

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
