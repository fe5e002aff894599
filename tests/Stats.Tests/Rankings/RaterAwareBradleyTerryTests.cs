namespace PixelPost.Stats.Tests;

public class RaterAwareBradleyTerryTests
{
    private const int Seed = 20240917;
    private static readonly double[] Truth = [1.5, 0.9, 0.4, -0.1, -0.9, -1.8];

    [Theory]
    [InlineData(TieTreatment.Half)]
    [InlineData(TieTreatment.Dropped)]
    public void LogLikelihood_AnyPoint_GradientMatchesItsDifferences(TieTreatment ties)
    {
        var votes = new PairVotes(8, RankingData.ClusteredVotes());
        var random = new Random(Seed);
        double[] at = [2.2, 0.7, .. Enumerable.Range(0, 8).Select(_ => 2 * random.NextDouble() - 1)];
        var gradient = At(at);
        double[] slopes = [gradient.ByA, gradient.ByB, .. gradient.ByLogStrength];

        for (var i = 0; i < at.Length; i++)
            Assert.Equal(Slope(at, i, values => At(values).Value), slopes[i], 1e-4);

        RaterAwareLikelihood At(double[] values) => RaterAwareBradleyTerry.LogLikelihood(
            votes, values[2..], (values[0], values[1]), virtualLogStrength: 0.3, ties, new RaterAssumptions(2, 0.7));
    }

    /// <summary>One rater, one vote: the integral of η p + (1 − η)(1 − p) over a uniform η is ½, whatever p is.</summary>
    [Fact]
    public void LogLikelihood_OneVoteOfAnyRater_IsOneHalf()
    {
        var votes = new PairVotes(2, [new(0, 1, PairOutcome.Left)]);
        var few = new RaterAssumptions(1e-12, 1e-12);

        Assert.Equal(Math.Log(0.5), RaterAwareBradleyTerry.LogLikelihood(votes, [2, -1], (1, 1), assumptions: few).Value, 1e-9);
        var expected = Math.Log(0.75 / (1 + Math.Exp(-3)) + 0.25 / (1 + Math.Exp(3))); // Beta(3, 1) has mean ¾
        Assert.Equal(expected, RaterAwareBradleyTerry.LogLikelihood(votes, [2, -1], (3, 1), assumptions: few).Value, 3e-4); // on a grid of 48 cells
    }

    /// <summary>The standard errors come from second derivatives by a formula; here from differences of the gradient.</summary>
    [Fact]
    public void Fit_GoldenVotes_IsAMaximumWithTheCurvatureItReports()
    {
        var votes = new PairVotes(8, RankingData.ClusteredVotes());
        var fit = RaterAwareBradleyTerry.Fit(votes);
        double[] at = [fit.Population!.Value.A, fit.Population.Value.B, .. fit.LogStrengths!.Select(strength => strength.Value!.Value)];
        var gradient = Gradient(at);

        Assert.Equal(0, at.Skip(2).Sum(), 1e-9);
        Assert.Equal(fit.LogLikelihood!.Value, RaterAwareBradleyTerry.LogLikelihood(votes, at[2..], (at[0], at[1]), fit.VirtualLogStrength!.Value).Value, 1e-8);
        Assert.All(gradient, slope => Assert.Equal(0, slope, 1e-5));
        var information = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(
            10, 10, (row, column) => -Slope(at, column, values => Gradient(values)[row]));
        var covariance = information.Inverse();
        for (var system = 0; system < 8; system++)
        {
            var contrast = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(10, i => i < 2 ? 0 : (i - 2 == system ? 1 : 0) - 1 / 8.0);
            Assert.Equal(Math.Sqrt(contrast * covariance * contrast), fit.LogStrengths![system].StandardError!.Value, 1e-4);
        }

        double[] Gradient(double[] values)
        {
            var slopes = RaterAwareBradleyTerry.LogLikelihood(votes, values[2..], (values[0], values[1]), fit.VirtualLogStrength!.Value);
            return [slopes.ByA, slopes.ByB, .. slopes.ByLogStrength];
        }
    }

