namespace PixelPost.Stats.Tests;

public class StudySimulatorTests
{
    private static readonly StudyModel Model = new()
    {
        Strengths = [0.6, 0, -0.2], Prompts = 400, Raters = 50, VotesPerComparison = 5, PromptSd = 0.8, RaterSd = 0.4,
        SideBias = 0.3, SideBiasSd = 0.2, TieWidth = 0.5, Lapse = 0.05, Reject = 0.03,
    };

    /// <summary>The integral against the simulation: two ways to the same probabilities.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void Votes_ManyStudies_OccurAsOftenAsTheTruthSays(int a, int b)
    {
        var random = new Random(7);
        var votes = Enumerable.Range(0, 20).SelectMany(_ => StudySimulator.Votes(Model, random)).Where(v => v.A == a && v.B == b).ToList();
        var decisions = votes.Chunk(Model.VotesPerComparison).Select(chunk => MajorityDecision.Of(chunk.Select(v => v.Outcome))).ToList();

        var (vote, decision) = (StudyTruth.Vote(Model, a, b), StudyTruth.Decision(Model, a, b));
        Assert.Equal(vote.A, Share(votes, v => v.Outcome == Outcome.A), 0.015);
        Assert.Equal(vote.B, Share(votes, v => v.Outcome == Outcome.B), 0.015);
        Assert.Equal(vote.Reject, Share(votes, v => v.Outcome == Outcome.Reject), 0.005);
        Assert.Equal(decision.A, Share(decisions, d => d == Decision.A), 0.025);
        Assert.Equal(decision.B, Share(decisions, d => d == Decision.B), 0.025);
        Assert.Equal(decision.Neither, Share(decisions, d => d is Decision.Tie or Decision.Split), 0.025);

        static double Share<T>(List<T> all, Predicate<T> counted) => (double)all.Count(item => counted(item)) / all.Count;
    }

    /// <summary>The integral against the coefficients of many simulated comparisons.</summary>
    [Fact]
    public void Agreement_ManyStudies_IsWhatTheTruthSays()
    {
        var random = new Random(8);
        var ratings = Enumerable.Range(0, 20)
            .SelectMany(study => StudySimulator.Votes(Model, random).Where(v => v.A == 0 && v.B == 1).Select(v => ((long)study * Model.Prompts + v.Prompt, v.Outcome)))
            .ToList();
        var table = RatingTable.OfOutcomes(ratings);

        var truth = StudyTruth.Agreement(Model);

        Assert.Equal(truth.Percent, PercentAgreement.Of(table, random).Value!.Value, 0.01);
        Assert.Equal(truth.NominalAlpha, KrippendorffAlpha.Nominal(table, random).Value!.Value, 0.015);
        Assert.Equal(truth.Ac1, GwetAc1.Of(table, random).Value!.Value, 0.015);
    }

    [Fact]
    public void Votes_OneStudy_AreSharedEvenlyAndNobodyVotesTwiceOnAComparison()
    {
        var votes = StudySimulator.Votes(Model, new Random(1));

        Assert.Equal(400 * 3 * 5, votes.Count);
        Assert.Equal(votes.Count, votes.DistinctBy(v => (v.Prompt, v.A, v.B, v.Rater)).Count());
        var shares = votes.CountBy(v => v.Rater).Select(rater => rater.Value).ToList();
        Assert.Equal(50, shares.Count);
        Assert.InRange(shares.Max() - shares.Min(), 0, 1);
        Assert.Equal(votes, StudySimulator.Votes(Model, new Random(1)));
    }

    [Fact]
    public void Vote_NoSpreadNoTies_IsBradleyTerry()
    {
        var truth = StudyTruth.Vote(new() { Strengths = [1, 0], Prompts = 1, Raters = 0 });

        Assert.Equal(1 / (1 + Math.Exp(-1)), truth.A, 1e-12);
        Assert.Equal(1, truth.A + truth.B, 1e-12);
    }

    [Fact]
    public void Decision_FairVotesWithoutTies_IsFair()
    {
        var truth = StudyTruth.Decision(new() { Strengths = [0, 0], Prompts = 1, Raters = 0, PromptSd = 1, SideBias = 0.5 });

        Assert.Equal(0.5, truth.A, 1e-9);
        Assert.Equal(0, truth.NetWinRate, 1e-9);
    }

    [Theory]
    [InlineData(3, 0, "3 raters cannot give 5 votes")]
    [InlineData(9, -1, "Prompts is -1")]
    public void Votes_ImpossibleStudy_SaysWhatMustBe(int raters, int prompts, string sentence)
    {
        var model = Model with { Raters = raters, Prompts = prompts == 0 ? 5 : prompts };

        Assert.Contains(sentence, Assert.Throws<ArgumentException>(() => StudySimulator.Votes(model, new Random(1))).Message);
    }
}
