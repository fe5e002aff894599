using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>An answer of a rater, as far as it tells about the rater.</summary>
public sealed record RaterAnswer
{
    public required long ComparisonId { get; init; }

    public required Axis Axis { get; init; }

    public required long RaterId { get; init; }

    /// <summary>The answer, told by system.</summary>
    public required Outcome Winner { get; init; }

    /// <summary>Whether system B's image stood left.</summary>
    public required bool LeftIsB { get; init; }

    /// <summary>Place of the pair among those handed to the rater.</summary>
    public required int Position { get; init; }

    /// <summary>From images shown to answer, in milliseconds; null when it was not measured.</summary>
    public int? ResponseMs { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whether no person answered.</summary>
    public required bool Simulated { get; init; }

    /// <summary>The right answer where one is known beforehand.</summary>
    public Outcome? Gold { get; init; }

    /// <summary>What the pair was to the study.</summary>
    public required PairKind Kind { get; init; }

    internal RaterVote ToVote() => new()
    {
        Comparison = Kind == PairKind.Repeat ? ~ComparisonId : ComparisonId, // a comparison of its own
        Rater = RaterId,
        Outcome = Winner,
        AOnLeft = !LeftIsB,
        Order = Position,
        ResponseMs = ResponseMs,
        Gold = Gold,
        RepeatOf = Kind == PairKind.Repeat ? ComparisonId : null,
    };
}
