using System.Text.Json;

namespace PixelPost.Stats.Tests;

/// <summary>Percent agreement, Krippendorff's alpha and Gwet's AC1 on the same tables.</summary>
public class AgreementTests
{
    private const double Tolerance = 1e-9;
    private const int Seed = 20240917;

    public static TheoryData<string, string> Cases => GoldenFile.Cases("agreement.json");

    [Theory, MemberData(nameof(Cases))]
    public void EveryCoefficient_GoldenRatings_Match(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var table = Read(input);
        var isCrossTable = expected.TryGetProperty("percent_agreement", out _);

        Expect.Value(Defined(expected, isCrossTable ? "percent_agreement" : "percent_agreement_mean_over_units"), PercentAgreement.Of(table, New()), Tolerance);
        Expect.Value(Defined(expected, "gwet_ac1"), GwetAc1.Of(table, New()), Tolerance);
        if (isCrossTable)
            return; // two raters: the file has kappa in alpha's place

        Expect.Value(Defined(expected, "krippendorff_alpha_nominal"), KrippendorffAlpha.Nominal(table, New()), Tolerance);
        Expect.Value(Defined(expected, "krippendorff_alpha_ordinal"), KrippendorffAlpha.Ordinal(table, New()), Tolerance);
    }

    /// <summary>Krippendorff (2011), "Computing Krippendorff's alpha-reliability", data C and D; AC1 as Gwet prints it for the same data.</summary>
    [Fact]
    public void EveryCoefficient_KrippendorffExample_MatchesPublishedValues()
    {
        var table = Read(GoldenFile.Case("agreement.json", "krippendorff-4-coders-12-units").Input);

        Assert.Equal(0.743, KrippendorffAlpha.Nominal(table, New()).Value!.Value, 5e-4);
        Assert.Equal(0.815, KrippendorffAlpha.Ordinal(table, New()).Value!.Value, 5e-4);
        Assert.Equal(0.77544, GwetAc1.Of(table, New()).Value!.Value, 5e-6);
    }

    /// <summary>Another route to the same quantity: irrCAC's linearised standard error over units against our resampling of units.</summary>
    [Theory]
    [InlineData("fleiss-1971-diagnoses")]
    [InlineData("votes-6-raters-40-units-30pct-missing")]
    [InlineData("votes-12-raters-60-units-75pct-missing")]
    public void Bootstrap_GoldenRatings_AgreesWithTheLinearisedStandardError(string id)
    {
        var (input, expected) = GoldenFile.Case("agreement.json", id);
        var table = Read(input);
        var alpha = KrippendorffAlpha.Nominal(table, New());
        var ac1 = GwetAc1.Of(table, New());

        Assert.Equal(1, alpha.StandardError!.Value / expected.Number("krippendorff_alpha_nominal_se_over_units")!.Value, tolerance: 0.1);
        Assert.Equal(1, ac1.StandardError!.Value / expected.Number("gwet_ac1_se_over_units")!.Value, tolerance: 0.1);
        Assert.True(alpha.Interval!.Contains(alpha.Value!.Value));
        Assert.True(ac1.Interval!.Contains(ac1.Value!.Value));
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

    [Fact]
    public void EveryCoefficient_UnitsRelabelledAndRatingsReordered_IsUnchanged()
    {
        var ratings = RatingsOf(GoldenFile.Case("agreement.json", "votes-6-raters-40-units-30pct-missing").Input).ToList();
        var (table, changed) = (new RatingTable(3, ratings), new RatingTable(3, ratings.Select(r => (999 - 7 * r.Unit, r.Category)).Reverse()));

        foreach (var coefficient in Coefficients)
            Assert.Equal(coefficient(table).Value!.Value, coefficient(changed).Value!.Value, 1e-12);
    }

    [Fact]
    public void EveryCoefficient_SwappedSystems_IsUnchanged()
    {
        var ratings = RatingsOf(GoldenFile.Case("agreement.json", "votes-6-raters-40-units-30pct-missing").Input).ToList();
        var (table, swapped) = (new RatingTable(3, ratings), new RatingTable(3, ratings.Select(r => (r.Unit, 2 - r.Category))));

        foreach (var coefficient in Coefficients)
            Assert.Equal(coefficient(table).Value!.Value, coefficient(swapped).Value!.Value, 1e-12);
    }

    [Fact]
    public void Alpha_CategoriesPermuted_NominalIsUnchangedAndOrdinalIsNot()
    {
        var ratings = RatingsOf(GoldenFile.Case("agreement.json", "votes-6-raters-40-units-30pct-missing").Input).ToList();
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
        foreach (var coefficient in Coefficients)
            Expect.Undefined(coefficient(new RatingTable(3, [])));
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
        table => GwetAc1.Of(table, New()),
        table => KrippendorffAlpha.Nominal(table, New()),
        table => KrippendorffAlpha.Ordinal(table, New()),
    ];

    private static Random New() => new(Seed);

    // the file says in words what is undefined
    private static double? Defined(JsonElement expected, string name) =>
        !expected.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.String ? null : value.GetDouble();

    private static RatingTable Read(JsonElement input) => input.TryGetProperty("categories", out var categories)
        ? new RatingTable(categories.GetArrayLength(), RatingsOf(input))
        : new RatingTable(input.GetProperty("table_rater1_rows_rater2_columns").GetArrayLength(), CrossTableRatings(input));

    private static IEnumerable<(long Unit, int Category)> RatingsOf(JsonElement input) =>
        from rater in input.GetProperty("ratings_raters_by_units").EnumerateArray()
        from rating in rater.EnumerateArray().Select((value, unit) => (Unit: (long)unit, Value: value))
        where rating.Value.ValueKind != JsonValueKind.Null
        select (rating.Unit, rating.Value.GetInt32());

    // a cross table of two raters: each count is that many units with one rating per rater
    private static IEnumerable<(long Unit, int Category)> CrossTableRatings(JsonElement input)
    {
        var unit = 0L;
        foreach (var (row, first) in input.GetProperty("table_rater1_rows_rater2_columns").EnumerateArray().Select((row, i) => (row, i)))
        {
            foreach (var (cell, second) in row.EnumerateArray().Select((cell, i) => (cell, i)))
            {
                for (var count = cell.GetInt32(); count > 0; count--, unit++)
                {
                    yield return (unit, first);
                    yield return (unit, second);
                }
            }
        }
    }
}
