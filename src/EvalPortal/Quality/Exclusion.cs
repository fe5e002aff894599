using PixelPost.EvalPortal.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>A rater whose votes a study leaves out, or left out until it was lifted. The votes stay as they are.</summary>
public sealed record Exclusion
{
    public required long ExclusionId { get; init; }

    public required long StudyId { get; init; }

    public required long RaterId { get; init; }

    /// <summary>The rater's name in results and exports.</summary>
    public required string Pseudonym { get; init; }

    public required bool Simulated { get; init; }

    /// <summary>The flag that proposed it; null when somebody thought of it without one.</summary>
    public RaterFlagKind? Flag { get; init; }

    /// <summary>Why, in the words of whoever excluded the rater; never empty.</summary>
    public required string Reason { get; init; }

    /// <summary>Name of whoever excluded the rater; "another portal" where the study came in a bundle.</summary>
    public required string ExcludedBy { get; init; }

    public required DateTimeOffset ExcludedAt { get; init; }

    /// <summary>Name of whoever lifted it; null while it is in force.</summary>
    public string? LiftedBy { get; init; }

    /// <summary>Since when the rater's votes count again; null while it is in force.</summary>
    public DateTimeOffset? LiftedAt { get; init; }

    /// <summary>Whether the rater's votes are left out now.</summary>
    public bool IsInForce => LiftedAt is null;

    /// <summary>The rule in columns and exports: <c>manual</c>, <c>side_bias</c>.</summary>
    public string Rule => RuleOf(Flag);

    /// <summary>See <see cref="Rule"/>.</summary>
    internal static string RuleOf(RaterFlagKind? flag) => flag?.ToText() ?? "manual";
}
