namespace PixelPost.Stats.Tests;

public class AlignmentRatesTests
{
    private const double Tolerance = 1e-12;

    private static readonly PromptAnswers[] Answers = [new(3, 4, 2, 4), new(1, 4, 4, 5), new(2, 3, 2, 4), new(4, 4, 3, 4), new(0, 0, 1, 2)];

    /// <summary>
    /// By hand: A 10/15, B 12/19; residuals per prompt (3 − 8/3)/15 − (2 − 48/19)/19 and so on, times 5/4.
    /// </summary>
    [Fact]
    public void Compare_UnequalNumbers_MatchesTheHandCalculation()
    {
        double[] residuals =
        [
            (3 - 8.0 / 3) / 15 - (2 - 48.0 / 19) / 19,
            (1 - 8.0 / 3) / 15 - (4 - 60.0 / 19) / 19,
            (2 - 2.0) / 15 - (2 - 48.0 / 19) / 19,
            (4 - 8.0 / 3) / 15 - (3 - 48.0 / 19) / 19,
            0 - (1 - 24.0 / 19) / 19,
        ];
        var result = AlignmentRates.Compare(Answers);

        Assert.Equal(10 / 15.0, result.RateA!.Value, Tolerance);
        Assert.Equal(12 / 19.0, result.RateB!.Value, Tolerance);
        Assert.Equal(10 / 15.0 - 12 / 19.0, result.Difference.Value!.Value, Tolerance);
        Assert.Equal(Math.Sqrt(residuals.Sum(residual => residual * residual) * 5 / 4), result.Difference.StandardError!.Value, Tolerance);
        Assert.Equal(5, result.Prompts);
    }

    /// <summary>The yes-rate of A against nothing but no of B has the standard error of a net win rate of the same votes.</summary>
    [Fact]
    public void Compare_OneSystemAlwaysNo_EqualsTheClusteredNetWinRate()
    {
        var scores = VotesFile.Scores("flaws").Where(score => score.Score >= 0).ToList();
        var answers = scores.GroupBy(score => score.Prompt)
            .Select(prompt => new PromptAnswers(prompt.Sum(score => score.Score), prompt.Count(), 0, prompt.Count())).ToList();
        var (result, clustered) = (AlignmentRates.Compare(answers), ClusteredNetWinRate.Of(scores, Clustering.ByPrompt));

        Assert.Equal(clustered.Estimate.StandardError!.Value, result.Difference.StandardError!.Value, Tolerance);
        Assert.Equal(clustered.PValue!.Value, result.PValue!.Value, Tolerance);
    }

    /// <summary>By hand: 10 of 15, residuals per prompt (3 − 8/3)/15 and so on, times 4/3.</summary>
    [Fact]
    public void Of_UnequalNumbers_MatchesTheHandCalculation()
    {
        double[] residuals = [(3 - 8.0 / 3) / 15, (1 - 8.0 / 3) / 15, (2 - 2.0) / 15, (4 - 8.0 / 3) / 15];

        var rate = AlignmentRates.Of([.. Answers.Select(answer => (answer.YesA, answer.TotalA))]);

        Assert.Equal(10 / 15.0, rate.Value!.Value, Tolerance);
        Assert.Equal(Math.Sqrt(residuals.Sum(residual => residual * residual) * 4 / 3), rate.StandardError!.Value, Tolerance);
    }

    /// <summary>A yes is a win and a no a loss: a rate is half of a net win rate and a half, and so is its interval half as wide.</summary>
    [Fact]
    public void Of_Votes_EqualsTheClusteredNetWinRate()
    {
        var scores = VotesFile.Scores("flaws").Where(score => score.Score != 0).ToList();
        var rate = AlignmentRates.Of([.. scores.GroupBy(score => score.Prompt).Select(prompt => (prompt.Count(score => score.Score > 0), prompt.Count()))]);
        var net = ClusteredNetWinRate.Of(scores, Clustering.ByPrompt).Estimate;

        Expect.Interval([(1 + net.Interval!.Lower) / 2, (1 + net.Interval.Upper) / 2], rate, Tolerance);
        Assert.Equal(net.StandardError!.Value / 2, rate.StandardError!.Value, Tolerance);
    }

