using System.Text.Json;

namespace PixelPost.Stats.Tests;

/// <summary>The coefficients for any number of raters, on the same tables.</summary>
public class AgreementTests
{
    private const double Tolerance = 1e-9;
    private const int Seed = 20240917;

    /// <summary>Another route to the same quantity: the linearised standard error over units against our resampling of units.</summary>
    [Theory]
    [InlineData("fleiss-1971-diagnoses")]
    [InlineData("votes-6-raters-40-units-30pct-missing")]
    [InlineData("votes-12-raters-60-units-75pct-missing")]
    public void Bootstrap_GoldenRatings_AgreesWithTheLinearisedStandardError(string id)
    {
        var table = Read(GoldenFile.Case("agreement.json", id).Input);
        (Estimate Bootstrap, Estimate Linearised)[] routes =
        [
            (KrippendorffAlpha.Nominal(table, New()), KrippendorffAlpha.NominalLinearised(table)),
            (GwetAc1.Of(table, New()), GwetAc1.Linearised(table)),
        ];

        foreach (var (bootstrap, linearised) in routes)
        {
            Assert.Equal(bootstrap.Value!.Value, linearised.Value!.Value, 1e-12);
            Assert.Equal(1, bootstrap.StandardError!.Value / linearised.StandardError!.Value, tolerance: 0.1);
            Assert.True(bootstrap.Interval!.Contains(bootstrap.Value.Value));
            Assert.True(linearised.Interval!.Contains(linearised.Value.Value));
        }
    }

    /// <summary>The textbook form: coincidences of every pair of values, and each metric as it is defined.</summary>
    [Theory]
    [InlineData("krippendorff-4-coders-12-units")]
    [InlineData("votes-12-raters-60-units-75pct-missing")]
    public void Alpha_EveryMetric_EqualsTheCoincidenceMatrix(string id)
    {
        var input = GoldenFile.Case("agreement.json", id).Input;
        var (table, ratings) = (Read(input), AgreementInput.Ratings(input).ToList());

        Assert.Equal(ByCoincidences(ratings, (_, c, k) => c == k ? 0 : 1), KrippendorffAlpha.Nominal(table, New()).Value!.Value, 1e-12);
        Assert.Equal(ByCoincidences(ratings, (_, c, k) => c - k), KrippendorffAlpha.Interval(table, New()).Value!.Value, 1e-12);
        Assert.Equal(ByCoincidences(ratings, Between), KrippendorffAlpha.Ordinal(table, New()).Value!.Value, 1e-12);

        static double Between(double[] n, int c, int k) =>
            n[Math.Min(c, k)..(Math.Max(c, k) + 1)].Sum() - (n[c] + n[k]) / 2;
    }

    /// <summary>The kappa paradox: raters agree on 87 % of pairs, alpha is below 0 and AC1 is not.</summary>
    [Fact]
    public void GwetAc1_OneCategoryDominates_StaysNearPercentAgreementWhereAlphaFalls()
    {
        var table = Read(GoldenFile.Case("agreement.json", "one-category-dominates").Input);

        Assert.True(PercentAgreement.Of(table, New()).Value > 0.85);
        Assert.True(KrippendorffAlpha.Nominal(table, New()).Value < 0);
        Assert.True(GwetAc1.Of(table, New()).Value > 0.85);
    }

    /// <summary>Twice the comparisons: the mean is the same, and its variance half. Alpha's correction for small samples shrinks.</summary>
    [Fact]
    public void EveryCoefficient_EveryUnitTwice_KeepsItsValueAndHalvesItsVariance()
    {
        var ratings = AgreementInput.Ratings(GoldenFile.Case("agreement.json", "votes-6-raters-40-units-30pct-missing").Input).ToList();
        var (table, twice) = (new RatingTable(3, ratings), new RatingTable(3, ratings.Concat(ratings.Select(r => (r.Unit + 1000, r.Category)))));

        foreach (var coefficient in Coefficients)
        {
            var (once, doubled) = (coefficient(table), coefficient(twice));
            Assert.Equal(once.Value!.Value, doubled.Value!.Value, once.Method.Contains("alpha") ? 0.003 : 1e-12);
            Assert.Equal(Math.Sqrt(0.5), doubled.StandardError!.Value / once.StandardError!.Value, tolerance: 0.05);
        }
    }

