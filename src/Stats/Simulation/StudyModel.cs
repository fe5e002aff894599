namespace PixelPost.Stats;

/// <summary>A study with known truth: how images, prompts and raters make the votes that <see cref="StudySimulator"/> draws.</summary>
/// <remarks>
/// A rater sees system i ahead of j by d = strength_i − strength_j + u + e ± b in log-odds: u what all raters share on this
/// prompt, e this rater's taste on every prompt, b his side bias, + where i stands left. He answers i where d + ε ≥ τ, j where
/// d + ε ≤ −τ and tie between, ε standard logistic: Bradley and Terry (1952) with the ties of Rao and Kupper (1967).
/// </remarks>
public sealed record StudyModel
{
    /// <summary>Strength of each system in log-odds; at least two systems. Only differences matter.</summary>
    public required IReadOnlyList<double> Strengths { get; init; }

    /// <summary>Number of prompts; each gives one comparison per pair of systems.</summary>
    public required int Prompts { get; init; }

    /// <summary>Number of raters who share the comparisons evenly; 0 means that no rater votes twice.</summary>
    public required int Raters { get; init; }

    /// <summary>Votes on each comparison, by different raters.</summary>
    public int VotesPerComparison { get; init; } = 5;

    /// <summary>Standard deviation, in log-odds, of a prompt's effect on a difference of two systems.</summary>
    public double PromptSd { get; init; }

    /// <summary>Standard deviation, in log-odds, of a rater's taste in a difference of two systems, the same on every prompt.</summary>
    public double RaterSd { get; init; }

    /// <summary>Mean preference for the left image, in log-odds.</summary>
    public double SideBias { get; init; }

    /// <summary>Standard deviation of that preference among raters, in log-odds.</summary>
    public double SideBiasSd { get; init; }

    /// <summary>τ: how clearly an image must be ahead, in log-odds; 0 means no ties.</summary>
    public double TieWidth { get; init; }

    /// <summary>Share of answers given without looking: left, right or tie, a third each.</summary>
    public double Lapse { get; init; }

    /// <summary>Share of answers that reject the pair.</summary>
    public double Reject { get; init; }

    /// <summary>Throws where the numbers describe no study.</summary>
    /// <exception cref="ArgumentException">Says which number and what it must be.</exception>
    internal void Check()
    {
        Require(Strengths.Count >= 2 && Strengths.All(double.IsFinite), "Strengths must hold at least two finite numbers.");
        Require(Prompts >= 1, $"Prompts is {Prompts}; it must be 1 or more.");
        Require(VotesPerComparison >= 1, $"VotesPerComparison is {VotesPerComparison}; it must be 1 or more.");
        Require(Raters == 0 || Raters >= VotesPerComparison, $"{Raters} raters cannot give {VotesPerComparison} votes on a comparison, one each.");
        Require(PromptSd >= 0 && RaterSd >= 0 && SideBiasSd >= 0 && TieWidth >= 0, "Standard deviations and the tie width must be 0 or more.");
        Require(Lapse is >= 0 and <= 1 && Reject is >= 0 and < 1, "Lapse must be from 0 to 1, reject from 0 to below 1.");

        static void Require(bool holds, string rule)
        {
            if (!holds) throw new ArgumentException(rule);
        }
    }
}

/// <summary>One drawn vote on a comparison of two systems, the lower number as A.</summary>
public readonly record struct SimulatedVote
{
    /// <summary>Counts from 0.</summary>
    public required int Prompt { get; init; }

    /// <summary>Counts from 0.</summary>
    public required int Rater { get; init; }

    /// <summary>The system called A.</summary>
    public required int A { get; init; }

    /// <summary>The system called B, above <see cref="A"/>.</summary>
    public required int B { get; init; }

    /// <summary>Whether A's image stood left.</summary>
    public required bool AOnLeft { get; init; }

    /// <summary>The answer.</summary>
    public required Outcome Outcome { get; init; }
}
