namespace PixelPost.Stats;

/// <summary>What the raters' answers say about one item.</summary>
/// <param name="Item">Identifies the item.</param>
/// <param name="Posterior">The probability of each category, given all answers; sums to 1.</param>
/// <param name="Category">The most probable category; null when the first place is shared.</param>
public sealed record ItemConsensus(long Item, IReadOnlyList<double> Posterior, int? Category);

/// <summary>How one rater's answers relate to the truth, as the model sees it.</summary>
public sealed record RaterConfusion
{
    /// <summary>Identifies the rater.</summary>
    public required long Rater { get; init; }

    /// <summary>Number of answers.</summary>
    public required int Votes { get; init; }

    /// <summary>
    /// [true category][answer]: the probability of each answer; rows sum to 1. A row is null when the rater saw nothing that is
    /// believed to be of that category. A 0 says "never so far", on the evidence in <see cref="VotesByTruth"/>.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<double>?> Confusion { get; init; }

    /// <summary>How many of the rater's answers were to items of each true category, as far as the model knows.</summary>
    public required IReadOnlyList<double> VotesByTruth { get; init; }

    /// <summary>
    /// Share of the rater's answers that give the true category: the mean posterior of what was answered. The answers themselves
    /// help to make the posterior, so it flatters raters of items with few answers.
    /// </summary>
    public required double Accuracy { get; init; }
}

/// <summary>A fitted Dawid-Skene model. A fit that is returned has converged.</summary>
public sealed record DawidSkeneFit
{
    /// <summary>The share of each true category among the items.</summary>
    public required IReadOnlyList<double> Prior { get; init; }

    /// <summary>Every item, in the order of first votes.</summary>
    public required IReadOnlyList<ItemConsensus> Items { get; init; }

    /// <summary>Every rater, in the order of first votes.</summary>
    public required IReadOnlyList<RaterConfusion> Raters { get; init; }

    /// <summary>Σ over items of log Σ_j prior_j Π confusion, at the fit.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>EM steps that were made.</summary>
    public required int Iterations { get; init; }

    /// <summary>The largest change of a posterior in the last EM step: at most the tolerance.</summary>
    public required double LastChange { get; init; }

    /// <summary>What to know before the fit is believed, one sentence each; empty when there is nothing.</summary>
    public required IReadOnlyList<string> Cautions { get; init; }
}
