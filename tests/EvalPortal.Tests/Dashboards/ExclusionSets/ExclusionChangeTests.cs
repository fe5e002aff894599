using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Dashboards.ExclusionSets;
using PixelPost.EvalPortal.Quality;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards.ExclusionSets;

public sealed class ExclusionChangeTests
{
    [Fact]
    public void Of_RaterLeftOut_TellsWhatIsDecidedOtherwise()
    {
        var table = Table.Of("abb", "baa", "aab", "b");
        var without = table with { Excluded = new Dictionary<long, long> { [2] = 1 } };

        var change = Assert.Single(ExclusionChange.Of(StudyReport.Of(table, VoteSource.Real), StudyReport.Of(without, VoteSource.Real)));

        // the third voice gone: B to split, A to split, A stays, B stays
        Assert.Equal((-3, 2, 0), (change.Votes, change.Decisions, change.Turned));
        Assert.Equal(0, change.NetWinRate!.Value, 12);
        Assert.Equal(false, change.CrossesTest);
        Assert.Equal("Appeal: 3 votes fewer; 2 comparisons decided otherwise, 0 of them for the other system; net win rate 0.0 points; the adjusted test is on the same side of 0.05.", change.ToWords());
    }

    [Fact]
    public void Of_TheSame_SaysThatNothingChanges()
    {
        var report = StudyReport.Of(Table.Of("ab", "a"), VoteSource.Real);

        Assert.Equal("Appeal: nothing changes.", Assert.Single(ExclusionChange.Of(report, report)).ToWords());
    }

    [Fact]
    public void Sets_RulesAndByHand_EachMakesOne()
    {
        List<Exclusion> exclusions = [Excluded(1, RaterFlagKind.SideBias), Excluded(2, null), Excluded(3, RaterFlagKind.FastAnswers), Excluded(4, null) with { LiftedAt = DateTimeOffset.UnixEpoch }];

        var sets = RaterSet.Of(exclusions, planned: ["side_bias"]);

        Assert.Equal(
            [("none", 0), ("all", 3), ("planned", 1), ("rules", 2), ("fast_answers", 1), ("manual", 1), ("side_bias", 1)],
            sets.Select(set => (set.Key, set.Excluded.Count)));
        Assert.Equal(["none", "all"], RaterSet.Of([], planned: null).Select(set => set.Key));
    }

    private static Exclusion Excluded(long rater, RaterFlagKind? flag) => new()
    {
        ExclusionId = 10 * rater,
        StudyId = 1,
        RaterId = rater,
        Pseudonym = $"R-{rater}",
        Simulated = false,
        Flag = flag,
        Reason = "Because.",
        ExcludedBy = "Ada",
        ExcludedAt = DateTimeOffset.UnixEpoch,
    };
}
