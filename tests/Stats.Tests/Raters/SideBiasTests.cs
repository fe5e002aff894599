namespace PixelPost.Stats.Tests;

public class SideBiasTests
{
    private const string File = "ab_votes_expected.json";
    private const double Tolerance = 1e-9;

    /// <summary>The cases of the file that hold a side bias.</summary>
    public static TheoryData<string> Axes =>
        [.. GoldenFile.Cases(File).Select(row => (string)row[1]).Where(id => GoldenFile.Case(File, id).Expected.TryGetProperty("side_bias", out _))];

    [Theory, MemberData(nameof(Axes))]
    public void EveryFigure_GoldenVotes_Matches(string id)
    {
        var (input, expected) = GoldenFile.Case(File, id);
        var votes = RaterVotesFile.Read(input.GetProperty("file").GetString()!, input.GetProperty("column").GetString()!);
        var bias = expected.GetProperty("side_bias");
        var (test, balance) = (SideBias.Of(votes), SideBias.Balance(votes));

        Assert.Equal(bias.GetProperty("left_wins").GetInt32(), test.LeftWins);
        Assert.Equal(bias.GetProperty("right_wins").GetInt32(), test.RightWins);
        Expect.Value(bias.Number("left_share"), test.LeftShare, Tolerance);
        Expect.PValue(bias.Number("exact_binomial_p"), test.PValue, test.Reason, 1e-8);
        Assert.Equal(bias.Number("net_a_left")!.Value, balance.AOnLeft!.Value, Tolerance);
        Assert.Equal(bias.Number("net_a_right")!.Value, balance.AOnRight!.Value, Tolerance);
        Assert.Equal(expected.Number("net_win_rate_side_balanced")!.Value, balance.Balanced!.Value, Tolerance);
    }

    [Theory, MemberData(nameof(Axes))]
    public void ByRater_GoldenVotes_AddsUpToAll(string id)
    {
        var votes = RaterVotesFile.Read("ab_votes.csv", id);
        var (all, raters) = (SideBias.Of(votes), SideBias.ByRater(votes));

        Assert.Equal(all.LeftWins, raters.Values.Sum(rater => rater.LeftWins));
        Assert.Equal(all.RightWins, raters.Values.Sum(rater => rater.RightWins));
        foreach (var (rater, test) in raters)
            Assert.Equal(SideBias.Of(votes.Where(vote => vote.Rater == rater)), test);
    }

    [Fact]
    public void EveryFigure_SwappedSystems_KeepsTheBiasAndTurnsTheNetWinRate()
    {
        var votes = RaterVotesFile.Read("ab_votes.csv", "appeal");
        RaterVote[] swapped = [.. votes.Select(Swap)];

        Assert.Equal(SideBias.Of(votes), SideBias.Of(swapped));
        Assert.Equal(-SideBias.Balance(votes).AOnLeft!.Value, SideBias.Balance(swapped).AOnRight!.Value, Tolerance);
        Assert.Equal(-SideBias.Balance(votes).Balanced!.Value, SideBias.Balance(swapped).Balanced!.Value, Tolerance);
    }

    [Fact]
    public void EveryFigure_SwappedSides_TurnsTheBias()
    {
        var votes = RaterVotesFile.Read("ab_votes.csv", "appeal");
        var (test, swapped) = (SideBias.Of(votes), SideBias.Of(votes.Select(vote => vote with { AOnLeft = !vote.AOnLeft })));

        Assert.Equal((test.LeftWins, test.RightWins), (swapped.RightWins, swapped.LeftWins));
        Assert.Equal(test.PValue, swapped.PValue);
    }

    [Fact]
    public void EveryFigure_TiesGoldAndRepeats_StandApart()
    {
        var vote = new RaterVote { Comparison = 1, Rater = 1, Outcome = Outcome.Tie, AOnLeft = true };
        RaterVote[] votes =
        [
            vote,
            vote with { Comparison = 2, Outcome = Outcome.Reject },
            vote with { Comparison = 3, Outcome = Outcome.A, Gold = Outcome.A },
            vote with { Comparison = 4, Outcome = Outcome.A, RepeatOf = 1 },
        ];
        var test = SideBias.Of(votes);

        Assert.Equal((0, 0), (test.LeftWins, test.RightWins));
        Assert.Null(test.PValue);
        Assert.NotNull(test.Reason);
        Expect.Undefined(test.LeftShare);
        Assert.Equal(0, SideBias.Balance(votes).AOnLeft);
        Assert.Null(SideBias.Balance(votes).Balanced);
        Assert.NotNull(SideBias.Balance(votes).Reason);
    }

    /// <summary>
    /// A's net win rate is 0.2, standing left adds 0.1, right takes it off, and A stood left 300 times in 400: the plain rate is 0.25.
    /// </summary>
    [Fact]
    public void Balance_BiasThatAddsToTheSide_IsTakenOut()
    {
        RaterVote[] votes = [.. Votes(true, a: 160, b: 70, tie: 70), .. Votes(false, a: 40, b: 30, tie: 30)];

        Assert.Equal(0.25, NetWinRate.Tango(OutcomeCounts.OfVotes(votes.Select(vote => vote.Outcome))).Value!.Value, Tolerance);
        Assert.Equal(0.2, SideBias.Balance(votes).Balanced!.Value, Tolerance);

        static IEnumerable<RaterVote> Votes(bool aOnLeft, int a, int b, int tie) =>
            Enumerable.Repeat(Outcome.A, a).Concat(Enumerable.Repeat(Outcome.B, b)).Concat(Enumerable.Repeat(Outcome.Tie, tie))
                .Select(outcome => new RaterVote { Comparison = 1, Rater = 1, Outcome = outcome, AOnLeft = aOnLeft });
    }

    internal static RaterVote Swap(RaterVote vote) => vote with { Outcome = Swap(vote.Outcome), AOnLeft = !vote.AOnLeft };

    private static Outcome Swap(Outcome outcome) => outcome switch { Outcome.A => Outcome.B, Outcome.B => Outcome.A, _ => outcome };
}
