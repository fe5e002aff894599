using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Checks;

/// <summary>How many of each dozen pairs that a rater is given are there to check the rater.</summary>
public sealed record StudyChecks
{
    /// <summary>The most of a kind in a dozen.</summary>
    public const int Most = 2;

    /// <summary>A study without checks.</summary>
    public static readonly StudyChecks None = new();

    /// <summary>Pairs whose answer is known.</summary>
    public int GoldPerDozen { get; init; }

    /// <summary>Pairs that the rater has answered before, shown the other way round.</summary>
    public int RepeatsPerDozen { get; init; }

    /// <summary>Checks of either kind in a dozen.</summary>
    public int PerDozen => GoldPerDozen + RepeatsPerDozen;
}

/// <summary>The answer to a comparison on an axis that nobody who looks could miss.</summary>
public sealed record GoldAnswer
{
    public required long ComparisonId { get; init; }

    public required Axis Axis { get; init; }

    /// <summary>Never <see cref="Outcome.Reject"/>.</summary>
    public required Outcome Winner { get; init; }
}
