using System.Text.Json;

namespace PixelPost.Stats.Tests;

public class BradleyTerryTests
{
    private const string Small = "bt_small.json";
    private const string Large = "large_bt_expected.json";
    private const int Seed = 20240917;

    public static TheoryData<string, string> SmallCases => GoldenFile.Cases(Small);

    public static TheoryData<string, string> LargeCases => GoldenFile.Cases(Large);

    public static TheoryData<TieTreatment, bool> EveryModel => RankingData.EveryModel;

    [Theory, MemberData(nameof(SmallCases))]
    public void Fit_GoldenTable_MatchesEveryModel(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var table = RankingData.Table(input);

        if (expected.TryGetProperty("mle_exists", out _))
        {
            Assert.False(expected.GetProperty("mle_exists").GetBoolean());
            Assert.NotNull(BradleyTerry.Fit(table, new(TieTreatment.Half)).Reason);
            return;
        }

        var models = expected.EnumerateObject().Where(property => RankingData.Models.ContainsKey(property.Name)).ToList();
        Assert.NotEmpty(models);
        foreach (var model in models)
            ExpectFit(model.Value, BradleyTerry.Fit(table, RankingData.Models[model.Name]), file);
    }

    [Theory, MemberData(nameof(LargeCases))]
    public void Fit_GoldenHundredSystems_Matches(string file, string id)
    {
        var expected = RankingData.Expected(file, id);
        var (table, model) = (RankingData.LargeTable(), RankingData.Models[id]);
        var ranking = BradleyTerry.Fit(table, model);

        ExpectFit(expected, ranking, file);
        if (expected.Numbers("se_robust_hc0") is not { } robust)
            return;
        var (errors, tolerance) = (StrengthCovariance.Sandwich(ranking, table), RankingData.Tolerance(file, "se"));
        for (var system = 0; system < robust.Length; system++)
            Assert.Equal(robust[system], errors.Strength(system).Estimate.StandardError!.Value, tolerance);
        Assert.Equal(
            expected.Number("robust_se_of_difference_0_minus_1")!.Value, errors.Difference(0, 1).Estimate.StandardError!.Value, tolerance);
    }

    [Theory, MemberData(nameof(SmallCases))]
    public void FitBiasReduced_GoldenSeparatedTable_MatchesOrHasNoScale(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        if (!expected.TryGetProperty("mle_exists", out _))
            return; // the file has Firth's fit where there is no other

        var ranking = BradleyTerry.FitBiasReduced(RankingData.Table(input), new(TieTreatment.Half));
        if (expected.Numbers("firth_lambda") is not { } strengths)
        {
            Assert.Null(ranking.LogStrengths);
            Assert.Contains("no common scale", ranking.Reason);
            return;
        }

        var tolerance = RankingData.Tolerance(file, "firth");
        var errors = StrengthCovariance.Naive(ranking);
        for (var system = 0; system < strengths.Length; system++)
            Assert.Equal(strengths[system], ranking.LogStrengths![system], tolerance);
        for (var system = 1; system < strengths.Length; system++)
        {
            var difference = errors.Difference(system, 0).Estimate;
            Assert.Equal(expected.Numbers("firth_lambda_ref0")![system], difference.Value!.Value, tolerance);
            Assert.Equal(expected.Numbers("firth_se_ref0")![system], difference.StandardError!.Value, tolerance);
        }
    }

    [Theory, MemberData(nameof(SmallCases))]
    public void SideEffectTest_GoldenTable_MatchesLikelihoodRatio(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        if (!expected.TryGetProperty("bt_ties_dropped_order", out var model))
            return; // the file has the test with ties dropped only
        var (golden, test) = (model.GetProperty("lr_test_of_order_effect"), BradleyTerry.SideEffectTest(RankingData.Table(input), TieTreatment.Dropped));

        Assert.Equal(golden.Number("chi2")!.Value, test.Statistic!.Value, RankingData.Tolerance(file, "loglik_kernel"));
        Assert.Equal((1, null, null), (test.DegreesOfFreedom, test.DenominatorDegreesOfFreedom, test.Reason));
        Assert.Equal(golden.Number("p")!.Value, test.PValue!.Value, 1e-6);
    }

