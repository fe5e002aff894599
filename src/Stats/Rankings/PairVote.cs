namespace PixelPost.Stats;

/// <summary>One rater's answer to one pair of images, told by side. Rejects are left out: they compare nothing.</summary>
public enum PairOutcome
{
    /// <summary>The left image is better.</summary>
    Left,

    /// <summary>Neither image is better.</summary>
    Tie,

    /// <summary>The right image is better.</summary>
    Right,
}

/// <summary>One vote on a pair of systems, with the clusters it hangs together with.</summary>
public readonly record struct PairVote
{
    /// <summary>A vote on two different systems.</summary>
    /// <param name="left">System shown on the left, counted from 0.</param>
    /// <param name="right">System shown on the right, counted from 0.</param>
    /// <param name="outcome">Which side is better.</param>
    /// <param name="prompt">Any number that identifies the prompt.</param>
    /// <param name="rater">Any number that identifies the rater.</param>
    /// <exception cref="ArgumentOutOfRangeException">A system is negative, or the outcome is not one of the three.</exception>
    /// <exception cref="ArgumentException">A system is compared with itself.</exception>
    public PairVote(int left, int right, PairOutcome outcome, long prompt = 0, long rater = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        if (left == right)
            throw new ArgumentException($"System {left} is compared with itself; a pair has two systems.");
        if (outcome is < PairOutcome.Left or > PairOutcome.Right)
            throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An outcome must be left, tie or right.");
        (Left, Right, Outcome, Prompt, Rater) = (left, right, outcome, prompt, rater);
    }

    /// <summary>System shown on the left.</summary>
    public int Left { get; }

    /// <summary>System shown on the right.</summary>
    public int Right { get; }

    /// <summary>Which side is better.</summary>
    public PairOutcome Outcome { get; }

    /// <summary>Identifies the prompt.</summary>
    public long Prompt { get; }

    /// <summary>Identifies the rater.</summary>
    public long Rater { get; }
}
