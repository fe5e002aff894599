using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>How votes become pairs. What is left out is as the reference protocol has it.</summary>
public sealed record PreferenceRulesBody
{
    /// <summary>Which question decides; left out, flaws and then appeal where both are asked.</summary>
    public AxisRule? AxisRule { get; init; }

    /// <summary>Whose votes.</summary>
    public VoteSource Votes { get; init; }

    /// <summary>What becomes of a pair whose flaws and appeal are decided for different images.</summary>
    public ConflictRule Conflicts { get; init; }

    /// <summary>What becomes of a pair on which one question decides and the other ends in a tie or a split.</summary>
    public TieRule Ties { get; init; }

    /// <summary>What becomes of a pair that raters reject on one question and decide on the other.</summary>
    public RejectRule Rejects { get; init; }

    /// <summary>A question with fewer votes decides nothing.</summary>
    public int MinVotes { get; init; } = 1;

    /// <summary>Smallest share of a question's votes for the chosen image, 0 to 1; of best and worst and of text alignment, the smallest weight of a pair.</summary>
    public double MinAgreement { get; init; }

    /// <summary>What is done about excluded raters.</summary>
    public Exclusions Exclusions { get; init; }

    /// <summary>What a preview said would be frozen; left out, whatever the votes say now.</summary>
    public string? Sha256 { get; init; }

    /// <exception cref="RefusedException">A number is none that can be.</exception>
    internal PreferenceRules ToRules() => (MinVotes, MinAgreement) switch
    {
        ( < 1, _) => throw new RefusedException($"min_votes is {MinVotes}; it must be 1 or more."),
        (_, not (>= 0 and <= 1)) => throw new RefusedException(FormattableString.Invariant($"min_agreement is {MinAgreement}; it must be from 0 to 1.")),
        _ => new PreferenceRules { Conflicts = Conflicts, Ties = Ties, Rejects = Rejects, MinVotes = MinVotes, MinAgreement = MinAgreement, Exclusions = Exclusions },
    };
}

/// <summary>What votes would give if they were frozen now.</summary>
public sealed record PreferencePreviewResource
{
    public required AxisRule AxisRule { get; init; }
    public required int Pairs { get; init; }
    public required LeftOutResource LeftOut { get; init; }

    /// <summary>Pairs with fewer votes than the study asks for.</summary>
    public required int PairsWithFewVotes { get; init; }

    /// <summary>Names the pairs; see docs/rounds.md.</summary>
    public required string Sha256 { get; init; }

    internal static PreferencePreviewResource Of(PreferencePreview preview, ExclusionSet exclusions) => new()
    {
        AxisRule = preview.Rule,
        Pairs = preview.Pairs.Count,
        LeftOut = LeftOutResource.Of(preview.LeftOut.Under(exclusions)),
        PairsWithFewVotes = preview.PairsWithFewVotes,
        Sha256 = preview.Sha256,
    };
}

/// <summary>Why comparisons gave no pair; with the pairs they are all.</summary>
public sealed record LeftOutResource
{
    public required int Ties { get; init; }
    public required int Splits { get; init; }
    public required int Rejects { get; init; }
    public required int Unvoted { get; init; }
    public required int TooFewVotes { get; init; }
    public required int Conflicts { get; init; }
    public required int LowAgreement { get; init; }

    /// <summary>Of text alignment: prompts with one image alone.</summary>
    public required int SingleImages { get; init; }

    /// <summary>The exclusions: their ids, or <c>none</c>.</summary>
    public required string ExclusionSet { get; init; }

    /// <summary>Votes that decided nothing because their raters were excluded.</summary>
    public required int ExcludedVotes { get; init; }

    internal static LeftOutResource Of(LeftOut left) => new()
    {
        Ties = left.Ties,
        Splits = left.Splits,
        Rejects = left.Rejects,
        Unvoted = left.Unvoted,
        TooFewVotes = left.TooFewVotes,
        Conflicts = left.Conflicts,
        LowAgreement = left.LowAgreement,
        SingleImages = left.SingleImages,
        ExclusionSet = left.ExclusionSet,
        ExcludedVotes = left.ExcludedVotes,
    };
}

/// <summary>Preferences that were frozen; they never change.</summary>
public sealed record PreferenceSetResource
{
    public required long PreferenceSetId { get; init; }
    public required string Name { get; init; }
    public required long StudyId { get; init; }
    public required AxisRule AxisRule { get; init; }

    /// <summary>The rest of the rules in words; empty where they are those of the reference protocol.</summary>
    public required string Rules { get; init; }

    /// <summary>Whose votes they were made from.</summary>
    public required VoteSource Votes { get; init; }
    public required int Pairs { get; init; }
    public required LeftOutResource LeftOut { get; init; }
    public required string Sha256 { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal static PreferenceSetResource Of(PreferenceSet set) => new()
    {
        PreferenceSetId = set.PreferenceSetId,
        Name = set.Name,
        StudyId = set.StudyId,
        AxisRule = set.AxisRule,
        Rules = set.Rules.ToWords(set.AxisRule),
        Votes = set.VoteSource,
        Pairs = set.PairCount,
        LeftOut = LeftOutResource.Of(set.LeftOut),
        Sha256 = set.Sha256,
        CreatedAt = set.CreatedAt,
    };
}
