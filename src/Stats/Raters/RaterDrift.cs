namespace PixelPost.Stats;

/// <summary>A share of a rater's first and last answers.</summary>
public sealed record ShareDrift
{
    /// <summary>How often among the first.</summary>
    public required int FirstHits { get; init; }

    /// <summary>Out of how many.</summary>
    public required int FirstCases { get; init; }

    /// <summary>How often among the last.</summary>
    public required int LastHits { get; init; }

    /// <summary>Out of how many.</summary>
    public required int LastCases { get; init; }

    /// <summary>Fisher's exact test that the share is the same, two-sided, not adjusted; null where a part has no case.</summary>
    public required double? PValue { get; init; }

    /// <summary>Why <see cref="PValue"/> is null; null when it is there.</summary>
    public required string? Reason { get; init; }
}

/// <summary>The pace of a rater's first and last answers.</summary>
public sealed record SpeedDrift
{
    /// <summary>Median of the first in milliseconds; null where none was timed.</summary>
    public required double? FirstMedianMs { get; init; }

    /// <summary>Median of the last; null where none was timed.</summary>
    public required double? LastMedianMs { get; init; }

    /// <summary>As in <see cref="RankSum"/>, not adjusted.</summary>
    public required double? PValue { get; init; }

    /// <summary>Why <see cref="PValue"/> is null; null when it is there.</summary>
    public required string? Reason { get; init; }
}

/// <summary>Whether a rater answers otherwise at the end than at the start.</summary>
public sealed record RaterDriftResult
{
    /// <summary>Answers of the rater.</summary>
    public required int Answers { get; init; }

    /// <summary>Response times.</summary>
    public required SpeedDrift Speed { get; init; }

    /// <summary>The left image, of the answers for one image.</summary>
    public required ShareDrift Left { get; init; }

    /// <summary>The answer of most other raters.</summary>
    public required ShareDrift Agreement { get; init; }

    /// <summary>The known answer on gold.</summary>
    public required ShareDrift Gold { get; init; }

    /// <summary>The same answer on a repeat.</summary>
    public required ShareDrift Repeats { get; init; }
}

/// <summary>The first third of a rater's answers against the last third, the middle left out.</summary>
/// <remarks>
/// Shares by Fisher (1935), exact whatever the counts; times by the rank-sum test of Wilcoxon (1945) and Mann and Whitney (1947). Pairs
/// must have come in an order drawn for every rater, so that those at the end are no harder than those at the start. Most people get
/// faster at what they practise: that is drift, and no fault. Several raters are a family: adjust.
/// </remarks>
public static class RaterDrift
{
    /// <summary>Answers in a third below which nothing is compared.</summary>
    public const int FewestInThird = 8;

    /// <summary>Every rater's drift.</summary>
    /// <param name="votes">Of one axis, gold and repeats among them; at most one vote of a rater on a comparison.</param>
    /// <param name="checks">Of the same votes, from <see cref="VoteChecks"/>.</param>
    public static IReadOnlyDictionary<long, RaterDriftResult> ByRater(
        IReadOnlyCollection<RaterVote> votes, IReadOnlyCollection<VoteCheck> checks) => votes
        .Zip(checks)
        .GroupBy(vote => vote.First.Rater)
        .ToDictionary(rater => rater.Key, rater => Of([.. rater.OrderBy(vote => vote.First.Order)]));

    private static RaterDriftResult Of((RaterVote Vote, VoteCheck Check)[] answers)
    {
        var third = answers.Length / 3;
        var (first, last) = (answers[..third], answers[^third..]);
        var tooFew = third < FewestInThird ? $"A third of this rater's answers is fewer than {FewestInThird}." : null;
        return new RaterDriftResult
        {
            Answers = answers.Length,
            Speed = Speed(Times(first), Times(last), tooFew),
            Left = Share(answer => answer.Vote is { IsOfStudy: true, Chosen: { } side } ? side == Side.Left : null, "No side was chosen in a part."),
            Agreement = Share(answer => answer.Check.Agrees, "The other raters have no majority in a part."),
            Gold = Share(answer => answer.Check.RightOnGold, "A part has no gold."),
            Repeats = Share(answer => answer.Check.SameAgain, "A part has no repeats."),
        };

        ShareDrift Share(Func<(RaterVote Vote, VoteCheck Check), bool?> hit, string noCase)
        {
            var (start, end) = (Count(first, hit), Count(last, hit));
            var test = tooFew is null ? FisherExact.TwoSided(new RatePair(start.Hits, start.Cases, end.Hits, end.Cases)) : null;
            return new ShareDrift
            {
                FirstHits = start.Hits,
                FirstCases = start.Cases,
                LastHits = end.Hits,
                LastCases = end.Cases,
                PValue = test?.PValue,
                Reason = tooFew ?? (test!.PValue is null ? noCase : null),
            };
        }
    }

    private static (int Hits, int Cases) Count((RaterVote Vote, VoteCheck Check)[] answers, Func<(RaterVote, VoteCheck), bool?> hit)
    {
        var (hits, cases) = (0, 0);
        foreach (var answer in answers)
        {
            if (hit(answer) is { } isHit)
                (hits, cases) = (hits + (isHit ? 1 : 0), cases + 1);
        }

        return (hits, cases);
    }

    private static SpeedDrift Speed(int[] first, int[] last, string? tooFew)
    {
        var test = tooFew is null ? RankSum.Of(first, last).Test : null;
        return new SpeedDrift
        {
            FirstMedianMs = Median(first),
            LastMedianMs = Median(last),
            PValue = test?.PValue,
            Reason = tooFew ?? test!.Reason,
        };
    }

    private static int[] Times((RaterVote Vote, VoteCheck Check)[] answers) =>
        [.. answers.Select(answer => answer.Vote.ResponseMs).OfType<int>().Order()];

    private static double? Median(int[] sorted) =>
        sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + (double)sorted[sorted.Length / 2]) / 2;
}
