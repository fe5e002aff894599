using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class RaterQualityReportTests
{
    /// <summary>
    /// By hand, rater 1 having seen B on the left. Majorities of the others: for raters 0 and 1 on the second comparison only, for
    /// rater 2 a, a, b. Decisions a, a, b, tie: net 1/4; without rater 0 split, a, split: 1/3.
    /// </summary>
    [Fact]
    public void Of_SmallStudy_MatchesHandCount()
    {
        var axis = Assert.Single(Of("aab", "aaa", "bba", "t").Axes);

        var raters = axis.Raters.ToDictionary(rater => rater.Rater);
        Assert.Equal([0, 1, 2], axis.Raters.Select(rater => rater.Rater)); // by votes, then by id
        Assert.Equal([(1, 1), (1, 1), (1, 3)], Each(rater => (raters[rater].Agreement.Agreement.Hits, raters[rater].Agreement.Agreement.Cases)));
        Assert.Equal([2 / 4.0, 2 / 4.0, 1.0], Each(rater => raters[rater].Agreement.Agreement.Others));
        Assert.Equal([(2, 1), (1, 2), (2, 1)], Each(rater => (raters[rater].Side.LeftWins, raters[rater].Side.RightWins)));
        Assert.Equal([(2, 3), (2, 3), (2, 3)], Each(rater => (raters[rater].Streak.Longest, raters[rater].Streak.Decided)));
        Assert.Equal(Math.Sqrt(2000 * 3000), raters[0].Speed.MedianMs!.Value, 1e-9); // 1, 2, 3 and 4 s
        Assert.Equal(1 / 3.0 - 1 / 4.0, raters[0].Influence.DecisionNetWinRate.Change!.Value, 1e-15);
        Assert.Equal(0, raters[2].Influence.DecisionNetWinRate.Change);
        Assert.Empty(axis.Flags);
    }

    [Fact]
    public void Of_NoGoldAndNoRepeats_AreUnknownAndNeverFlagged()
    {
        var rater = Assert.Single(Of("aab", "aaa").Axes).Raters[0];

        Assert.Equal(("unknown", "unknown"), (QualityWords.Rate(rater.Gold), QualityWords.Rate(rater.Repeats.Consistency)));
        Assert.Equal(("This rater has answered no gold comparison.", "This rater has answered no comparison twice."), (rater.Gold.Reason, rater.Repeats.Consistency.Reason));
        Assert.Null(rater.Gold.LowerTailPValue);
    }

    [Fact]
    public void Of_OneRaterOfTies_KnowsNothingAndAccusesNobody()
    {
        var axis = Assert.Single(Of("t", "r").Axes);

        var rater = Assert.Single(axis.Raters);
        Assert.Equal(
            ["unknown", "unknown", "unknown", "unknown", "unknown"],
            [
                QualityWords.Rate(rater.Agreement.Agreement), QualityWords.Others(rater.Agreement.Agreement), QualityWords.LeftShare(rater.Side),
                QualityWords.LongestStreak(rater.Streak), QualityWords.Influence(rater.Influence),
            ]);
        Assert.Empty(axis.Flags);
    }

    [Fact]
    public void Of_GoldAndRepeats_AreCountedApartFromTheStudy()
    {
        var answers = Answers("aa", "ab").Concat(
        [
            Answer(100, 0, 'a', 3) with { Gold = Outcome.A },
            Answer(101, 0, 'b', 4) with { Gold = Outcome.A },
            Answer(0, 0, 'a', 5) with { Kind = PairKind.Repeat },
        ]);

        var rater = RaterQualityReport.Of([Axis.Appeal], answers, VoteSource.Both).Axes[0].Raters.Single(rater => rater.Rater == 0);

        Assert.Equal((5, 1, 2), (rater.Votes, rater.Gold.Hits, rater.Gold.Cases));
        Assert.Equal((1, 1), (rater.Repeats.Consistency.Hits, rater.Repeats.Consistency.Cases));
        Assert.Equal(2, rater.Influence.Votes);
    }

    /// <summary>Thirty times left: 2/2³⁰ by chance on either test, three times that by Holm over the three raters.</summary>
    [Fact]
    public void Of_RaterWhoPressesOneKey_IsFlaggedFirstAndInWords()
    {
        var axis = Assert.Single(Of([.. Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? "aab" : "bba")]).Axes);
        Assert.DoesNotContain(axis.Flags, flag => flag.Kind is RaterFlagKind.SideBias or RaterFlagKind.Streak);

        axis = Assert.Single(Of([.. Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? "aaa" : "bba")]).Axes);

        Assert.Equal(2, axis.Raters[0].Rater);
        Assert.Equal([RaterFlagKind.LowAgreement, RaterFlagKind.SideBias, RaterFlagKind.Streak], axis.Flags.Select(flag => flag.Kind));
        Assert.All(axis.Flags, flag => Assert.Equal(2, flag.Rater));
        Assert.Equal(3 * 2 / Math.Pow(2, 30), axis.Flags[1].AdjustedPValue!.Value, 1e-15);
        Assert.StartsWith("Chose the left image 30 times and the right one 0 times", axis.Flags[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OneSource_ComparesAmongItsOwn()
    {
        var report = RaterQualityReport.Of([Axis.Flaws, Axis.Appeal], Answers("aaB", "abA"), VoteSource.Real);

        Assert.Equal([Axis.Appeal], report.Axes.Select(axis => axis.Axis)); // nobody answered on flaws
        Assert.Equal([0, 1], report.Axes[0].Raters.Select(rater => rater.Rater));
        Assert.Equal([2], RaterQualityReport.Of([Axis.Appeal], Answers("aaB"), VoteSource.Simulated).Axes[0].Raters.Select(rater => rater.Rater));
    }

    private static RaterQualityReport Of(params string[] lines) => RaterQualityReport.Of([Axis.Appeal], Answers(lines), VoteSource.Real);

    /// <summary>Answers written as in <see cref="Table.Of"/>; each takes a second longer than the one before.</summary>
    private static IEnumerable<RaterAnswer> Answers(params string[] lines) =>
        lines.SelectMany((line, i) => line.Select((letter, rater) => Answer(i, rater, letter, i + 1)));

    private static RaterAnswer Answer(long comparison, long rater, char letter, int position)
    {
        var vote = Table.Vote(comparison, rater, letter);
        return new RaterAnswer
        {
            ComparisonId = comparison,
            Axis = vote.Axis,
            RaterId = rater,
            Winner = vote.Winner,
            LeftIsB = vote.LeftIsB,
            Position = position,
            ResponseMs = 1000 * position,
            ReceivedAt = DateTimeOffset.UnixEpoch.AddSeconds(position),
            Simulated = vote.Simulated,
            Kind = PairKind.Item,
        };
    }

    private static IEnumerable<T> Each<T>(Func<long, T> of) => [of(0), of(1), of(2)];
}
