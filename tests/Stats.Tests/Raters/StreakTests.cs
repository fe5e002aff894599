namespace PixelPost.Stats.Tests;

public class StreakTests
{
    /// <summary>All sequences of up to 12 flips, counted.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(12)]
    public void Probability_EverySequence_IsItsShare(int flips)
    {
        for (var run = 0; run <= flips + 1; run++)
        {
            var with = Enumerable.Range(0, 1 << flips).Count(sequence => LongestRun(sequence, flips) >= run);
            Assert.Equal(with / (double)(1 << flips), Streak.Probability(run, flips), 1e-15);
        }
    }

    /// <summary>
    /// Sequences of ten flips without three heads in a row: 504, a tribonacci number, so 520/1024 have them; and so have runs of four
    /// of either side in eleven. Of six or more in 200: 0.965 (Schilling 1990).
    /// </summary>
    [Fact]
    public void Probability_KnownCounts_Match()
    {
        Assert.Equal(520 / 1024.0, Streak.Probability(4, 11), 1e-15);
        Assert.Equal(0.965, Streak.Probability(6, 200), 5e-4);
    }

    [Fact]
    public void Probability_WholeRunTheSame_IsExactHoweverSmall()
    {
        Assert.Equal(Math.ScaleB(1, -899), Streak.Probability(900, 900));
        Assert.Equal(0, Streak.Probability(4, 3));
        Assert.Equal(1, Streak.Probability(1, 1));
    }

    [Fact]
    public void ByRater_OrderOfAnswering_MakesTheRunAndTiesArePassedOver()
    {
        Outcome[] answers = [Outcome.A, Outcome.B, Outcome.B, Outcome.Tie, Outcome.B, Outcome.Reject, Outcome.A];
        var votes = answers.Select((outcome, i) => Vote(i, outcome, aOnLeft: true)).ToList();
        var streak = Streak.ByRater(votes.AsEnumerable().Reverse())[1];

        Assert.Equal((5, 3, Side.Right), (streak.Decided, streak.Longest, streak.Side!.Value));
        Assert.Equal(Streak.Probability(3, 5), streak.PValue);
    }

    /// <summary>Always left, whoever stands there: eight in a row.</summary>
    [Fact]
    public void ByRater_OneKeyAllAlong_IsOneRunWhateverTheSystem()
    {
        var votes = Enumerable.Range(0, 8).Select(i => Vote(i, i % 2 == 0 ? Outcome.A : Outcome.B, aOnLeft: i % 2 == 0)).ToList();
        var streak = Streak.ByRater(votes)[1];

        Assert.Equal((8, Side.Left), (streak.Longest, streak.Side!.Value));
        Assert.Equal(1 / 128.0, streak.PValue);
        Assert.Equal(streak, Streak.ByRater(votes.Select(SideBiasTests.Swap))[1]);
    }

    [Fact]
    public void ByRater_NoSideChosen_IsUndefinedAndSaysWhy()
    {
        var streak = Streak.ByRater([Vote(0, Outcome.Tie, aOnLeft: true)])[1];

        Assert.Equal(0, streak.Longest);
        Assert.Null(streak.Side);
        Assert.Null(streak.PValue);
        Assert.NotNull(streak.Reason);
    }

    [Fact]
    public void Arguments_OutsideTheirRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Streak.Probability(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Streak.Probability(1, -1));
    }

    private static RaterVote Vote(int order, Outcome outcome, bool aOnLeft) =>
        new() { Comparison = order, Rater = 1, Outcome = outcome, AOnLeft = aOnLeft, Order = order };

    private static int LongestRun(int sequence, int flips)
    {
        var (longest, run) = (0, 0);
        for (var i = 0; i < flips; i++)
        {
            run = i > 0 && ((sequence >> i) & 1) == ((sequence >> (i - 1)) & 1) ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