    /// <summary>
    /// Raters drawn from a population: reliabilities recovered within their intervals, and strengths as far off as their errors say.
    /// </summary>
    [Fact]
    public void Fit_SimulatedRaters_RecoversReliabilitiesAndStrengthsWithinTheirErrors()
    {
        var random = new Random(Seed);
        const int Studies = 30;
        var (strengthSquares, reliabilitySquares, covered) = (0.0, 0.0, 0);
        for (var study = 0; study < Studies; study++)
        {
            var (votes, reliabilities) = Simulate(random, raters: 40, votesPerRater: 60, _ => Math.Sqrt(random.NextDouble()) * 0.7 + 0.3);
            var fit = RaterAwareBradleyTerry.Fit(votes, TieTreatment.Dropped);
            strengthSquares += fit.LogStrengths!.Select((strength, system) => Square(strength, Truth[system])).Average() / Studies;
            reliabilitySquares += fit.Raters!.Average(rater => Square(rater.Reliability, reliabilities[(int)rater.Rater])) / Studies;
            covered += fit.Raters!.Count(rater => rater.Reliability.Interval!.Contains(reliabilities[(int)rater.Rater]));
        }

        Assert.InRange(strengthSquares, 0.6, 1.5);
        Assert.InRange(reliabilitySquares, 0.85, 1.25);
        Assert.InRange(covered / (40.0 * Studies), 0.92, 0.97);

        static double Square(Estimate estimate, double truth) => Math.Pow((estimate.Value!.Value - truth) / estimate.StandardError!.Value, 2);
    }

    [Fact]
    public void Fit_KindsOfRaters_AreToldApart()
    {
        double[] kinds = [0.95, 0.7, 0.5, 0.1];
        var (votes, _) = Simulate(new Random(Seed), raters: 40, votesPerRater: 400, rater => kinds[rater % kinds.Length]);
        var fit = RaterAwareBradleyTerry.Fit(votes, TieTreatment.Dropped);

        foreach (var kind in fit.Raters!.GroupBy(rater => kinds[rater.Rater % kinds.Length]))
        {
            Assert.Equal(kind.Key, kind.Average(rater => rater.Reliability.Value!.Value), 0.05);
            Assert.All(kind, rater => Assert.Equal(400, rater.Votes));
            Assert.All(kind, rater => Assert.Equal(kind.Key, rater.Reliability.Value!.Value, 5 * rater.Reliability.StandardError!.Value));
        }
    }

    /// <summary>A third of the raters click at random: plain Bradley-Terry pulls the strengths together, this does not.</summary>
    [Fact]
    public void Fit_RandomClickers_KeepsTheSpreadThatPlainBradleyTerryLoses()
    {
        var (votes, _) = Simulate(new Random(Seed), raters: 45, votesPerRater: 120, rater => rater % 3 == 0 ? 0.5 : 0.97);
        var plain = BradleyTerry.Fit(votes.Table, new(TieTreatment.Dropped)).LogStrengths!;
        var aware = RaterAwareBradleyTerry.Fit(votes, TieTreatment.Dropped);

        Assert.True(plain[0] - plain[^1] < 0.75 * (Truth[0] - Truth[^1]));
        Assert.Equal(Truth[0] - Truth[^1], aware.LogStrengths![0].Value!.Value - aware.LogStrengths[^1].Value!.Value, 0.5);
        Assert.True(aware.Raters!.Where(rater => rater.Rater % 3 == 0).Max(rater => rater.Reliability.Value)
            < aware.Raters!.Where(rater => rater.Rater % 3 != 0).Min(rater => rater.Reliability.Value));
    }

    [Fact]
    public void Fit_SystemsRelabelledSidesSwappedVotesShuffled_SameFit()
    {
        int[] to = [3, 0, 4, 2, 1, 7, 6, 5];
        var votes = RankingData.ClusteredVotes().ToArray();
        var changed = votes.Select(vote => new PairVote(
            to[vote.Right], to[vote.Left], (PairOutcome)(2 - (int)vote.Outcome), vote.Prompt, 1000 - vote.Rater)).ToArray();
        new Random(Seed).Shuffle(changed);
        var (plain, permuted) = (RaterAwareBradleyTerry.Fit(new PairVotes(8, votes)), RaterAwareBradleyTerry.Fit(new PairVotes(8, changed)));

        for (var system = 0; system < 8; system++)
        {
            Assert.Equal(plain.LogStrengths![system].Value!.Value, permuted.LogStrengths![to[system]].Value!.Value, 1e-6);
            Assert.Equal(plain.LogStrengths[system].StandardError!.Value, permuted.LogStrengths[to[system]].StandardError!.Value, 1e-6);
        }

        var byRater = permuted.Raters!.ToDictionary(rater => rater.Rater);
        foreach (var rater in plain.Raters!)
        {
            Assert.Equal(rater.Votes, byRater[1000 - rater.Rater].Votes);
            Assert.Equal(rater.Reliability.Value!.Value, byRater[1000 - rater.Rater].Reliability.Value!.Value, 1e-6);
        }
    }

