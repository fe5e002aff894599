using System.Text.Json;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public sealed class StudyReportTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    /// <summary>By hand: the decisions are a, b, split, tie, reject, a and none, so that net = (2 − 1)/5.</summary>
    [Fact]
    public void Of_SmallStudy_MatchesHandCount()
    {
        var report = StudyReport.Of(Table.Of("aaabt", "bb", "ab", "tta", "rrb", "a", ""), VoteSource.Real);

        var axis = Assert.Single(report.Axes);
        Assert.Equal(new OutcomeCounts(a: 2, b: 1, tie: 1, reject: 1, split: 1), axis.Decisions);
        Assert.Equal((1, 1), (axis.Undecided, axis.Complete));
        Assert.Equal(new OutcomeCounts(a: 6, b: 5, tie: 3, reject: 2), axis.Votes);
        Assert.Equal((5, 5), (axis.Raters, report.Raters));
        Assert.Equal(8, axis.LeftWins); // 3 + 1 + 2 + 1 + 0 + 1: raters 0, 2, 4 saw a on the left, 1 and 3 saw b
        Assert.Equal(1 / 5.0, axis.NetWinRate.Value);
        Assert.Equal(1 / 14.0, axis.VoteNetWinRate.Estimate.Value!.Value, 1e-15);
        Assert.Equal(1.0, axis.SignTest.PValue!.Value, 1e-15); // 2 of 3
        Assert.Equal(2 / 5.0, axis.Share(Decision.A).Value);
        Assert.Equal(1 / 6.0, axis.Share(Decision.Reject).Value);
    }

    [Theory]
    [InlineData(1, "speak of this one rater on other prompts")]
    [InlineData(5, "speak of these 5 raters on other prompts")]
    [InlineData(19, "speak of these 19 raters on other prompts")]
    [InlineData(20, null)]
    public void Caution_FewRaters_SaysWhatTheDecisionsDoNotAllowFor(int raters, string? words)
    {
        var votes = Enumerable.Range(0, raters).Select(rater => Table.Vote(0, rater, 'a', Axis.Appeal));
        var table = Table.Of("", "") with { Axes = [Axis.Appeal], Votes = [.. votes] };

        var cautions = Assert.Single(StudyReport.Of(table, VoteSource.Real).Axes).Cautions;

        if (words is null)
            Assert.Empty(cautions);
        else
            Assert.Contains(words, Assert.Single(cautions), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(49, true)]
    [InlineData(50, false)]
    public void Caution_FewComparisonsWithTwoVotes_SaysThatAgreementIsLessSure(int comparisons, bool cautioned)
    {
        var votes = from comparison in Enumerable.Range(0, comparisons)
                    from rater in Enumerable.Range(0, 20)
                    select Table.Vote(comparison, rater, 'a', Axis.Appeal);
        var table = Table.Of([.. Enumerable.Repeat("", comparisons)]) with { Axes = [Axis.Appeal], Votes = [.. votes] };

        var cautions = Assert.Single(StudyReport.Of(table, VoteSource.Real).Axes).Cautions;

        Assert.Equal(cautioned, cautions.Any(caution => caution.Contains("agreement", StringComparison.Ordinal)));
    }

    /// <summary>By hand: 8 of 8 gives 2/2⁸ on one axis, 6 of 7 gives 16/2⁷ on the other; Holm doubles the smaller.</summary>
    [Fact]
    public void Of_TwoAxes_AdjustsTheSignTestsAsOneFamily()
    {
        var votes = "aaaaaaaa".Select((letter, i) => Table.Vote(i, rater: 0, letter, Axis.Flaws))
            .Concat("aaaaaabt".Select((letter, i) => Table.Vote(i, rater: 0, letter, Axis.Appeal)));
        var table = Table.Of("", "", "", "", "", "", "", "") with { Axes = [Axis.Flaws, Axis.Appeal], Votes = [.. votes] };

        var axes = StudyReport.Of(table, VoteSource.Real).Axes;

        Assert.Equal([2 / 256.0, 16 / 128.0], axes.Select(axis => axis.SignTest.PValue!.Value), Close);
        Assert.Equal([4 / 256.0, 16 / 128.0], axes.Select(axis => axis.AdjustedPValue!.Value), Close);
    }

    [Fact]
    public void Of_AxisWithoutVotes_SaysWhyThereIsNoFigureAndStillCountsInTheFamily()
    {
        var table = Table.Of("a", "a", "a", "a", "a", "a") with { Axes = [Axis.Appeal, Axis.Flaws] };

        var (appeal, flaws) = (StudyReport.Of(table, VoteSource.Real).Axes[0], StudyReport.Of(table, VoteSource.Real).Axes[1]);

        Assert.Equal(2 * appeal.SignTest.PValue, appeal.AdjustedPValue);
        Assert.Equal(6, flaws.Undecided);
        Assert.Null(flaws.AdjustedPValue);
        Assert.All(
            [flaws.NetWinRate.Reason, flaws.VoteNetWinRate.Estimate.Reason, flaws.SignTest.Reason, flaws.Agreement.NominalAlpha.Reason, flaws.Share(Decision.A).Reason],
            Assert.NotNull);
    }

    [Fact]
    public void Of_OneComparisonPerPrompt_TakesTango_OfSeveral_ClustersByPrompt()
    {
        var single = Table.Of("aaa", "bbb", "aat", "ttt");
        var shared = single with { Comparisons = [.. single.Comparisons.Select(c => c with { PromptId = c.ComparisonId / 2 })] };

        Assert.Contains("Tango", StudyReport.Of(single, VoteSource.Real).Axes[0].NetWinRate.Method, StringComparison.Ordinal);
        Assert.Contains("by prompt", StudyReport.Of(shared, VoteSource.Real).Axes[0].NetWinRate.Method, StringComparison.Ordinal);
    }

    /// <summary>695 votes of 30 raters on 150 prompts; the figures are R's and scipy's.</summary>
    [Theory]
    [InlineData(Axis.Flaws)]
    [InlineData(Axis.Appeal)]
    public void Of_ReferenceVotes_MatchesOtherImplementations(Axis axis)
    {
        var expected = ReferenceVotes.Expected(axis);

        var report = StudyReport.Of(ReferenceVotes.Read(axis), VoteSource.Real).Axes[0];

        Assert.Equal(
            (Int(expected, "A"), Int(expected, "B"), Int(expected, "tie")),
            (report.Votes.A, report.Votes.B, report.Votes.Tie));
        Assert.Equal((150, 30), (report.Decisions.Total, report.Raters));
        Assert.Equal(expected.GetProperty("net_win_rate").GetDouble(), report.VoteNetWinRate.Estimate.Value!.Value, 1e-9);
        var interval = expected.GetProperty("t95_two_way_cr1");
        Assert.Equal(interval[0].GetDouble(), report.VoteNetWinRate.Estimate.Interval!.Lower, 1e-9);
        Assert.Equal(interval[1].GetDouble(), report.VoteNetWinRate.Estimate.Interval!.Upper, 1e-9);
        Assert.Equal(Int(expected.GetProperty("side_bias"), "left_wins"), report.LeftWins);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_AnyVotes_CountsAddUp(int seed)
    {
        var table = Table.Random(seed);

        Assert.All(Enum.GetValues<VoteSource>(), source =>
        {
            var report = StudyReport.Of(table, source);
            Assert.Equal(table.From(source).Votes.Count, report.Votes);
            Assert.Equal(report.Votes, report.Axes.Sum(axis => axis.Votes.Total));
            Assert.All(report.Axes, axis =>
            {
                Assert.Equal(table.Comparisons.Count, axis.Decisions.Total + axis.Undecided);
                Assert.Equal(axis.Votes.Total, report.Comparisons.Sum(comparison => comparison.Tallies[axis.Axis].Votes.Total));
            });
        });
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_RealVotes_IsAsIfTheSimulatedOnesHadNeverBeen(int seed)
    {
        var table = Table.Random(seed);
        var withoutThem = table with { Votes = [.. table.Votes.Where(vote => !vote.Simulated)] };

        var report = StudyReport.Of(table, VoteSource.Real);

        Assert.Equivalent(StudyReport.Of(withoutThem, VoteSource.Both) with { Source = VoteSource.Real }, report, strict: true);
        Assert.False(report.CountsSimulated);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_VotesInAnotherOrder_GivesTheSameNumbers(int seed)
    {
        var table = Table.Random(seed);
        var shuffled = table.Votes.ToArray();
        new Random(seed).Shuffle(shuffled);

        Assert.Equivalent(
            StudyReport.Of(table, VoteSource.Both), StudyReport.Of(table with { Votes = shuffled }, VoteSource.Both), strict: true);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_SidesSwapped_ChangesTheLeftWinsAndNothingElse(int seed)
    {
        var table = Table.Random(seed);
        var swapped = table with { Votes = [.. table.Votes.Select(vote => vote with { LeftIsB = !vote.LeftIsB })] };

        var (before, after) = (StudyReport.Of(table, VoteSource.Both), StudyReport.Of(swapped, VoteSource.Both));

        Assert.All(before.Axes.Zip(after.Axes), pair => Assert.Equal(pair.First.Votes.Decided - pair.First.LeftWins, pair.Second.LeftWins));
        var without = before.Axes.Zip(after.Axes, (first, second) => second with { LeftWins = first.LeftWins });
        Assert.Equivalent(before, after with { Axes = [.. without] }, strict: true);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_SystemsSwapped_ChangesTheSign(int seed)
    {
        var table = Table.Random(seed);
        var swapped = table with { Votes = [.. table.Votes.Select(Mirrored)] };

        var (before, after) = (StudyReport.Of(table, VoteSource.Both), StudyReport.Of(swapped, VoteSource.Both));

        Assert.All(before.Axes.Zip(after.Axes), pair =>
        {
            Assert.Equal(-pair.First.NetWinRate.Value, pair.Second.NetWinRate.Value);
            Assert.Equal(-pair.First.NetWinRate.Interval?.Lower, pair.Second.NetWinRate.Interval?.Upper);
            Assert.Equal(pair.First.AdjustedPValue, pair.Second.AdjustedPValue);
            Assert.Equal(pair.First.LeftWins, pair.Second.LeftWins);
        });
    }

    private static CountingVote Mirrored(CountingVote vote) => vote with
    {
        LeftIsB = !vote.LeftIsB,
        Winner = vote.Winner switch { Outcome.A => Outcome.B, Outcome.B => Outcome.A, var neither => neither },
    };

    private static int Int(JsonElement parent, string name) => parent.GetProperty(name).GetInt32();

    private static bool Close(double expected, double actual) => Math.Abs(expected - actual) < 1e-12;
}
