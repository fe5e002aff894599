namespace PixelPost.Stats.Tests;

public class ClusterEffectTests
{
    private const double Tolerance = 1e-12;

    public static TheoryData<string> Axes => ["appeal", "flaws", "alignment"];

    [Theory, MemberData(nameof(Axes))]
    public void OfVotes_GoldenVotes_MatchesTheDesignEffectOfR(string axis)
    {
        var (_, expected) = GoldenFile.Case("ab_votes_expected.json", axis);
        var effect = ClusterEffect.OfVotes(VotesFile.Scores(axis));

        Assert.Equal(expected.Number("design_effect_prompt")!.Value, effect.Observed!.Value, 1e-9);
        Assert.Equal(effect.Observed.Value, effect.Predicted!.Value, 0.05); // two estimates of the same thing
        Assert.Null(effect.Reason);
    }

    /// <summary>
    /// By hand: prompts (1, 1), (0, −1), (1, 0, 0); MSB = 44/21/2, MSW = (0 + ½ + ⅔)/4, m₀ = (7 − 17/7)/2.
    /// </summary>
    [Fact]
    public void OfVotes_UnequalPrompts_MatchesTheHandCalculation()
    {
        var effect = ClusterEffect.OfVotes(
            [new(1, 1, 1), new(1, 2, 1), new(2, 1, 0), new(2, 2, -1), new(3, 1, 1), new(3, 2, 0), new(3, 3, 0)]);
        // between: 2²/2 + 1²/2 + 1²/3 − 2²/7
        var (between, within, size) = ((2 + 0.5 + 1 / 3.0 - 4 / 7.0) / 2, (0.5 + 2 / 3.0) / 4, (7 - 17 / 7.0) / 2);
        var correlation = (between - within) / (between + (size - 1) * within);

        Assert.Equal(17 / 7.0, effect.VotesPerPrompt!.Value, Tolerance);
        Assert.Equal(correlation, effect.IntraclassCorrelation!.Value, Tolerance);
        Assert.Equal(1 + 10 / 7.0 * correlation, effect.Predicted!.Value, Tolerance);
        Assert.Equal(3, effect.Prompts);
    }

    /// <summary>Every rater votes on every prompt: the variance of the mean is the sum of all covariances, which are counted here one by one.</summary>
    [Fact]
    public void DesignEffectOfBoth_CrossedVotes_IsTheSumOfTheCovariances()
    {
        var (prompts, raters, byPrompt, byRater) = (7, 5, 0.3, 0.1);
        var votes = (from prompt in Enumerable.Range(0, prompts) from rater in Enumerable.Range(0, raters) select (prompt, rater)).ToList();
        var covariances = (from one in votes
                           from other in votes
                           select one == other ? 1 : one.prompt == other.prompt ? byPrompt : one.rater == other.rater ? byRater : 0).Sum();

        Assert.Equal(covariances / votes.Count, ClusterEffect.DesignEffectOfBoth(raters, byPrompt, prompts, byRater), Tolerance);
        Assert.Equal(ClusterEffect.DesignEffect(5, 0.3), ClusterEffect.DesignEffectOfBoth(5, 0.3, 40, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterEffect.DesignEffectOfBoth(5, 0.3, 0.5, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterEffect.DesignEffectOfBoth(5, 0.3, 40, -0.1));
    }

    /// <summary>Votes drawn with a known correlation: found again, and so is its design effect.</summary>
    [Fact]
    public void OfVotes_KnownCorrelation_IsFoundAgain()
    {
        var study = new PlannedStudy(prompts: 20_000, votesPerPrompt: 5, winRate: 0.4, loseRate: 0.25, intraclassCorrelation: 0.3);
        var scores = study.Draw(new Random(20240917))
            .SelectMany(prompt => prompt.Votes.Select((vote, rater) => new ClusteredScore(prompt.Prompt, rater, vote.Score()!.Value))).ToList();
        var effect = ClusterEffect.OfVotes(scores);

        Assert.Equal(0.3, effect.IntraclassCorrelation!.Value, 0.015);
        Assert.Equal(ClusterEffect.DesignEffect(5, 0.3), effect.Observed!.Value, 0.06);
        Assert.Equal(0.15, scores.Average(score => score.Score), 0.015);
    }

    [Fact]
    public void OfVotes_SwappedRelabelledReordered_IsTheSame()
    {
        var scores = VotesFile.Scores("appeal");
        var (effect, same) = (
            ClusterEffect.OfVotes(scores),
            ClusterEffect.OfVotes([.. scores.Reverse().Select(score => new ClusteredScore(9 - 2 * score.Prompt, -score.Rater, -score.Score))]));

        Assert.Equal(effect.IntraclassCorrelation!.Value, same.IntraclassCorrelation!.Value, Tolerance);
        Assert.Equal(effect.Observed!.Value, same.Observed!.Value, 1e-9);
    }

    [Fact]
    public void OfVotes_PromptsUnanimousButDifferent_IsFullCorrelation()
    {
        var effect = ClusterEffect.OfVotes([new(1, 1, 1), new(1, 2, 1), new(2, 1, -1), new(2, 2, -1), new(3, 1, 0), new(3, 2, 0)]);

        Assert.Equal(1, effect.IntraclassCorrelation!.Value, Tolerance);
        Assert.Equal(2, effect.Predicted!.Value, Tolerance);
    }

    [Fact]
    public void OfVotes_NothingToSee_IsUndefinedWithReason()
    {
        foreach (var scores in new ClusteredScore[][]
            {
                [], [new(1, 1, 1), new(1, 2, 0)], [new(1, 1, 1), new(2, 1, 0)], [new(1, 1, 0), new(1, 2, 0), new(2, 1, 0)],
                [new(1, 1, -1), new(1, 2, -1), new(2, 1, -1)],
            })
        {
            var effect = ClusterEffect.OfVotes(scores);
            Assert.Null(effect.IntraclassCorrelation);
            Assert.Null(effect.Predicted);
            Assert.Null(effect.Observed);
            Assert.False(string.IsNullOrEmpty(effect.Reason));
        }
    }

    [Theory]
    [InlineData(0.9, 0.1)]
    [InlineData(5, -0.5)]
    [InlineData(5, 1.1)]
    [InlineData(double.NaN, 0.1)]
    [InlineData(5, double.NaN)]
    public void DesignEffect_ArgumentOutsideItsRange_Throws(double votes, double correlation)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterEffect.DesignEffect(votes, correlation));
    }
}
