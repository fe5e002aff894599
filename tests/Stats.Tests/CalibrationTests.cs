namespace PixelPost.Stats.Tests;

/// <summary>
/// Do 95 % intervals cover the truth about 95 % of the time? Simulated from known truths with a fixed seed. A band of ±1.5
/// points is three standard errors of 2,000 studies, ±2.5 of 700; small samples add what is said at each test.
/// </summary>
public class CalibrationTests
{
    private const int Seed = 20240917;

    /// <summary>60 decisions of independent prompts. Tango and t cover as promised at a moderate and at a tie-heavy truth.</summary>
    [Theory]
    [InlineData(0.35, 0.20)]
    [InlineData(0.15, 0.05)]
    public void NetWinRate_IndependentDecisions_CoversAsPromised(double winRate, double loseRate)
    {
        var random = new Random(Seed);
        var truth = winRate - loseRate;
        var (tango, student) = (0, 0);
        const int Studies = 2_000;
        for (var study = 0; study < Studies; study++)
        {
            var draws = Enumerable.Range(0, 60).Select(_ => random.NextDouble()).ToList();
            var (a, b) = (draws.Count(u => u < winRate), draws.Count(u => u > 1 - loseRate));
            var counts = new OutcomeCounts(a, b, 60 - a - b);
            tango += NetWinRate.Tango(counts).Interval!.Contains(truth) ? 1 : 0;
            student += NetWinRate.StudentT(counts).Interval!.Contains(truth) ? 1 : 0;
        }

        Assert.InRange((double)tango / Studies, 0.935, 0.965);
        Assert.InRange((double)student / Studies, 0.935, 0.965);
    }

    /// <summary>
    /// 60 prompts, 5 votes each, votes of a prompt alike: by prompt and by bootstrap the intervals cover, treating votes as
    /// independent they do not.
    /// </summary>
    [Fact]
    public void NetWinRate_VotesSharePrompts_ClusteredCoversAndNaiveDoesNot()
    {
        var random = new Random(Seed);
        var (clustered, percentile, bca, naive) = (0, 0, 0, 0);
        const int Studies = 700;
        for (var study = 0; study < Studies; study++)
        {
            // each vote copies its prompt's lean with probability 0.6, else is fair: net win rate 0
            var scores = new List<ClusteredScore>();
            for (var prompt = 0; prompt < 60; prompt++)
            {
                var lean = random.Next(-1, 2);
                for (var rater = 0; rater < 5; rater++)
                    scores.Add(new(prompt, 5 * prompt + rater, random.NextDouble() < 0.6 ? lean : random.Next(-1, 2)));
            }

            var bootstrap = PromptBootstrap.NetWinRate(scores, random, replicates: 1_000);
            clustered += Covers(ClusteredNetWinRate.Of(scores, Clustering.ByPrompt).Estimate);
            percentile += Covers(bootstrap.Percentile);
            bca += Covers(bootstrap.Bca);
            naive += Covers(NetWinRate.StudentT(new(
                scores.Count(score => score.Score == 1), scores.Count(score => score.Score == -1), scores.Count(score => score.Score == 0))));
        }

        Assert.InRange((double)clustered / Studies, 0.925, 0.975);
        Assert.InRange((double)percentile / Studies, 0.92, 0.97); // about half a point short with 60 clusters
        Assert.InRange((double)bca / Studies, 0.92, 0.97);
        Assert.InRange((double)naive / Studies, 0.5, 0.87);

        static int Covers(Estimate estimate) => estimate.Interval!.Contains(0) ? 1 : 0;
    }

    /// <summary>30 raters and 40 prompts, both with leanings of their own: only the two-way interval allows for both.</summary>
    [Fact]
    public void NetWinRate_VotesSharePromptsAndRaters_TwoWayCoversAndOneWayDoesNot()
    {
        var random = new Random(Seed);
        var (twoWay, byPrompt) = (0, 0);
        const int Studies = 700;
        for (var study = 0; study < Studies; study++)
        {
            var raterLeans = Enumerable.Range(0, 30).Select(_ => random.Next(-1, 2)).ToArray();
            var scores = new List<ClusteredScore>();
            for (var prompt = 0; prompt < 40; prompt++)
            {
                var lean = random.Next(-1, 2);
                for (var vote = 0; vote < 5; vote++)
                {
                    var rater = (prompt * 5 + vote) % 30;
                    var u = random.NextDouble();
                    scores.Add(new(prompt, rater, u < 0.3 ? lean : u < 0.8 ? raterLeans[rater] : random.Next(-1, 2)));
                }
            }

            twoWay += ClusteredNetWinRate.Of(scores, Clustering.TwoWay).Estimate.Interval!.Contains(0) ? 1 : 0;
            byPrompt += ClusteredNetWinRate.Of(scores, Clustering.ByPrompt).Estimate.Interval!.Contains(0) ? 1 : 0;
        }

        Assert.InRange((double)twoWay / Studies, 0.92, 0.975);
        Assert.True((double)byPrompt / Studies < 0.87);
    }

    /// <summary>
    /// 80 units, 5 raters who see the truth (one of three categories) with probability 0.8 and guess otherwise: two raters agree
    /// beyond chance with probability 0.8², which is alpha, and with three equal categories AC1.
    /// </summary>
    [Fact]
    public void Agreement_RatersWhoGuessAFifthOfTheTime_IntervalsCoverTheTrueValue()
    {
        const double Truth = 0.64;
        var random = new Random(Seed);
        var (alpha, ac1) = (0, 0);
        const int Studies = 300;
        for (var study = 0; study < Studies; study++)
        {
            var ratings = new List<(long, int)>();
            for (var unit = 0; unit < 80; unit++)
            {
                var seen = random.Next(3);
                for (var rater = 0; rater < 5; rater++)
                    ratings.Add((unit, random.NextDouble() < 0.8 ? seen : random.Next(3)));
            }

            var table = new RatingTable(3, ratings);
            alpha += KrippendorffAlpha.Nominal(table, random, replicates: 1_000).Interval!.Contains(Truth) ? 1 : 0;
            ac1 += GwetAc1.Of(table, random, replicates: 1_000).Interval!.Contains(Truth) ? 1 : 0;
        }

        // three standard errors of 300 studies are 3.8 points, and percentiles are about half a point short with 80 units
        Assert.InRange((double)alpha / Studies, 0.905, 0.985);
        Assert.InRange((double)ac1 / Studies, 0.905, 0.985);
    }
}
