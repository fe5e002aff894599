using MathNet.Numerics.Distributions;

namespace PixelPost.Stats.Tests;

/// <summary>Draws against the probabilities of their distribution: χ² with a fixed seed, far from its critical value.</summary>
public sealed class KindDrawsTests
{
    private const int Draws = 20_000;

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(12, 0.5)]
    [InlineData(40, 0.02)]
    [InlineData(40, 0.9)]
    [InlineData(1_000, 0.01)]   // the border of the two algorithms
    [InlineData(1_000, 0.25)]
    [InlineData(200_000, 0.6)]
    public void BinomialNext_ManyDraws_FollowTheDistribution(int trials, double probability)
    {
        var random = new Random(1);

        var draws = Enumerable.Range(0, Draws).Select(_ => BinomialDraws.Next(random, trials, probability)).ToList();

        Assert.All(draws, draw => Assert.InRange(draw, 0, trials));
        Expect(draws, draw => Binomial.CDF(probability, trials, draw), new Binomial(probability, trials));
    }

    [Theory]
    [InlineData(0, 0.5, 0)]
    [InlineData(7, 0.0, 0)]
    [InlineData(7, 1.0, 7)]
    [InlineData(1_000_000, 1.0, 1_000_000)]
    public void BinomialNext_WhatIsCertain_Comes(int trials, double probability, int expected) =>
        Assert.Equal(expected, BinomialDraws.Next(new Random(1), trials, probability));

    /// <summary>Few kinds are drawn by binomials, many case by case; either way each kind's number is binomial.</summary>
    [Theory]
    [InlineData(2, 60)]
    [InlineData(3, 7)]
    public void Draw_KindsOfCases_ComeAsCasesDrawnOneByOneWould(int kinds, int casesPerKind)
    {
        var kindOf = Enumerable.Range(0, kinds).SelectMany(kind => Enumerable.Repeat(kind, casesPerKind + kind)).ToArray();
        var draws = new KindDraws(kindOf, kinds);
        var random = new Random(2);

        var drawn = Enumerable.Range(0, Draws).Select(_ => draws.Draw(random).ToArray()).ToList();

        Assert.All(drawn, times => Assert.Equal(kindOf.Length, times.Sum()));
        for (var kind = 0; kind < kinds; kind++)
        {
            var share = (casesPerKind + kind) / (double)kindOf.Length;
            Expect([.. drawn.Select(times => times[kind])], times => Binomial.CDF(share, kindOf.Length, times), new Binomial(share, kindOf.Length));
        }
    }

    [Fact]
    public void Group_EqualCases_AreOfOneKind()
    {
        var (kindOf, kinds) = KindDraws.Group(["b", "a", "b", "c", "a"]);

        Assert.Equal([0, 1, 0, 2, 1], kindOf);
        Assert.Equal(["b", "a", "c"], kinds);
    }

    /// <summary>χ² over about twenty classes of equal probability; beyond 60 a right sampler comes once in a million tests.</summary>
    private static void Expect(List<int> draws, Func<double, double> cumulative, Binomial distribution)
    {
        var bounds = Enumerable.Range(1, 19).Select(i => (int)Math.Round(distribution.Mean + distribution.StdDev * Normal.InvCDF(0, 1, i / 20.0)))
            .Where(bound => bound >= 0 && bound < distribution.N).Distinct().ToList();
        var (statistic, below, countBelow) = (0.0, 0.0, 0);
        foreach (var bound in bounds.Append(distribution.N))
        {
            var (up, countUp) = (bound == distribution.N ? 1 : cumulative(bound), draws.Count(draw => draw <= bound));
            var expected = (up - below) * draws.Count;
            if (expected < 5)
                continue;
            statistic += Math.Pow(countUp - countBelow - expected, 2) / expected;
            (below, countBelow) = (up, countUp);
        }

        Assert.InRange(statistic, 0, 60);
    }
}
