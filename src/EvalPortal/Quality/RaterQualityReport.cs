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
    /// <param name="answers">Of every source; at most one of a rater on a comparison and axis.</param>
    /// <param name="source">Whose answers are looked at; raters are compared among them.</param>
    public static RaterQualityReport Of(IEnumerable<Axis> axes, IEnumerable<RaterAnswer> answers, VoteSource source)
    {
        var votes = answers
            .Where(answer => source == VoteSource.Both || answer.Simulated == (source == VoteSource.Simulated))
            .ToLookup(answer => answer.Axis, answer => answer.ToVote());
        return new RaterQualityReport { Axes = [.. axes.Where(votes.Contains).Select(axis => AxisQuality.Of(axis, [.. votes[axis]]))] };
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

    internal static AxisQuality Of(Axis axis, IReadOnlyList<RaterVote> votes)
    {
        var raters = RaterQuality.OfAll(votes);
        var flags = RaterFlags.Of(raters, FamilyAdjustment.Holm);
        var flagged = flags.Select(flag => flag.Rater).ToHashSet();
        return new AxisQuality
        {
            Axis = axis,
            Raters = [.. raters.OrderByDescending(rater => flagged.Contains(rater.Rater)).ThenByDescending(rater => rater.Votes).ThenBy(rater => rater.Rater)],
            Flags = flags,
        };
    }
}
