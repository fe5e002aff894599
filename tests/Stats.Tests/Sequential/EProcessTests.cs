using MathNet.Numerics;

namespace PixelPost.Stats.Tests;

public class EProcessTests
{
    private const double Tolerance = 1e-8;
    private const int Seed = 20240917;

    private static readonly Func<EProcess>[] Kinds =
        [() => new BetaBinomialEProcess(), () => new BetaBinomialEProcess(prior: 1), () => new NormalMixtureEProcess()];

    public static TheoryData<string, string> Cases => GoldenFile.Cases("sequential.json");

    [Theory, MemberData(nameof(Cases))]
    public void EveryKind_GoldenScores_MatchesConfseq(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var normalMixture = expected.GetProperty("normal_mixture");
        var scores = input.Numbers("scores")!;
        (string Name, EProcess Process)[] kinds =
        [
            ("beta_binomial_jeffreys", new BetaBinomialEProcess(0.5)),
            ("beta_binomial_uniform", new BetaBinomialEProcess(1)),
            ("msprt_normal", new NormalMixtureEProcess(input.Number("alpha")!.Value, normalMixture.Number("v_opt")!.Value)),
        ];

        foreach (var (name, process) in kinds)
        {
            var (logs, pValues) = (expected.Numbers($"log_e_{name}")!, expected.Numbers($"always_valid_p_{name}")!);
            foreach (var (i, at) in expected.Numbers("at")!.Index())
            {
                process.AddAll(scores[process.Count..(int)at]);
                Assert.Equal(logs[i], process.LogValue, Tolerance);
                Assert.Equal(pValues[i], process.PValue, Tolerance);
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void BetaBinomial_GoldenScores_ReachesTwentyAtTheSameVote(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var process = new BetaBinomialEProcess(0.5);
        int? reached = null;
        foreach (var score in input.Numbers("scores")!)
        {
            process.Add(score);
            if (process.PValue <= 1 / 20.0)
                reached ??= process.Count;
        }

        var first = expected.GetProperty("first_vote_with_beta_binomial_jeffreys_e_at_least_20");
        Assert.Equal(first.ValueKind == System.Text.Json.JsonValueKind.Null ? null : first.GetInt32(), reached);
    }

    /// <summary>Step by step or at once: the closed form with the beta function, for counts where it still has its digits.</summary>
    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(7, 0, 0.5)]
    [InlineData(130, 90, 1)]
    [InlineData(20, 44, 12.5)]
    public void BetaBinomial_AnyCounts_EqualsTheClosedForm(int wins, int losses, double prior)
    {
        var process = new BetaBinomialEProcess(prior);
        process.AddAll([.. Enumerable.Repeat(1.0, wins), .. Enumerable.Repeat(0.0, 3), .. Enumerable.Repeat(-1.0, losses)]);

        var closed = SpecialFunctions.BetaLn(wins + prior, losses + prior) - SpecialFunctions.BetaLn(prior, prior)
            + (wins + losses) * Math.Log(2);
        Assert.Equal(closed, process.LogValue, 1e-9);
    }

    /// <summary>Only the numbers of wins and losses matter to e itself, not the order or who is A.</summary>
    [Fact]
    public void EveryKind_ReorderedOrSwapped_EndsAtTheSameValue()
    {
        var scores = ConfidenceSequenceTests.Scores(new Random(Seed), 200, 0.5, 0.3).ToList();
        foreach (var create in Kinds)
        {
            var (process, reversed, swapped) = (create(), create(), create());
            process.AddAll(scores);
            reversed.AddAll(Enumerable.Reverse(scores));
            swapped.AddAll(scores.Select(score => -score));
            Assert.Equal(process.LogValue, reversed.LogValue, 1e-9);
            Assert.Equal(process.LogValue, swapped.LogValue, 1e-9);
            Assert.Equal(process.PValue, swapped.PValue, 1e-12);
        }
    }

    /// <summary>The test and the interval are two sides of one: p ≤ 0.05 at this score exactly when the interval excludes 0.</summary>
    [Fact]
    public void NormalMixture_AnyScores_AgreesWithTheConfidenceSequence()
    {
        var (process, sequence) = (new NormalMixtureEProcess(), new NormalMixtureSequence());
        foreach (var score in ConfidenceSequenceTests.Scores(new Random(Seed), 800, 0.5, 0.25))
        {
            process.Add(score);
            sequence.Add(score);
            Assert.Equal(process.LogValue >= Math.Log(20), !sequence.Current.Interval!.Contains(0));
        }

        Assert.True(process.PValue < 0.05);
    }

    /// <summary>
    /// 400 studies of 600 scores without a difference, looked at after every one: a claim at any time in 5 % at most, where the sign test
    /// makes one in far more.
    /// </summary>
    [Fact]
    public void EveryKind_LookedAtAfterEveryScore_RarelyClaimsADifferenceThatIsNone()
    {
        const int Studies = 400;
        var random = new Random(Seed);
        var (claims, fixedClaims) = (new int[Kinds.Length], 0);
        for (var study = 0; study < Studies; study++)
        {
            var scores = ConfidenceSequenceTests.Scores(random, 600, 0.35, 0.35).ToList();
            for (var kind = 0; kind < Kinds.Length; kind++)
                claims[kind] += Kinds[kind]().AddAll(scores) <= 0.05 ? 1 : 0;
            fixedClaims += SignTestClaims(scores) ? 1 : 0;
        }

        Assert.All(claims, count => Assert.InRange((double)count / Studies, 0, 0.05));
        Assert.InRange((double)fixedClaims / Studies, 0.15, 1);

        static bool SignTestClaims(List<double> scores)
        {
            var (a, b) = (0, 0);
            return scores.Where(score => score != 0).Any(score =>
            {
                (a, b) = score > 0 ? (a + 1, b) : (a, b + 1);
                return SignTest.TiesDropped(new(a, b, 0)).PValue <= 0.05;
            });
        }
    }

    [Fact]
    public void EveryKind_MoreScores_NeverRaisesThePValue()
    {
        foreach (var create in Kinds)
        {
            var process = create();
            var before = process.PValue;
            Assert.Equal(1, before);
            foreach (var score in ConfidenceSequenceTests.Scores(new Random(Seed), 300, 0.45, 0.3))
            {
                process.Add(score);
                Assert.InRange(process.PValue, 0, before);
                before = process.PValue;
            }
        }
    }

    [Fact]
    public void EveryKind_OnlyTies_IsNoEvidence()
    {
        foreach (var create in Kinds)
            Assert.Equal(1, create().AddAll(Enumerable.Repeat(0.0, 50)));
    }

    [Fact]
    public void EveryKind_ArgumentOutsideItsRange_Throws()
    {
        foreach (var create in Kinds)
            Assert.Throws<ArgumentOutOfRangeException>(() => create().Add(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BetaBinomialEProcess(prior: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NormalMixtureEProcess(significance: 0.6));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NormalMixtureEProcess(tightestAt: double.PositiveInfinity));
    }
}