    [Fact]
    public void EveryCoefficient_UnitsRelabelledAndRatingsReordered_IsUnchanged()
    {
        var ratings = AgreementInput.Ratings(GoldenFile.Case("agreement.json", "votes-6-raters-40-units-30pct-missing").Input).ToList();
        var (table, changed) = (new RatingTable(3, ratings), new RatingTable(3, ratings.Select(r => (999 - 7 * r.Unit, r.Category)).Reverse()));

        foreach (var coefficient in Coefficients)
            Assert.Equal(coefficient(table).Value!.Value, coefficient(changed).Value!.Value, 1e-12);
    }

    [Fact]
    public void EveryCoefficient_SwappedSystems_IsUnchanged()
    {
        var ratings = AgreementInput.Ratings(GoldenFile.Case("agreement.json", "votes-6-raters-40-units-30pct-missing").Input).ToList();
        var (table, swapped) = (new RatingTable(3, ratings), new RatingTable(3, ratings.Select(r => (r.Unit, 2 - r.Category))));

        foreach (var coefficient in Coefficients)
            Assert.Equal(coefficient(table).Value!.Value, coefficient(swapped).Value!.Value, 1e-12);
    }

    [Fact]
    public void Alpha_CategoriesPermuted_NominalIsUnchangedAndOrdinalIsNot()
    {
        var ratings = AgreementInput.Ratings(GoldenFile.Case("agreement.json", "votes-6-raters-40-units-30pct-missing").Input).ToList();
        var (table, rotated) = (new RatingTable(3, ratings), new RatingTable(3, ratings.Select(r => (r.Unit, (r.Category + 1) % 3))));

        Assert.Equal(KrippendorffAlpha.Nominal(table, New()).Value!.Value, KrippendorffAlpha.Nominal(rotated, New()).Value!.Value, 1e-12);
        Assert.NotEqual(KrippendorffAlpha.Ordinal(table, New()).Value!.Value, KrippendorffAlpha.Ordinal(rotated, New()).Value!.Value, 1e-3);
    }

    [Fact]
    public void Coefficients_PerfectAgreementOnSeveralValues_AreOneWithoutInterval()
    {
        var table = new RatingTable(3, Enumerable.Range(0, 30).SelectMany(unit => Enumerable.Repeat(((long)unit, unit % 3), 3)));

        foreach (var coefficient in Coefficients)
        {
            Assert.Equal(1, coefficient(table).Value);
            Expect.Interval(null, coefficient(table), 0);
        }
    }

    /// <summary>One comparison of thirty differs: more than a third of the resamples miss it and have no alpha.</summary>
    [Fact]
    public void Alpha_VariationInOneUnitOnly_HasNoIntervalAndSaysWhy()
    {
        var alpha = KrippendorffAlpha.Nominal(
            new RatingTable(3, Enumerable.Range(0, 30).SelectMany(unit => new[] { ((long)unit, 2), (unit, unit == 0 ? 0 : 2) })), New());

        Assert.NotNull(alpha.Value);
        Expect.Interval(null, alpha, 0);
    }

    [Fact]
    public void Coefficients_UndefinedForDifferentCauses_SayWhich()
    {
        var onePerUnit = new RatingTable(3, [(1, 0), (2, 2)]);
        var allTheSame = new RatingTable(3, [(1, 2), (1, 2), (2, 2), (2, 2)]);

        Assert.Contains("two ratings", KrippendorffAlpha.Nominal(onePerUnit, New()).Reason);
        Assert.Contains("without variation", KrippendorffAlpha.Nominal(allTheSame, New()).Reason);
        Assert.Contains("without variation", KrippendorffAlpha.NominalLinearised(allTheSame).Reason);
        Assert.Contains("without variation", KrippendorffAlpha.Ordinal(allTheSame, New()).Reason);
        Assert.Contains("without variation", KrippendorffAlpha.Interval(allTheSame, New()).Reason);
        Assert.Contains("without variation", FleissKappa.Of(allTheSame, New()).Reason);
        Assert.Contains("without variation", FleissKappa.Test(allTheSame).Reason);
        foreach (var coefficient in Coefficients)
            Expect.Undefined(coefficient(new RatingTable(3, [])));
    }

    [Fact]
    public void Linearised_OneComparison_HasNoIntervalAndSaysWhy()
    {
        var table = new RatingTable(3, [(1, 0), (1, 0), (1, 2)]);

        Expect.Interval(null, KrippendorffAlpha.NominalLinearised(table), 0);
        Expect.Interval(null, GwetAc1.Linearised(table), 0);
    }