    [Theory]
    [InlineData(new int[0], null)]
    [InlineData(new[] { 3, 4 }, 0.75)]
    [InlineData(new[] { 4, 4, 2, 2 }, 1.0)]
    public void Of_TooLittle_HasNoIntervalAndSaysWhy(int[] yesAndTotal, double? value)
    {
        var rate = AlignmentRates.Of([.. yesAndTotal.Chunk(2).Select(prompt => (prompt[0], prompt[1]))]);

        Assert.Equal(value, rate.Value);
        Assert.Null(rate.Interval);
        Assert.NotNull(rate.Reason);
    }

    [Fact]
    public void Compare_SwappedAndReordered_OnlyTheSignChanges()
    {
        var result = AlignmentRates.Compare(Answers);
        var swapped = AlignmentRates.Compare(
            [.. Answers.Reverse().Select(answer => new PromptAnswers(answer.YesB, answer.TotalB, answer.YesA, answer.TotalA))]);

        Expect.Interval([-result.Difference.Interval!.Upper, -result.Difference.Interval.Lower], swapped.Difference, Tolerance);
        Assert.Equal(result.PValue!.Value, swapped.PValue!.Value, Tolerance);
    }

    /// <summary>Every answer twice is no more evidence, and a prompt without answers none at all.</summary>
    [Fact]
    public void Compare_AnswersTwiceOrNone_KeepsTheInterval()
    {
        var result = AlignmentRates.Compare(Answers);
        var twice = AlignmentRates.Compare(
            [.. Answers.Select(answer => new PromptAnswers(2 * answer.YesA, 2 * answer.TotalA, 2 * answer.YesB, 2 * answer.TotalB)), default]);

        Expect.Interval([result.Difference.Interval!.Lower, result.Difference.Interval.Upper], twice.Difference, Tolerance);
        Assert.Equal(5, twice.Prompts);
    }

    /// <summary>60 prompts of differing difficulty, 5 answers per system: the 95 % interval covers, the one that ignores prompts is wide.</summary>
    [Fact]
    public void Compare_PromptsOfDifferingDifficulty_CoversAsPromised()
    {
        var random = new Random(20240917);
        var covered = 0;
        const int Studies = 1_000;
        for (var study = 0; study < Studies; study++)
        {
            var answers = Enumerable.Range(0, 60).Select(_ =>
            {
                var ease = random.NextDouble() * 0.8;
                return new PromptAnswers(Yes(ease + 0.1), 5, Yes(ease), 5);
            }).ToList();
            covered += AlignmentRates.Compare(answers).Difference.Interval!.Contains(0.1) ? 1 : 0;
        }

        Assert.InRange((double)covered / Studies, 0.93, 0.97); // three standard errors are 2 points

        int Yes(double rate) => Enumerable.Range(0, 5).Count(_ => random.NextDouble() < rate);
    }

    [Fact]
    public void Compare_NothingToCompare_IsUndefinedWithReason()
    {
        Expect.Undefined(AlignmentRates.Compare([]).Difference);
        Expect.Undefined(AlignmentRates.Compare([new(1, 2, 0, 0), new(2, 2, 0, 0)]).Difference);

        foreach (var answers in new PromptAnswers[][] { [new(1, 2, 0, 2)], [new(1, 3, 0, 3), new(1, 3, 0, 3)] })
        {
            var result = AlignmentRates.Compare(answers);
            Assert.NotNull(result.Difference.Value);
            Expect.Interval(null, result.Difference, 0);
            Assert.Null(result.PValue);
        }
    }

    [Theory]
    [InlineData(3, 2, 0, 1)]
    [InlineData(0, 1, 2, 1)]
    [InlineData(-1, 1, 0, 1)]
    public void PromptAnswers_CountNotWithinTotal_Throws(int yesA, int totalA, int yesB, int totalB)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PromptAnswers(yesA, totalA, yesB, totalB));
    }
}
