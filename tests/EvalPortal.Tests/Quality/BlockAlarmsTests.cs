using PixelPost.EvalPortal.Quality;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class BlockAlarmsTests
{
    private const int Studies = 400;
    private const double Luck = 0.022; // two standard errors of 5 % in so many

    /// <summary>
    /// Nothing changes, but raters differ widely, and come one after the other or all at once. The alarms, and the test under them at the
    /// limit for one share alone, which comes closer to what is allowed.
    /// </summary>
    [Theory]
    [InlineData(30, 60, 5, 0.1)]
    [InlineData(30, 60, 30, 0.1)]
    [InlineData(120, 10, 8, 0.3)]
    [InlineData(8, 200, 4, 0.2)]
    public void Of_NothingChanges_FalseAlarmsStayBelowTheBound(int raters, int votes, int atATime, double level)
    {
        var random = new Random(20240917);
        var (alarmed, claimed) = (0, 0);
        for (var study = 0; study < Studies; study++)
        {
            var course = Courses.Draw(random, raters, votes, atATime, _ => level, CourseMeasure.Fast, CourseMeasure.MissedGold, CourseMeasure.ChangedRepeats);
            var full = course.Full.ToList();
            alarmed += BlockAlarms.Of([("flaws", course)], questions: 1, []).Count > 0 ? 1 : 0;
            claimed += Enumerable.Range(1, full.Count - 1).Any(later =>
                StudyCourse.Change([full[later - 1]], [full[later]], (_, tallies) => tallies[CourseMeasure.Fast]).RisePValue <= BlockAlarms.FalseAlarm / (full.Count - 1)) ? 1 : 0;
        }

        Assert.InRange(alarmed / (double)Studies, 0, BlockAlarms.FalseAlarm);
        Assert.InRange(claimed / (double)Studies, 0, BlockAlarms.FalseAlarm + Luck);
    }

    /// <summary>From the middle on everybody does it nine times as often.</summary>
    [Theory]
    [InlineData(CourseMeasure.Fast, "of answers come in less than a second")]
    [InlineData(CourseMeasure.MissedGold, "of gold is missed")]
    [InlineData(CourseMeasure.ChangedRepeats, "of repeats are answered otherwise")]
    public void Of_JumpForEverybody_IsToldWithItsBlock(CourseMeasure measure, string words)
    {
        var course = Courses.Draw(new Random(20240917), raters: 40, votes: 50, atATime: 40, place => place < 0.5 ? 0.1 : 0.9, measure);

        var alarm = Assert.Single(BlockAlarms.Of([("flaws", course)], questions: 1, [])).Replace('\u00A0', ' ');

        Assert.StartsWith("On flaws, ", alarm, StringComparison.Ordinal);
        Assert.Contains(words, alarm, StringComparison.Ordinal);
        Assert.Contains("in block 6, since 2 Mar 2026, 04:40:00 UTC", alarm, StringComparison.Ordinal);
    }

    /// <summary>A wave of forty raters with a rule in common, after forty without.</summary>
    [Fact]
    public void Of_ExcludedRatersComeInAWave_NamesTheRule()
    {
        var votes = Enumerable.Range(0, 800).Select(i => Courses.Vote(i / 400 * 40 + i % 40, i, CourseMeasure.Fast, false));
        var course = StudyCourse.Of(votes, wanted: 800);
        var exclusions = Enumerable.Range(40, 40).Select(rater => Excluded(rater, RaterFlagKind.FastAnswers)).ToList();

        var alarm = Assert.Single(BlockAlarms.Of([("flaws", course)], questions: 1, exclusions));

        Assert.Contains("of votes are left out by the rule 'answers too fast' in block 6", alarm, StringComparison.Ordinal);
        Assert.Empty(BlockAlarms.Of([("flaws", course)], questions: 1, exclusions.Select(exclusion => exclusion with { LiftedAt = DateTimeOffset.UnixEpoch, LiftedBy = "Ada" })));
    }

    [Fact]
    public void Of_OneRaterAlone_IsAMatterOfFlags()
    {
        var course = StudyCourse.Of(Enumerable.Range(0, 1_000).Select(i => Courses.Vote(i % 10, i, CourseMeasure.Fast, i >= 500 && i % 10 == 3)), wanted: 1_000);

        Assert.Empty(BlockAlarms.Of([("flaws", course)], questions: 1, []));
    }

    [Fact]
    public void Of_SmallStudy_IsQuiet() =>
        Assert.Empty(BlockAlarms.Of([("flaws", StudyCourse.Of([Courses.Vote(1, 0, CourseMeasure.Fast, true)], wanted: 10))], questions: 1, [Excluded(1, null)]));

    private static Exclusion Excluded(long rater, RaterFlagKind? flag) => new()
    {
        ExclusionId = rater,
        StudyId = 1,
        RaterId = rater,
        Pseudonym = $"R-{rater}",
        Simulated = false,
        Flag = flag,
        Reason = "Too fast.",
        ExcludedBy = "Ada",
        ExcludedAt = DateTimeOffset.UnixEpoch,
    };
}