    [Fact]
    public void FleissTest_UnequalNumbersOfRatings_IsUndefinedAndSaysWhy()
    {
        var test = FleissKappa.Test(new RatingTable(3, [(1, 0), (1, 0), (2, 0), (2, 1), (2, 1)]));

        Assert.Null(test.Z);
        Assert.Null(test.PValue);
        Assert.Null(test.StandardError);
        Assert.Contains("different numbers", test.Reason);
    }

    /// <summary>Five raters who guess: the test claims agreement in about 5 % of studies (three standard errors are 2.1 points).</summary>
    [Fact]
    public void FleissTest_RatersWhoGuess_ClaimsAboutFivePercent()
    {
        var random = New();
        var claims = Enumerable.Range(0, 1_000).Count(_ => FleissKappa.Test(new RatingTable(
            3, Enumerable.Range(0, 300).Select(rating => ((long)(rating / 5), random.Next(3))))).PValue <= 0.05);

        Assert.InRange(claims / 1_000.0, 0.029, 0.071);
    }

    [Fact]
    public void RatingTable_Votes_RejectIsACategoryOrMissing()
    {
        (long, Outcome)[] votes = [(1, Outcome.A), (1, Outcome.Reject), (2, Outcome.B), (2, Outcome.B), (3, Outcome.Tie), (3, Outcome.A)];

        // 2 agrees, 1 and 3 do not
        Assert.Equal(1 / 3.0, PercentAgreement.Of(RatingTable.OfOutcomes(votes), New()).Value!.Value, Tolerance);

        // 1 has a single rating left; a and tie are neighbours, so ordinal disagreement is milder than nominal
        var preferences = RatingTable.OfPreferences(votes);
        Assert.Equal(1 / 2.0, PercentAgreement.Of(preferences, New()).Value!.Value, Tolerance);
        Assert.True(KrippendorffAlpha.Ordinal(preferences, New()).Value > KrippendorffAlpha.Nominal(preferences, New()).Value);
        Assert.Equal((4, 3), (RatingTable.OfOutcomes(votes).Categories, preferences.Categories));
        Assert.Equal((3, 2, 5), (preferences.Units, preferences.PairableUnits, preferences.Ratings));
    }

    [Fact]
    public void Arguments_OutsideTheirRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RatingTable(1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RatingTable(3, [(1, 3)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RatingTable(3, [(1, -1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => GwetAc1.Of(new RatingTable(3, []), New(), replicates: 999));
    }

    private static readonly Func<RatingTable, Estimate>[] Coefficients =
    [
        table => PercentAgreement.Of(table, New()),
        table => PercentAgreement.OverPairs(table, New()),
        table => BrennanPrediger.Of(table, New()),
        table => GwetAc1.Of(table, New()),
        table => GwetAc1.Linearised(table),
        table => FleissKappa.Of(table, New()),
        table => KrippendorffAlpha.Nominal(table, New()),
        table => KrippendorffAlpha.NominalLinearised(table),
        table => KrippendorffAlpha.Ordinal(table, New()),
        table => KrippendorffAlpha.Interval(table, New()),
    ];

    private static double ByCoincidences(List<(long Unit, int Category)> ratings, Func<double[], int, int, double> distance)
    {
        var categories = ratings.Max(rating => rating.Category) + 1;
        var coincidences = new double[categories, categories];
        foreach (var unit in ratings.GroupBy(rating => rating.Unit, rating => rating.Category).Select(unit => unit.ToList()))
        {
            for (var first = 0; first < unit.Count; first++)
            {
                for (var second = 0; second < unit.Count; second++)
                    coincidences[unit[first], unit[second]] += first == second ? 0 : 1.0 / (unit.Count - 1);
            }
        }

        var totals = Enumerable.Range(0, categories).Select(c => Enumerable.Range(0, categories).Sum(k => coincidences[c, k])).ToArray();
        var (observed, expected) = (0.0, 0.0);
        for (var c = 0; c < categories; c++)
        {
            for (var k = 0; k < categories; k++)
            {
                observed += coincidences[c, k] * Math.Pow(distance(totals, c, k), 2) / totals.Sum();
                expected += totals[c] * totals[k] * Math.Pow(distance(totals, c, k), 2) / (totals.Sum() * (totals.Sum() - 1));
            }
        }

        return 1 - observed / expected;
    }

    private static Random New() => new(Seed);

    private static RatingTable Read(JsonElement input) => AgreementInput.Read(input).Table;
}
