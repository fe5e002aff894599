using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Shell;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>
/// Says when something jumps from one block of a study to the next for many raters at once, so that the study, the software or who is
/// let in may have changed.
/// </summary>
/// <remarks>
/// Every full block is held against the one before, by <see cref="ShareChange"/>, at 0.05 divided by the number of all tests that the
/// study can come to: questions × pairs of blocks × measures. Blocks are planned before there is a vote, so however often it is looked
/// at, a study in which nothing changes raises an alarm with probability 0.05 at most (Bonferroni).
/// </remarks>
public static class BlockAlarms
{
    /// <summary>The chance of any false alarm over a whole study.</summary>
    public const double FalseAlarm = 0.05;

    /// <summary>A rise by less is not told, however certain it is.</summary>
    public const double SmallestRise = 0.05;

    private static readonly (CourseMeasure Measure, string Words)[] Watched =
    [
        (CourseMeasure.MissedGold, "of gold is missed"),
        (CourseMeasure.ChangedRepeats, "of repeats are answered otherwise"),
        (CourseMeasure.Fast, "of answers come in less than a second"),
    ];

    private static readonly RaterFlagKind?[] Rules = [null, .. Enum.GetValues<RaterFlagKind>()];

    /// <summary>The alarms, a sentence each.</summary>
    /// <param name="courses">Of people's votes, with the name of the question.</param>
    /// <param name="questions">How many questions the study has, those without a vote among them.</param>
    /// <param name="exclusions">Of the study; lifted ones do not matter.</param>
    public static IReadOnlyList<string> Of(
        IReadOnlyList<(string Question, StudyCourse Course)> courses, int questions, IEnumerable<Exclusion> exclusions)
    {
        var ruleOf = exclusions.Where(exclusion => exclusion.IsInForce).ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.Flag);
        List<(string Words, Func<long, CourseTallies, HitCount> Of)> measures =
        [
            .. Watched.Select(watched => (watched.Words, (Func<long, CourseTallies, HitCount>)((_, tallies) => tallies[watched.Measure]))),
            .. ruleOf.Values.Distinct().Select(rule => (
                $"of votes are left out {(rule is null ? "by hand" : $"by the rule '{QualityWords.Rule(rule)}'")}",
                (Func<long, CourseTallies, HitCount>)((rater, tallies) =>
                    new(ruleOf.TryGetValue(rater, out var own) && own == rule ? tallies.Votes : 0, tallies.Votes)))),
        ];
        return
        [
            .. from course in courses
               let full = course.Course.Full.ToList()
               let limit = FalseAlarm / (questions * (course.Course.Planned - 1) * (Watched.Length + Rules.Length))
               from later in Enumerable.Range(1, Math.Max(0, full.Count - 1))
               from measure in measures
               let change = StudyCourse.Change([full[later - 1]], [full[later]], measure.Of)
               where change.RisePValue <= limit && change.Later - change.Earlier > SmallestRise
               select $"On {course.Question}, {Figures.Percent(change.Later!.Value)} {measure.Words} in block {later + 1}, since {TimeText.Exact(full[later].From)}; in the block before it was {Figures.Percent(change.Earlier!.Value)}. Many raters changed at once: what changed then?",
        ];
    }
}
