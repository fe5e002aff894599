using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>A rater of a study that is not about pairs.</summary>
/// <param name="Quality">How they answered.</param>
/// <param name="Rejected">Votes that say that nothing can be judged.</param>
/// <param name="Influence">The headline figure with everybody, and without this rater.</param>
public sealed record FormRater(AnswerQuality Quality, int Rejected, LeftOut Influence);

/// <summary>A measure of how far raters agree.</summary>
/// <param name="Name">What it measures.</param>
/// <param name="Value">The measure with its interval.</param>
/// <param name="How">How it is got, in a few words.</param>
public sealed record FormAgreement(string Name, Estimate Value, string How);

/// <summary>How the raters of a study that is not about pairs answered, each beside the others; excluded raters are among them.</summary>
public sealed record FormQuality
{
    /// <summary>A fixed start of the resampling: the same votes show the same interval at every look.</summary>
    internal const int Seed = 1;

    /// <summary>How far raters agree.</summary>
    public required IReadOnlyList<FormAgreement> Agreement { get; init; }

    /// <summary>What the headline figure is, whose change is a rater's influence.</summary>
    public required string Headline { get; init; }

    /// <summary>What <see cref="AnswerQuality.Same"/> is a share of: the answer, or the place of the best.</summary>
    public required string Same { get; init; }

    /// <summary>The answers that can be the same, by their number, in words.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Every rater: those with flags first, then by votes, then by id.</summary>
    public required IReadOnlyList<FormRater> Raters { get; init; }

    /// <summary>What to look at, rater by rater; p-values are adjusted over the raters by Holm.</summary>
    public required IReadOnlyList<RaterFlag> Flags { get; init; }

    /// <summary>The study block by block.</summary>
    public required StudyCourse Course { get; init; }

    /// <summary>Raters with their flags, those with flags first.</summary>
    /// <param name="raters">Their answers.</param>
    /// <param name="votes">Their votes.</param>
    /// <param name="categories">In words.</param>
    /// <param name="rules">From where on something is flagged.</param>
    /// <param name="influence">Of a rater.</param>
    internal static (IReadOnlyList<FormRater> Raters, IReadOnlyList<RaterFlag> Flags) Flagged(
        IReadOnlyList<AnswerQuality> raters, IReadOnlyList<FormVote> votes, IReadOnlyList<string> categories, RaterFlagRules rules,
        Func<long, LeftOut> influence)
    {
        var flags = RaterFlags.Of(raters, categories, FamilyAdjustment.Holm, rules);
        var flagged = flags.Select(flag => flag.Rater).ToHashSet();
        var rejected = votes.Where(vote => vote.Rejected).CountBy(vote => vote.RaterId).ToDictionary();
        return (
            [
                .. raters.OrderByDescending(rater => flagged.Contains(rater.Rater)).ThenByDescending(rater => rater.Votes).ThenBy(rater => rater.Rater)
                    .Select(rater => new FormRater(rater, rejected.GetValueOrDefault(rater.Rater), influence(rater.Rater))),
            ],
            flags);
    }

    /// <summary>The study block by block.</summary>
    /// <param name="votes">In order of arrival.</param>
    /// <param name="wanted">Votes that the study asks for.</param>
    /// <param name="agreement">Of a vote's answers with most others'.</param>
    /// <param name="undecided">Of a vote's answers.</param>
    internal static StudyCourse CourseOf(
        IEnumerable<FormVote> votes, int wanted, IReadOnlyDictionary<Guid, HitCount> agreement, IReadOnlyDictionary<Guid, HitCount> undecided) =>
        StudyCourse.Of(
            votes.Select(vote => new CourseVote(vote.RaterId, vote.ReceivedAt, new CourseTallies
            {
                Votes = 1,
                [CourseMeasure.Agreement] = agreement.GetValueOrDefault(vote.VoteId),
                [CourseMeasure.Undecided] = undecided.GetValueOrDefault(vote.VoteId),
                [CourseMeasure.Rejected] = HitCount.Of(vote.Rejected),
                [CourseMeasure.Fast] = HitCount.Of(vote.ResponseMs < RaterQuality.FloorMs),
            })),
            wanted);

    /// <summary>Hits and cases of each vote.</summary>
    internal static Dictionary<Guid, HitCount> ByVote(IEnumerable<(Guid VoteId, bool? Hit)> answers) => answers
        .AggregateBy(answer => answer.VoteId, _ => default(HitCount), (sum, answer) => sum + HitCount.Of(answer.Hit))
        .ToDictionary();
}
