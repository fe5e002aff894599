using MathNet.Numerics.Distributions;

namespace PixelPost.Stats.Tests;

public class CategoryStrengthsTests
{
    private const int Seed = 20240917;

    public static TheoryData<TieTreatment, bool> EveryModel => RankingData.EveryModel;

    /// <summary>Two systems, two categories: the tests of a two-by-two table, by hand.</summary>
    [Fact]
    public void Compare_TwoSystemsAndCategories_AreTheTestsOfATwoByTwoTable()
    {
        var result = CategoryStrengths.Compare([new PairTable(2, [new PairCount(0, 1, 30, 0, 12)]), new PairTable(2, [new PairCount(0, 1, 18, 0, 25)])], new(TieTreatment.Dropped));

        double[] observed = [30, 12, 18, 25], expected = [42 * 48 / 85.0, 42 * 37 / 85.0, 43 * 48 / 85.0, 43 * 37 / 85.0];
        Assert.Equal(2 * observed.Zip(expected, (o, e) => o * Math.Log(o / e)).Sum(), result.LikelihoodRatio.Statistic!.Value, 1e-9);
        var logOddsRatio = Math.Log(30 * 25 / (12 * 18.0));
        Assert.Equal(logOddsRatio * logOddsRatio / observed.Sum(count => 1 / count), result.Wald.Statistic!.Value, 1e-9);
        Assert.Equal((1, 1), (result.LikelihoodRatio.DegreesOfFreedom, result.Wald.DegreesOfFreedom));
        Assert.Equal(2 * Normal.CDF(0, 1, -Math.Sqrt(result.Wald.Statistic.Value)), result.Wald.PValue!.Value, 1e-9);
        Assert.Equal(Math.Log(48 / 37.0) / 2, result.CommonLogStrengths![0], 1e-9);
    }

    /// <summary>Two systems over prompts: Welch's t-test of two log odds, with Satterthwaite's degrees of freedom.</summary>
    [Fact]
    public void Compare_TwoSystemsOverPrompts_IsWelchsTest()
    {
        var random = new Random(Seed);
        PairVotes[] votes = [.. new[] { (12, 0.3), (30, -0.2) }.Select(category => new PairVotes(2, RankingData.Simulate(
            random, new(TieTreatment.Dropped), [category.Item2, 0], 300, prompts: category.Item1)))];
        var result = CategoryStrengths.Compare(votes, new(TieTreatment.Dropped));

        var differences = votes.Select((category, i) => StrengthCovariance.Clustered(result.Categories[i], category, Clustering.ByPrompt).Difference(0, 1).Estimate).ToArray();
        var (first, second) = (Math.Pow(differences[0].StandardError!.Value, 2), Math.Pow(differences[1].StandardError!.Value, 2));
        var t = (differences[0].Value!.Value - differences[1].Value!.Value) / Math.Sqrt(first + second);
        var freedom = Math.Pow(first + second, 2) / (first * first / (votes[0].Prompts - 1) + second * second / (votes[1].Prompts - 1));
        Assert.Equal(freedom, result.Wald.DenominatorDegreesOfFreedom!.Value, 1e-8);
        Assert.Equal(2 * StudentT.CDF(0, 1, freedom, -Math.Abs(t)), result.Wald.PValue!.Value, 1e-9);
    }

    [Theory, MemberData(nameof(EveryModel))]
    public void Compare_SameVotesInEveryCategory_FindsNoDifference(TieTreatment ties, bool side)
    {
        var table = RankingData.SmallTable();
        var result = CategoryStrengths.Compare([table, table, table], new(ties, side));

        Assert.Equal(0, result.LikelihoodRatio.Statistic!.Value, 1e-8);
        Assert.Equal((8, 8), (result.LikelihoodRatio.DegreesOfFreedom, result.Wald.DegreesOfFreedom));
        Assert.Equal(1, result.LikelihoodRatio.PValue!.Value, 1e-9);
        Assert.Equal(1, result.Wald.PValue!.Value, 1e-9);
        Assert.Equal(result.Categories[0].LogStrengths!, result.CommonLogStrengths!, (a, b) => Math.Abs(a - b) < 1e-8);
    }

