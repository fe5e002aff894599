using PixelPost.Training.Contracts;

namespace PixelPost.Training.PixelBudgets;

/// <summary>How often and for which examples a pixel term is computed, so that it costs what it may.</summary>
/// <param name="Below">See <see cref="LoopSettings.PixelBelow"/>.</param>
/// <param name="Every">See <see cref="LoopSettings.PixelEvery"/>.</param>
/// <param name="StandIn">What stands in where examples are left out.</param>
internal sealed record BudgetPlan(double Below, int Every, StandIn StandIn)
{
    /// <summary>
    /// The cleaner part of the schedule to which the term is cut before examples are left out: where there is more noise the estimate is blurred, and
    /// its pixels tell least.
    /// </summary>
    public const double Gate = 0.4;

    /// <summary>Share of the budget that is planned with; the rest is for what no measurement foresees.</summary>
    private const double Planned = 0.9;

    /// <summary>Share of that which is for decoding whatever stands in: without any, that would be all that is learnt from.</summary>
    private const double LeastDecoding = 0.1;

    /// <summary>What leaving examples out adds to the mean square of a gradient, in units of the decoder's own.</summary>
    public double Variance => (Every - 1) * StandIn.Variance;

    /// <summary>Of the ways to spend a budget the one that leaves least to chance.</summary>
    /// <param name="decoding">Cost of the term.</param>
    /// <param name="standIns">What can stand in; first of equals.</param>
    /// <param name="budget">What may be spent, as a share of a step without the term.</param>
    /// <remarks>
    /// A pixel term for one example of k, k times, has a mean square of k times the gradient's, k − 1 times of which are chance. With a control variate the chance is of the difference of
    /// the two gradients alone. What stands in takes money from decoding, so that k grows with its cost.
    /// </remarks>
    public static BudgetPlan Of(TermCost decoding, IReadOnlyList<StandIn> standIns, double budget) =>
        standIns.Select(standIn => With(standIn, decoding, Planned * budget)).MinBy(plan => plan.Variance)!;

    /// <summary>Expected cost, as a share of a step without the term.</summary>
    /// <param name="decoding">Of the term.</param>
    public double Cost(TermCost decoding) => decoding.Of(Below / Every) + StandInCost;

    /// <summary>Of that, what stands in.</summary>
    public double StandInCost => Every == 1 ? 0 : StandIn.Cost.Of(Below);

    private static BudgetPlan With(StandIn standIn, TermCost decoding, double most)
    {
        var share = Widest(decoding.Of, Math.Max(LeastDecoding * most, most - standIn.Cost.Of(Gate)));
        if (share < Gate && Widest(decoding.Of, most) >= Gate) return With(StandIn.Nothing, decoding, most); // a gate is enough
        var every = Math.Max(1, (int)Math.Ceiling((Gate / share) - 1e-9));
        // as k is a whole number something is left over: it widens the gate, for the stand-in too
        var below = every == 1 ? share : Math.Max(Gate, Widest(width => decoding.Of(width / every) + standIn.Cost.Of(width), most));
        return new(Math.Floor((below * 1e4) + 1e-6) / 1e4, every, every == 1 ? StandIn.Nothing : standIn);
    }

    /// <summary>The largest share of examples whose expected cost is no more than so much; the cost only grows with it.</summary>
    private static double Widest(Func<double, double> cost, double most)
    {
        if (cost(1) <= most) return 1;
        var (open, shut) = (0.0, 1.0);
        for (var i = 0; i < 50; i++)
        {
            var half = (open + shut) / 2;
            (open, shut) = cost(half) <= most ? (half, shut) : (open, half);
        }
        return open;
    }
}

/// <summary>What can stand for the pixel term where examples are left out.</summary>
/// <param name="Kind">See <see cref="LoopSettings.PixelControlVariate"/>.</param>
/// <param name="Cost">Of it.</param>
/// <param name="Variance">Mean square of the difference of its gradient from the decoder's, over that of the decoder's: 1 for nothing, 0 for the decoder itself.</param>
internal sealed record StandIn(PixelControlVariate Kind, TermCost Cost, double Variance)
{
    /// <summary>Nothing stands in.</summary>
    public static StandIn Nothing { get; } = new(PixelControlVariate.None, new TermCost(0), 1);
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
