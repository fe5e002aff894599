using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Plans;

public class PlanReadingTests
{
    private static readonly AnalysisPlan Plan = new()
    {
        Family = [Axis.Flaws, Axis.Appeal],
        Test = PlannedTest.SignTest,
        ExclusionRules = ["side_bias"],
        PlannedComparisons = 100,
    };

    [Fact]
    public void Of_ViewAsPlanned_HasNoDepartures()
    {
        var reading = Read(exclusions: [Excluded(RaterFlagKind.SideBias), Excluded(RaterFlagKind.SideBias)]);

        Assert.True(reading.IsAsPlanned);
    }

    [Fact]
    public void Of_BeforeThePlannedNumber_SaysHowFarItIs()
    {
        var reading = Read(compared: axis => axis == Axis.Flaws ? 100 : 37);

        Assert.Equal(["Appeal: 37 of the planned 100 comparisons are compared. This is a look before the planned n."], reading.Departures);
    }

    [Fact]
    public void Of_RulesThatWereNotPlanned_NamesEach()
    {
        var reading = Read(exclusions: [Excluded(null), Excluded(null), Excluded(RaterFlagKind.FastRater), Excluded(RaterFlagKind.SideBias), Excluded(RaterFlagKind.Streak) with { LiftedAt = DateTimeOffset.UnixEpoch }]);

        Assert.Equal(
            [
                "2 raters left out by a rule that the plan does not name: by hand.",
                "1 rater left out by a rule that the plan does not name: faster than the others.",
            ],
            reading.Departures);
    }

    [Fact]
    public void Of_ExcludedRatersCounted_SaysSo()
    {
        Assert.Equal(["1 excluded rater counted all the same: the plan leaves excluded raters out."], Read(applied: Exclusions.None, exclusions: [Excluded(RaterFlagKind.SideBias)]).Departures);
        Assert.True(Read(applied: Exclusions.None).IsAsPlanned); // nobody is excluded
    }

    [Fact]
    public void Of_SimulatedVotesAndOtherQuestions_SaysSo()
    {
        Assert.Equal(["Simulated votes are counted: the plan is about people's."], Read(source: VoteSource.Both).Departures);
        Assert.Equal(["Appeal is outside the planned family: its test is exploratory."], Read(plan: Plan with { Family = [Axis.Flaws] }).Departures);
        Assert.Empty(Read(exclusions: [Excluded(null) with { Simulated = true }]).Departures); // their votes are not looked at
    }

    /// <summary>By hand: 6 of 6 has p = 2/64, 7 of 7 has 2/128. Holm over both: the smaller twice, the larger once.</summary>
    [Fact]
    public void Under_FamilyOfAPlan_AdjustsThatAndNothingElse()
    {
        var (six, seven) = (Report(6), Report(7));
        var plan = new AnalysisPlan { Family = [Axis.Appeal], Test = PlannedTest.SignTest };

        var alone = six.Under(plan, []).Axes[0];
        var linked = six.Under(plan with { WithLinked = true }, [seven]).Axes[0];
        var outside = six.Under(plan with { Family = [Axis.Flaws] }, [seven]).Axes[0];

        Assert.Equal((1, true), (alone.FamilySize, alone.IsInFamily));
        Assert.Equal(2 / 64.0, alone.AdjustedPValue!.Value, 1e-12);
        Assert.Equal(2, linked.FamilySize);
        Assert.Equal(2 / 64.0, linked.AdjustedPValue!.Value, 1e-12);
        Assert.Equal(4 / 128.0, seven.Under(plan, [six]).Axes[0].AdjustedPValue!.Value, 1e-12);
        Assert.Equal((1, false), (outside.FamilySize, outside.IsInFamily));
        Assert.Equal(2 / 64.0, outside.AdjustedPValue!.Value, 1e-12);
    }

    [Fact]
    public void Under_TestOfVotes_QuotesThat()
    {
        var report = StudyReport.Of(Table.Of("aab", "abb", "aaa", "aat", "bab"), VoteSource.Real);

        var axis = report.Under(new AnalysisPlan { Family = [Axis.Appeal], Test = PlannedTest.VoteNetWinRate }, []).Axes[0];

        Assert.NotNull(axis.VoteNetWinRate.PValue);
        Assert.Equal(axis.VoteNetWinRate.PValue, axis.AdjustedPValue);
        Assert.NotEqual(axis.SignTest.PValue, axis.AdjustedPValue);
    }

    private static StudyReport Report(int wins) => StudyReport.Of(Table.Of([.. Enumerable.Repeat("a", wins)]), VoteSource.Real);

    private static PlanReading Read(
        AnalysisPlan? plan = null, Func<Axis, int>? compared = null, VoteSource source = VoteSource.Real, Exclusions applied = Exclusions.Applied, params Exclusion[] exclusions) =>
        PlanReading.Of(
            new PlanVersion { StudyId = 1, Version = 1, Plan = plan ?? Plan, Content = "" }, [Axis.Flaws, Axis.Appeal], compared ?? (_ => 100), source, applied, exclusions);

    private static Exclusion Excluded(RaterFlagKind? flag) => new()
    {
        ExclusionId = 1,
        StudyId = 1,
        RaterId = 1,
        Pseudonym = "quiet-otter",
        Simulated = false,
        Flag = flag,
        Reason = "why",
        ExcludedBy = "Ada",
        ExcludedAt = default,
    };
}