    [Fact]
    public void Compare_CategoriesReorderedAndSystemsRelabelled_SameTests()
    {
        int[] to = [4, 2, 0, 1, 3];
        var random = new Random(Seed);
        PairVote[][] votes = [.. Enumerable.Range(0, 3).Select(i => RankingData.Simulate(
            random, new(TieTreatment.Davidson), [0.5, 0.1 * i, 0, -0.2, -0.4], 500, tie: 0.6, prompts: 25 + 5 * i).ToArray())];
        var model = new RankingModel(TieTreatment.Davidson, SideEffect: true);
        var plain = CategoryStrengths.Compare([.. votes.Select(category => new PairVotes(5, category))], model);
        var changed = CategoryStrengths.Compare(
            [.. votes.Reverse().Select(category => new PairVotes(5, category.Select(vote => new PairVote(to[vote.Left], to[vote.Right], vote.Outcome, vote.Prompt))))],
            model);

        Assert.Equal(plain.LikelihoodRatio.PValue!.Value, changed.LikelihoodRatio.PValue!.Value, 1e-8);
        Assert.Equal(plain.Wald.PValue!.Value, changed.Wald.PValue!.Value, 1e-8);
        Assert.Equal(plain.Wald.DenominatorDegreesOfFreedom!.Value, changed.Wald.DenominatorDegreesOfFreedom!.Value, 1e-5);
    }

    /// <summary>
    /// Where the ranking is the same, the tests claim a difference in about one study of twenty, though side effect and ties differ
    /// between the categories; where it is not, they find it.
    /// </summary>
    [Theory]
    [InlineData(false, 0.02, 0.09)]
    [InlineData(true, 0.95, 1)]
    public void Compare_SimulatedCategories_ClaimsWhatItShould(bool differ, double least, double most)
    {
        var (random, model) = (new Random(Seed), new RankingModel(TieTreatment.Davidson, SideEffect: true));
        const int Studies = 300;
        var (byRatio, byWald, byPrompt) = (0, 0, 0);
        for (var study = 0; study < Studies; study++)
        {
            PairVotes[] votes = [.. new[] { (0.5, 0.4), (1.2, -0.3) }.Select((extras, category) => new PairVotes(4, RankingData.Simulate(
                random, model, differ && category == 1 ? [-0.6, 0, 0, 0.6] : [0.6, 0, 0, -0.6], 300, extras.Item2, extras.Item1, prompts: 20)))];
            var overVotes = CategoryStrengths.Compare([.. votes.Select(category => category.Table)], model);
            byRatio += overVotes.LikelihoodRatio.PValue < 0.05 ? 1 : 0;
            byWald += overVotes.Wald.PValue < 0.05 ? 1 : 0;
            byPrompt += CategoryStrengths.Compare(votes, model).Wald.PValue < 0.05 ? 1 : 0;
        }

        Assert.InRange(byRatio / (double)Studies, least, most);
        Assert.InRange(byWald / (double)Studies, least, most);
        Assert.InRange(byPrompt / (double)Studies, least, most);
    }

    [Fact]
    public void Compare_CategoryWithoutRanking_SaysWhichAndWhy()
    {
        var result = CategoryStrengths.Compare([RankingData.SmallTable("two-systems"), new PairTable(2, [new PairCount(0, 1, 3, 0, 0)])], new(TieTreatment.Half));

        Assert.Null(result.CommonLogStrengths);
        Assert.NotNull(result.Categories[0].LogStrengths);
        foreach (var test in new[] { result.LikelihoodRatio, result.Wald })
        {
            Assert.Null(test.PValue);
            Assert.StartsWith("Category 2 of 2 has no ranking: system 0 never lost", test.Reason);
        }
    }

    [Fact]
    public void Compare_FewPrompts_HasNoWaldTestAndSaysWhy()
    {
        var random = new Random(Seed);
        PairVotes[] votes = [.. Enumerable.Range(0, 2).Select(_ => new PairVotes(5, RankingData.Simulate(
            random, new(TieTreatment.Dropped), [0.2, 0, 0, 0, -0.2], 400, prompts: 3)))];
        var result = CategoryStrengths.Compare(votes, new(TieTreatment.Dropped));

        Assert.Contains("too few prompts", result.Wald.Reason);
        Assert.NotNull(result.LikelihoodRatio.PValue);
    }

    [Fact]
    public void Compare_WrongArguments_Throw()
    {
        var table = RankingData.SmallTable();

        Assert.Throws<ArgumentException>(() => CategoryStrengths.Compare([table], new(TieTreatment.Half)));
        Assert.Throws<ArgumentException>(() => CategoryStrengths.Compare([table, RankingData.SmallTable("two-systems")], new(TieTreatment.Half)));
    }
}