    /// <summary>Raters of whom all answer by true preference: what is left is Bradley-Terry.</summary>
    [Fact]
    public void Fit_ReliableRaters_IsNearBradleyTerry()
    {
        var (votes, _) = Simulate(new Random(Seed), raters: 50, votesPerRater: 200, _ => 1);
        var plain = BradleyTerry.Fit(votes.Table, new(TieTreatment.Dropped)).LogStrengths!;
        var aware = RaterAwareBradleyTerry.Fit(votes, TieTreatment.Dropped);

        Assert.All(aware.Raters!, rater => Assert.True(rater.Reliability.Value > 0.9));
        Assert.Equal(plain, aware.LogStrengths!.Select(strength => strength.Value!.Value), (a, b) => Math.Abs(a - b) < 0.2); // less sure of raters, it spreads them somewhat more
    }

    [Fact]
    public void Fit_SystemsNeverCompared_IsUndefinedWithReason()
    {
        var fit = RaterAwareBradleyTerry.Fit(new PairVotes(3, [new(0, 1, PairOutcome.Left)]));

        Assert.Null(fit.LogStrengths);
        Assert.Null(fit.Raters);
        Assert.Contains("no common scale", fit.Reason);
    }

    [Fact]
    public void Fit_SystemThatNeverLost_IsFiniteByThePrior()
    {
        var fit = RaterAwareBradleyTerry.Fit(new PairVotes(2, Enumerable.Range(0, 10).Select(i => new PairVote(0, 1, PairOutcome.Left, i, i % 2))));

        Assert.InRange(fit.LogStrengths![0].Value!.Value, 0.5, 5);
    }

    [Fact]
    public void Fit_WrongArguments_Throw()
    {
        var votes = new PairVotes(2, [new(0, 1, PairOutcome.Tie)]);

        Assert.Throws<ArgumentException>(() => RaterAwareBradleyTerry.Fit(votes, TieTreatment.Davidson));
        Assert.Throws<ArgumentOutOfRangeException>(() => RaterAwareBradleyTerry.Fit(votes, assumptions: new RaterAssumptions(VirtualVotes: 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => RaterAwareBradleyTerry.Fit(votes, level: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RaterAwareBradleyTerry.Fit(votes, assumptions: new RaterAssumptions(UniformRaters: double.NaN)));
        Assert.Throws<ArgumentException>(() => RaterAwareBradleyTerry.LogLikelihood(votes, [0], (1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => RaterAwareBradleyTerry.LogLikelihood(votes, [0, 0], (1, 0)));
    }

    private static double Slope(double[] at, int index, Func<double[], double> function)
    {
        const double Step = 1e-5;
        double[] above = [.. at], below = [.. at];
        above[index] += Step;
        below[index] -= Step;
        return (function(above) - function(below)) / (2 * Step);
    }

    private static (PairVotes Votes, double[] Reliabilities) Simulate(Random random, int raters, int votesPerRater, Func<int, double> reliabilityOf)
    {
        List<PairVote> votes = [];
        double[] reliabilities = [.. Enumerable.Range(0, raters).Select(reliabilityOf)];
        for (var rater = 0; rater < raters; rater++)
        {
            foreach (var vote in RankingData.Simulate(random, new(TieTreatment.Dropped), Truth, votesPerRater))
            {
                var outcome = random.NextDouble() < reliabilities[rater] ? vote.Outcome : (PairOutcome)(2 - (int)vote.Outcome);
                votes.Add(new PairVote(vote.Left, vote.Right, outcome, 0, rater));
            }
        }

        return (new PairVotes(Truth.Length, votes), reliabilities);
    }
}
