using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>What a rater has to do.</summary>
public sealed record RaterTurn
{
    /// <summary>The next pairs, in order; none while the study is not running.</summary>
    public required IReadOnlyList<AssignedPair> Pairs { get; init; }

    /// <summary>Pairs of the rater that stand answered.</summary>
    public required int Answered { get; init; }

    /// <summary><see cref="Answered"/> and what the rater can still be given; null while that is a very long way.</summary>
    public required int? Total { get; init; }
}

/// <summary>A comparison as one rater is to see it.</summary>
public sealed record AssignedPair
{
    public required Guid AssignmentId { get; init; }

    /// <summary>What the rater is asked.</summary>
    public required string Question { get; init; }

    /// <summary>The prompt where the axis shows it, otherwise null.</summary>
    public string? Prompt { get; init; }

    /// <summary>Whether the rater is asked where the worst flaw was, once they have answered.</summary>
    public required bool FlawStrip { get; init; }

    /// <summary>The vote on this pair that the rater took back; the next one has to supersede it.</summary>
    public Guid? LastVoteId { get; init; }
}

/// <summary>What a pair shows, told to simulated raters, who see no images. A person's browser is never told.</summary>
public sealed record ShownPair
{
    /// <summary>Place of the comparison in its study, from 1.</summary>
    public required int Comparison { get; init; }

    public required Axis Axis { get; init; }

    /// <summary>Whether system B's image stands left.</summary>
    public required bool LeftIsB { get; init; }

    /// <summary>Whether the rater has answered the comparison before.</summary>
    public bool IsRepeat { get; init; }
}
