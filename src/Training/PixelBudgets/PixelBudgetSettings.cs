using PixelPost.Training.Contracts;

namespace PixelPost.Training.PixelBudgets;

/// <summary>Settings of <c>pixel-budget</c>.</summary>
public sealed record PixelBudgetSettings
{
    /// <summary>Share of its time by which the pixel term may lengthen a step.</summary>
    public double Budget { get; init; } = 0.10;

    /// <summary>Objective of the steps that are timed.</summary>
    public Objective Objective { get; init; } = Objective.SimPo;

    /// <summary>Pairs, or images of SFT, in a step that is timed.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Noised images on which windows are compared with the whole, spread evenly over the noise schedule.</summary>
    public int Draws { get; init; } = 320;

    /// <summary>Parts of the noise schedule that are told apart.</summary>
    public int Bins { get; init; } = 5;

    /// <summary>Side of a window, in cells of the latent.</summary>
    public int Window { get; init; } = new LoopSettings().PixelWindow;

    /// <summary>Cells around a window that are decoded too.</summary>
    public int Margin { get; init; } = new LoopSettings().PixelMargin;

    /// <summary>Rounds of timing; each is without, with and without the term.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>Whether to time what is chosen and nothing else: many rounds in the time of all comparisons.</summary>
    public bool OnlyChosen { get; init; }

    /// <summary>Of all draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>What makes these settings unusable, one sentence each; empty when they are fine.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        void Require(bool holds, string name, object value, string rule)
        {
            if (!holds) faults.Add(FormattableString.Invariant($"--{name} is {value}; it must be {rule}."));
        }

        Require(Budget > 0, "budget", Budget, "more than 0");
        Require(BatchSize >= 1, "batch-size", BatchSize, "1 or more");
        Require(Bins >= 1, "bins", Bins, "1 or more");
        Require(Draws >= Bins, "draws", Draws, "as many as --bins or more");
        Require(Window >= 1, "window", Window, "1 or more");
        Require(Margin >= 0, "margin", Margin, "0 or more");
        Require(Rounds >= 1, "rounds", Rounds, "1 or more");
        Require(Seed >= 0, "seed", Seed, "0 or more");
        return faults;
    }
}
