namespace PixelPost.EvalPortal.Checks;

/// <summary>How often a rater was right where the answer was known.</summary>
public sealed record GoldTally
{
    /// <summary>Pairs with a known answer that they have answered.</summary>
    public required int Answered { get; init; }

    /// <summary>Those whose answer they missed; a rejected pair is missed too.</summary>
    public required int Missed { get; init; }
}

/// <summary>
/// Whether a rater's checks are a reason to think about pay. Pay is decided apart from whether votes are used: an exclusion says
/// nothing about pay, and this says nothing about votes. One miss happens to anybody; panels ask for two failed checks at least
/// before work may be turned down.
/// </summary>
public static class FairCheck
{
    /// <summary>Misses without which nothing is suggested.</summary>
    public const int FewestMissed = 2;

    /// <summary>Whether to suggest that a person looks: at least <see cref="FewestMissed"/> missed, and half of all.</summary>
    public static bool SuggestsReview(GoldTally tally) => tally.Missed >= FewestMissed && 2 * tally.Missed >= tally.Answered;

    /// <summary>The reason as researcher and rater read it; null where there is none.</summary>
    public static string? Reason(GoldTally tally) => SuggestsReview(tally)
        ? $"{tally.Missed} of the {tally.Answered} pairs whose answer is plain to see were answered otherwise. They were spread over the study to tell whether answers are given with care."
        : null;
}
