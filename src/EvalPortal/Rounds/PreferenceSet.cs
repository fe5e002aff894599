using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Which axis decides what is preferred.</summary>
public enum AxisRule
{
    /// <summary>Flaws alone.</summary>
    Flaws,

    /// <summary>Appeal alone.</summary>
    Appeal,

    /// <summary>Flaws, and appeal where flaws decide nothing: of two images that conflict, the one with fewer flaws is chosen (arXiv 2409.17565).</summary>
    FlawsThenAppeal,

    /// <summary>Picks of best and worst; see <see cref="PickFreeze"/>.</summary>
    Preference,

    /// <summary>Answers to questions about text alignment; see <see cref="AlignmentFreeze"/>.</summary>
    Alignment,
}

/// <summary>Preferences taken from a study's votes at one moment, never changed afterwards.</summary>
public sealed record PreferenceSet
{
    public required long PreferenceSetId { get; init; }

    public required string Name { get; init; }

    public required long StudyId { get; init; }

    public required AxisRule AxisRule { get; init; }

    /// <summary>The rest of the rules.</summary>
    public PreferenceRules Rules { get; init; } = PreferenceRules.Protocol;

    /// <summary>Whose votes it was made from.</summary>
    public required VoteSource VoteSource { get; init; }

    /// <summary>SHA-256 of the set as a job's <c>preferences.jsonl</c>, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required int PairCount { get; init; }

    /// <summary>The comparisons of the study that gave no pair.</summary>
    public required LeftOut LeftOut { get; init; }

    public long? CreatedByAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Why comparisons gave no pair, which with the pairs adds up to the study's comparisons, and which votes decided nothing.</summary>
public sealed record LeftOut
{
    /// <summary>Raters agreed that neither image is better.</summary>
    public int Ties { get; init; }

    /// <summary>No answer had the most votes.</summary>
    public int Splits { get; init; }

    /// <summary>Raters agreed that the images cannot be compared.</summary>
    public int Rejects { get; init; }

    /// <summary>Of text alignment: the prompt has one image alone, which is preferred to none.</summary>
    public int SingleImages { get; init; }

    /// <summary>Nobody voted.</summary>
    public int Unvoted { get; init; }

    /// <summary>There were votes, and fewer than the rules ask for.</summary>
    public int TooFewVotes { get; init; }

    /// <summary>Flaws and appeal chose different images, and the rules leave such pairs out.</summary>
    public int Conflicts { get; init; }

    /// <summary>A smaller share of the votes was for the chosen image than the rules ask for.</summary>
    public int LowAgreement { get; init; }

    /// <summary>The exclusions under which it was frozen; see <see cref="Quality.ExclusionSet.Name"/>.</summary>
    public string ExclusionSet { get; init; } = Quality.ExclusionSet.NameOf([]);

    /// <summary>Votes that decided nothing because their raters were excluded.</summary>
    public int ExcludedVotes { get; init; }

    /// <summary>The same under exclusions.</summary>
    public LeftOut Under(ExclusionSet exclusions) => this with
    {
        ExclusionSet = exclusions.Name,
        ExcludedVotes = exclusions.Exclusions == Exclusions.Applied ? exclusions.Votes : 0,
    };

    /// <summary>The exclusions, to be told in words.</summary>
    public ExclusionSet ToExclusions() => Quality.ExclusionSet.Parse(ExclusionSet, ExcludedVotes);

    /// <summary>What was left out and is not nothing: <c>3 without votes, 1 tie</c>.</summary>
    public string ToWords()
    {
        (int Count, string Words)[] reasons =
        [
            (Unvoted, "without votes"), (TooFewVotes, "with too few votes"), (Rejects, "rejected"), (Splits, "split"), (Ties, "tied"),
            (Conflicts, "in conflict"), (LowAgreement, "with too little agreement"), (SingleImages, "with one image alone"),
        ];
        return string.Join(", ", reasons.Where(reason => reason.Count > 0).Select(reason => $"{reason.Count} {reason.Words}"));
    }

    /// <summary>All comparisons that gave no pair.</summary>
    public int Total() => Ties + Splits + Rejects + Unvoted + TooFewVotes + Conflicts + LowAgreement + SingleImages;
}

/// <summary>One pair of a preference set.</summary>
public sealed record FrozenPair
{
    /// <summary>Place in the set, from 1.</summary>
    public required int PairNumber { get; init; }

    public required long ComparisonId { get; init; }

    /// <summary>The axis that decided; the vote counts are its votes, or of text alignment the right answers about either image.</summary>
    public required Axis Axis { get; init; }

    public required string Prompt { get; init; }

    public required long ChosenImageId { get; init; }

    public required string ChosenSha256 { get; init; }

    public required long RejectedImageId { get; init; }

    public required string RejectedSha256 { get; init; }

    public required int VotesChosen { get; init; }

    public required int VotesRejected { get; init; }

    public required int VotesTie { get; init; }

    /// <summary>Weight in the loss; 1 for every judged pair, as in the reference protocol. For others see <see cref="PickFreeze"/> and <see cref="AlignmentFreeze"/>.</summary>
    public double Weight { get; init; } = 1;
}
