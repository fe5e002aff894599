using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>
/// How the raters of a study answered, each beside the others: from answers to numbers, without a database or a page. Excluded raters
/// are in it like everybody, so that excluding one makes nobody else look worse or better.
/// </summary>
public sealed record RaterQualityReport
{
    /// <summary>The axes with an answer, in the order of the study.</summary>
    public required IReadOnlyList<AxisQuality> Axes { get; init; }

    /// <summary>Computes the report.</summary>
    /// <param name="axes">The questions of the study.</param>
    /// <param name="answers">Of every source, in order of arrival; at most one of a rater on a comparison and axis.</param>
    /// <param name="source">Whose answers are looked at; raters are compared among them.</param>
    /// <param name="wanted">How many votes the study asks for on each axis; left out, it is not cut into blocks.</param>
    public static RaterQualityReport Of(
        IEnumerable<Axis> axes, IEnumerable<RaterAnswer> answers, VoteSource source, IReadOnlyDictionary<Axis, int>? wanted = null)
    {
        var byAxis = answers.Where(answer => source.Includes(answer.Simulated)).ToLookup(answer => answer.Axis);
        return new RaterQualityReport
        {
            Axes = [.. axes.Where(byAxis.Contains).Select(axis => AxisQuality.Of(axis, [.. byAxis[axis]], wanted?.GetValueOrDefault(axis) ?? 0))],
        };
    }
}

/// <summary>The raters of one axis.</summary>
public sealed record AxisQuality
{
    /// <summary>The question.</summary>
    public required Axis Axis { get; init; }

    /// <summary>Every rater: those with flags first, then by votes, then by id.</summary>
    public required IReadOnlyList<RaterQuality> Raters { get; init; }

    /// <summary>What to look at, rater by rater; p-values are adjusted over the raters by Holm.</summary>
    public required IReadOnlyList<RaterFlag> Flags { get; init; }

    /// <summary>Whether raters answered otherwise at the end.</summary>
    public required RaterDrifts Drifts { get; init; }

    /// <summary>The axis block by block.</summary>
    public required StudyCourse Course { get; init; }

    internal static AxisQuality Of(Axis axis, IReadOnlyList<RaterAnswer> answers, int wanted)
    {
        List<RaterVote> votes = [.. answers.Select(answer => answer.ToVote())];
        var checks = VoteChecks.Of(votes);
        var raters = RaterQuality.OfAll(votes);
        var flags = RaterFlags.Of(raters, FamilyAdjustment.Holm);
        var flagged = flags.Select(flag => flag.Rater).ToHashSet();
        return new AxisQuality
        {
            Axis = axis,
            Raters = [.. raters.OrderByDescending(rater => flagged.Contains(rater.Rater)).ThenByDescending(rater => rater.Votes).ThenBy(rater => rater.Rater)],
            Flags = flags,
            Drifts = RaterDrifts.Of(RaterDrift.ByRater(votes, checks)),
            Course = StudyCourse.Of(answers.Zip(checks, CourseVoteOf), wanted),
        };
    }

    private static CourseVote CourseVoteOf(RaterAnswer answer, VoteCheck check)
    {
        var isItem = answer.Kind == PairKind.Item;
        var tallies = new CourseTallies
        {
            Votes = isItem ? 1 : 0,
            [CourseMeasure.Agreement] = HitCount.Of(check.Agrees),
            [CourseMeasure.Undecided] = HitCount.Of(isItem ? answer.Winner == Outcome.Tie : null),
            [CourseMeasure.Rejected] = HitCount.Of(isItem ? answer.Winner == Outcome.Reject : null),
            [CourseMeasure.Fast] = HitCount.Of(answer.ResponseMs < RaterQuality.FloorMs),
            [CourseMeasure.MissedGold] = HitCount.Of(!check.RightOnGold),
            [CourseMeasure.ChangedRepeats] = HitCount.Of(!check.SameAgain),
        };
        return new CourseVote(answer.RaterId, answer.ReceivedAt, tallies);
    }
}