    /// <summary>Agresti's textbook estimates for citations between four journals, relative to Biometrika.</summary>
    [Fact]
    public void Fit_JournalCitations_MatchesTheTextbook()
    {
        var strengths = BradleyTerry.Fit(RankingData.SmallTable("stigler-citations"), new(TieTreatment.Dropped)).LogStrengths!;

        Assert.Equal([-2.95, -0.48, 0.27], strengths.Skip(1).Select(strength => Math.Round(strength - strengths[0], 2)));
    }

    [Fact]
    public void Fit_TwoSystems_IsTheLogOddsSplitEvenly()
    {
        var ranking = BradleyTerry.Fit(new PairTable(2, [new PairCount(0, 1, 7, 0, 1), new PairCount(1, 0, 2, 5, 5)]), new(TieTreatment.Dropped));

        Assert.Equal([Math.Log(12 / 3.0) / 2, -Math.Log(12 / 3.0) / 2], ranking.LogStrengths!, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 2], ranking.Ranks!);
    }

    [Theory, MemberData(nameof(EveryModel))]
    public void Fit_SystemsRelabelled_PermutesTheResult(TieTreatment ties, bool side)
    {
        int[] to = [3, 0, 4, 2, 1];
        var table = RankingData.SmallTable();
        var relabelled = new PairTable(5, table.Pairs.Select(pair => pair with { Left = to[pair.Left], Right = to[pair.Right] }));
        var (ranking, permuted) = (BradleyTerry.Fit(table, new(ties, side)), BradleyTerry.Fit(relabelled, new(ties, side)));
        var (errors, permutedErrors) = (StrengthCovariance.Naive(ranking), StrengthCovariance.Naive(permuted));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ranking.LogStrengths![i], permuted.LogStrengths![to[i]], 1e-10);
            Assert.Equal(ranking.Ranks![i], permuted.Ranks![to[i]]);
            for (var j = 0; j < 5; j++)
                Assert.Equal(errors.Covariance(i, j)!.Value, permutedErrors.Covariance(to[i], to[j])!.Value, 1e-10);
        }

        Assert.Equal(ranking.SideEffect ?? 0, permuted.SideEffect ?? 0, 1e-10);
        Assert.Equal(ranking.LogLikelihood!.Value, permuted.LogLikelihood!.Value, 1e-9);
    }

    [Theory, MemberData(nameof(EveryModel))]
    public void Fit_SidesSwapped_OnlyTheSideEffectTurns(TieTreatment ties, bool side)
    {
        var table = RankingData.SmallTable();
        var swapped = new PairTable(5, table.Pairs.Select(
            pair => new PairCount(pair.Right, pair.Left, pair.RightWins, pair.Ties, pair.LeftWins)));
        var (ranking, mirrored) = (BradleyTerry.Fit(table, new(ties, side)), BradleyTerry.Fit(swapped, new(ties, side)));

        Assert.Equal(ranking.LogStrengths!, mirrored.LogStrengths!, (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.Equal(ranking.SideEffect is null, mirrored.SideEffect is null);
        Assert.Equal(-(ranking.SideEffect ?? 0), mirrored.SideEffect ?? 0, 1e-10);
        Assert.Equal(ranking.LogTieParameter ?? 0, mirrored.LogTieParameter ?? 0, 1e-10);
    }

    [Theory, MemberData(nameof(EveryModel))]
    public void Fit_EveryCountDoubled_KeepsStrengthsAndHalvesTheNaiveVariance(TieTreatment ties, bool side)
    {
        var table = RankingData.SmallTable();
        var doubled = new PairTable(5, table.Pairs.Concat(table.Pairs));
        var (ranking, more) = (BradleyTerry.Fit(table, new(ties, side)), BradleyTerry.Fit(doubled, new(ties, side)));

        Assert.Equal(ranking.LogStrengths!, more.LogStrengths!, (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.Equal(ranking.Steps, more.Steps); // the stop rule does not depend on the number of votes
        Assert.Equal(StrengthCovariance.Naive(ranking).Covariance(1, 2)!.Value / 2, StrengthCovariance.Naive(more).Covariance(1, 2)!.Value, 1e-10);
    }

    /// <summary>Estimates less truth, by their naive standard errors, must spread like a standard normal: for each model on its own data.</summary>
    [Theory, MemberData(nameof(EveryModel))]
    public void Fit_VotesOfTheModel_ErrorsAreAsLargeAsTheirStandardErrors(TieTreatment ties, bool side)
    {
        if (ties == TieTreatment.Half)
            return; // no model of votes with ties
        var (random, model) = (new Random(Seed), new RankingModel(ties, side));
        double[] truth = [0.8, 0.1, -0.2, -0.7];
        const int Studies = 400;
        var (difference, effect) = (0.0, 0.0);
        for (var study = 0; study < Studies; study++)
        {
            var votes = RankingData.Simulate(random, model, truth, 400, side ? 0.3 : 0, tie: ties == TieTreatment.RaoKupper ? 1.6 : 0.6);
            var errors = StrengthCovariance.Naive(BradleyTerry.Fit(new PairTable(4, votes), model));
            difference += Square(errors.Difference(0, 3).Estimate, truth[0] - truth[3]);
            effect += side ? Square(errors.SideEffect().Estimate, 0.3) : 1;
        }

        Assert.Equal(1, difference / Studies, 0.3); // 4 standard errors of a mean of 400 squares
        Assert.Equal(1, effect / Studies, 0.3);

        static double Square(Estimate estimate, double truth) => Math.Pow((estimate.Value!.Value - truth) / estimate.StandardError!.Value, 2);
    }

    /// <summary>One upset in ten million votes between neighbours of a long chain: far strengths, and finite ones.</summary>
    [Fact]
    public void Fit_NearlySeparatedChain_ReachesTheMaximum()
    {
        const int Systems = 12;
        var chain = Enumerable.Range(0, Systems - 1).Select(i => new PairCount(i, i + 1, 9_999_999, 0, 1));
        var strengths = BradleyTerry.Fit(new PairTable(Systems, chain), new(TieTreatment.Dropped)).LogStrengths!;

        for (var i = 0; i < Systems - 1; i++)
            Assert.Equal(Math.Log(9_999_999), strengths[i] - strengths[i + 1], 1e-6);
    }

    [Fact]
    public void Rating_LogStrength_TenToOneIsFourHundredPoints()
    {
        Assert.Equal(1000, EloScale.Rating(0));
        Assert.Equal(1400, EloScale.Rating(Math.Log(10)), 1e-9);
        Assert.Equal(-400, EloScale.Points(-Math.Log(10)), 1e-9);
        var interval = EloScale.Rating(new Interval(-Math.Log(10), 0, 0.9));
        Assert.Equal((600, 1000, 0.9), (Math.Round(interval.Lower, 9), interval.Upper, interval.Level));
    }

    [Theory]
    [InlineData(TieTreatment.Davidson)]
    [InlineData(TieTreatment.RaoKupper)]
    public void FitBiasReduced_ModelWithTieParameter_Throws(TieTreatment ties)
    {
        Assert.Throws<ArgumentException>(() => BradleyTerry.FitBiasReduced(RankingData.SmallTable(), new(ties)));
    }

    /// <summary>Two systems: adding half a win to each, as Firth's penalty does for a single log odds.</summary>
    [Fact]
    public void FitBiasReduced_TwoSystems_AddsHalfAWinToEach()
    {
        var strengths = BradleyTerry.FitBiasReduced(new PairTable(2, [new PairCount(0, 1, 5, 0, 0)]), new(TieTreatment.Dropped)).LogStrengths!;

        Assert.Equal(Math.Log(5.5 / 0.5), strengths[0] - strengths[1], 1e-7);
    }

    [Fact]
    public void FitBiasReduced_SideEffect_IsFiniteWhereTheLeftImageAlwaysWins()
    {
        var table = new PairTable(2, [new PairCount(0, 1, 5, 0, 0), new PairCount(1, 0, 5, 0, 0)]);
        var model = new RankingModel(TieTreatment.Dropped, SideEffect: true);
        var ranking = BradleyTerry.FitBiasReduced(table, model);

        Assert.NotNull(BradleyTerry.Fit(table, model).Reason);
        Assert.Equal(Math.Log(5.5 / 0.5), ranking.SideEffect!.Value, 1e-7); // two log odds, each with half a win added
        Assert.Equal(0, ranking.LogStrengths![0], 1e-7);
    }

    [Fact]
    public void PairTable_WrongArguments_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairTable(1, Array.Empty<PairCount>()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairTable(2, [new PairCount(0, 2, 1, 0, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairTable(2, [new PairCount(0, 1, -1, 0, 0)]));
        Assert.Throws<ArgumentException>(() => new PairTable(2, [new PairCount(1, 1, 1, 0, 0)]));
        Assert.Throws<ArgumentException>(() => new PairTable(2, Array.Empty<PairCount>(), ["only one"]));
        Assert.Throws<ArgumentException>(() => new PairVote(1, 1, PairOutcome.Left));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairVote(-1, 1, PairOutcome.Left));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairVote(0, 1, (PairOutcome)3));
    }

    [Fact]
    public void PairTable_VotesAndCounts_GiveTheSameTable()
    {
        PairVote[] votes = [new(0, 1, PairOutcome.Left), new(1, 0, PairOutcome.Tie), new(0, 1, PairOutcome.Right), new(0, 1, PairOutcome.Left)];
        var (table, votesTable) = (new PairTable(3, [new PairCount(0, 1, 2, 0, 1), new PairCount(1, 0, 0, 1, 0)]), new PairVotes(3, votes).Table);

        Assert.Equal(table.Pairs, votesTable.Pairs);
        Assert.Equal((4, 3), (votesTable.Votes, votesTable[0, 1].Votes));
        Assert.Equal("system 2", table.Names[2]);
    }

    private static void ExpectFit(JsonElement expected, Ranking ranking, string file)
    {
        Assert.Null(ranking.Reason);
        var raoKupper = ranking.Model.Ties == TieTreatment.RaoKupper; // which bt_small.json allows more
        var tolerance = Math.Max(RankingData.Tolerance(file, "lambda"), raoKupper ? 1e-6 : 0);
        var errorTolerance = Math.Max(RankingData.Tolerance(file, "se"), raoKupper ? 1e-5 : 0);
        var errors = StrengthCovariance.Naive(ranking);
        var (systems, strengths, standardErrors) = (ranking.Systems, expected.Numbers("lambda")!, expected.Numbers("se")!);
        for (var system = 0; system < systems; system++)
        {
            var strength = errors.Strength(system).Estimate;
            Assert.Equal(strengths[system], strength.Value!.Value, tolerance);
            Assert.Equal(standardErrors[system], strength.StandardError!.Value, errorTolerance);
            if (system == 0 || expected.Numbers("lambda_ref0") is not { } reference)
                continue;
            var difference = errors.Difference(system, 0).Estimate;
            Assert.Equal(reference[system], difference.Value!.Value, tolerance);
            Assert.Equal(expected.Numbers("se_ref0")![system], difference.StandardError!.Value, errorTolerance);
        }

        Assert.Equal(expected.Number("loglik_kernel")!.Value, ranking.LogLikelihood!.Value, RankingData.Tolerance(file, "loglik_kernel"));
        ExpectExtras(expected, errors, tolerance, errorTolerance);
        if (expected.TryGetProperty("cov", out var covariance))
        {
            var covarianceTolerance = RankingData.Tolerance(file, "cov");
            for (var i = 0; i < systems; i++)
            {
                for (var j = 0; j < systems; j++)
                    Assert.Equal(covariance[i][j].GetDouble(), errors.Covariance(i, j)!.Value, covarianceTolerance);
            }
        }

        if (expected.Numbers("worth_sum_to_one") is { } worths)
        {
            var total = ranking.LogStrengths!.Sum(Math.Exp);
            Assert.Equal(worths, ranking.LogStrengths!.Select(strength => Math.Exp(strength) / total), (a, b) => Math.Abs(a - b) < tolerance);
        }
    }

    private static void ExpectExtras(JsonElement expected, StrengthErrors errors, double tolerance, double errorTolerance)
    {
        Assert.Equal(expected.Number("order_effect") is null, errors.Ranking.SideEffect is null);
        if (expected.Number("order_effect") is { } side)
        {
            Assert.Equal(side, errors.SideEffect().Estimate.Value!.Value, tolerance);
            Assert.Equal(expected.Number("order_effect_se")!.Value, errors.SideEffect().Estimate.StandardError!.Value, errorTolerance);
        }

        var tie = expected.Number("log_nu") ?? expected.Number("log_theta");
        Assert.Equal(tie is null, errors.Ranking.LogTieParameter is null);
        if (tie is not { } parameter)
            return;
        Assert.Equal(parameter, errors.LogTieParameter().Estimate.Value!.Value, tolerance);
        Assert.Equal(
            (expected.Number("log_nu_se") ?? expected.Number("log_theta_se"))!.Value,
            errors.LogTieParameter().Estimate.StandardError!.Value,
            errorTolerance);
    }
}
