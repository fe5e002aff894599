namespace PixelPost.Stats;

/// <summary>One vote or decision as a number, with the clusters it hangs together with.</summary>
public readonly record struct ClusteredScore
{
    /// <summary>A score in its clusters.</summary>
    /// <param name="prompt">Any number that identifies the prompt.</param>
    /// <param name="rater">Any number that identifies the rater; the same for all when a score is a decision of many raters.</param>
    /// <param name="score">+1 for A, −1 for B, 0 for neither (see <see cref="Scores"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The score is not −1, 0 or +1.</exception>
    public ClusteredScore(long prompt, long rater, int score)
    {
        if (score is < -1 or > 1)
            throw new ArgumentOutOfRangeException(nameof(score), score, "A score must be -1, 0 or +1.");
        (Prompt, Rater, Score) = (prompt, rater, score);
    }

    /// <summary>Identifies the prompt.</summary>
    public long Prompt { get; }

    /// <summary>Identifies the rater.</summary>
    public long Rater { get; }

    /// <summary>+1 for A, −1 for B, 0 for neither.</summary>
    public int Score { get; }
}

/// <summary>Outcomes and decisions as scores, whose mean is the net win rate.</summary>
public static class Scores
{
    /// <summary>+1 for A, −1 for B, 0 for a tie; null for a reject, which is not part of a net win rate.</summary>
    public static int? Score(this Outcome vote) => vote switch
    {
        Outcome.A => 1,
        Outcome.B => -1,
        Outcome.Tie => 0,
        _ => null,
    };

    /// <summary>+1 for A, −1 for B, 0 for a tie or a split; null for a reject, which is not part of a net win rate.</summary>
    public static int? Score(this Decision decision) => decision switch
    {
        Decision.A => 1,
        Decision.B => -1,
        Decision.Tie or Decision.Split => 0,
        _ => null,
    };
}
