using System.Text.Json;

namespace PixelPost.Stats.Tests;

/// <summary>Every expected figure of every case of the golden file; a figure that nobody computes fails its case.</summary>
public class AgreementGoldenTests
{
    private const string File = "agreement.json";
    private const double Tolerance = 1e-9;
    private const double ErrorTolerance = 1e-8;

    public static TheoryData<string, string> Cases => GoldenFile.Cases(File);

    public static TheoryData<string> PublishedCases => [.. Published().Keys];

    [Theory, MemberData(nameof(Cases))]
    public void EveryFigure_GoldenRatings_Matches(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var ratings = AgreementInput.Read(input);

        foreach (var figure in expected.EnumerateObject().Where(figure => figure.Name != "units")) // the columns of the input
        {
            Assert.True(Figures.TryGetValue(figure.Name, out var compute), $"Nothing computes {figure.Name}.");
            var actual = compute(ratings);
            switch (figure.Value.ValueKind)
            {
                case JsonValueKind.String: // the file says in words what is undefined
                    Assert.Null(actual.Value);
                    Assert.False(string.IsNullOrEmpty(actual.Reason));
                    break;
                case JsonValueKind.Array:
                    Expect.Interval([.. figure.Value.EnumerateArray().Select(bound => bound.GetDouble())], actual.Estimate!, ErrorTolerance);
                    break;
                default:
                    Assert.Equal(
                        figure.Value.GetDouble(), Assert.NotNull(actual.Value), figure.Name.Contains("_se") ? ErrorTolerance : Tolerance);
                    break;
            }
        }
    }

    [Theory, MemberData(nameof(PublishedCases))]
    public void EveryFigure_TextbookTable_MatchesThePrintedDigits(string id)
    {
        var ratings = AgreementInput.Read(GoldenFile.Case(File, id).Input);

        foreach (var figure in Published()[id].EnumerateObject())
        {
            var printed = figure.Value.GetRawText();
            var lastDigit = Math.Pow(10, -(printed.Length - printed.IndexOf('.') - 1));
            Assert.Equal(figure.Value.GetDouble(), Assert.NotNull(Figures[Names[figure.Name]](ratings).Value), lastDigit / 2 + 1e-12);
        }
    }

    private static readonly Dictionary<string, Func<AgreementInput, Figure>> Figures = new()
    {
        ["units_with_two_or_more"] = input => new(input.Table.PairableUnits),
        ["ratings"] = input => new(input.Table.Ratings),
        ["percent_agreement"] = input => new(PercentAgreement.Of(input.Table, New())),
        ["percent_agreement_mean_over_units"] = input => new(PercentAgreement.Of(input.Table, New())),
        ["percent_agreement_over_pairs"] = input => new(PercentAgreement.OverPairs(input.Table, New())),
        ["krippendorff_alpha_nominal"] = input => new(KrippendorffAlpha.Nominal(input.Table, New())),
        ["krippendorff_alpha_nominal_se_over_units"] = input => Error(KrippendorffAlpha.NominalLinearised(input.Table)),
        ["krippendorff_alpha_ordinal"] = input => new(KrippendorffAlpha.Ordinal(input.Table, New())),
        ["krippendorff_alpha_interval"] = input => new(KrippendorffAlpha.Interval(input.Table, New())),
        ["gwet_ac1"] = input => new(GwetAc1.Of(input.Table, New())),
        ["gwet_ac1_se_over_units"] = input => Error(GwetAc1.Linearised(input.Table)),
        ["gwet_pe"] = input => new(AscribedToChance(PercentAgreement.Of(input.Table, New()), GwetAc1.Of(input.Table, New()))),
        ["brennan_prediger"] = input => new(BrennanPrediger.Of(input.Table, New())),
        ["fleiss_kappa"] = input => new(FleissKappa.Of(input.Table, New())),
        ["fleiss_kappa_generalised"] = input => new(FleissKappa.Of(input.Table, New())),
        ["fleiss_kappa_se_under_h0"] = input => new(FleissKappa.Test(input.Table).StandardError),
        ["fleiss_kappa_z"] = input => new(FleissKappa.Test(input.Table).Z),
        ["kappa"] = input => new(Kappa(input)),
        ["kappa_se"] = input => Error(Kappa(input)),
        ["kappa_normal95"] = input => new(Kappa(input)),
        ["kappa_se_under_h0"] = input => new(CohenKappa.Test(input.Table.Categories, input.Pairs).StandardError),
        ["kappa_linear"] = input => new(Kappa(input, KappaWeights.Linear)),
        ["kappa_linear_se"] = input => Error(Kappa(input, KappaWeights.Linear)),
        ["kappa_quadratic"] = input => new(Kappa(input, KappaWeights.Quadratic)),
        ["kappa_quadratic_se"] = input => Error(Kappa(input, KappaWeights.Quadratic)),
    };

    // the published values have names of their own
    private static readonly Dictionary<string, string> Names = new()
    {
        ["alpha_nominal"] = "krippendorff_alpha_nominal",
        ["alpha_ordinal"] = "krippendorff_alpha_ordinal",
        ["alpha_interval"] = "krippendorff_alpha_interval",
        ["gwet_ac1"] = "gwet_ac1",
        ["gwet_ac1_se"] = "gwet_ac1_se_over_units",
        ["fleiss_kappa"] = "fleiss_kappa",
        ["kappa"] = "kappa",
        ["z"] = "fleiss_kappa_z",
    };

    private static Estimate Kappa(AgreementInput input, KappaWeights weights = KappaWeights.Unweighted) =>
        CohenKappa.Of(input.Table.Categories, input.Pairs, weights);

    private static Figure Error(Estimate estimate) => new(estimate.StandardError, estimate.Reason);

    // p_e, from coefficient = (p_o − p_e) / (1 − p_e)
    private static double AscribedToChance(Estimate observed, Estimate coefficient) =>
        (observed.Value!.Value - coefficient.Value!.Value) / (1 - coefficient.Value.Value);

    private static Random New() => new(20240917);

    private static Dictionary<string, JsonElement> Published() => JsonDocument.Parse(System.IO.File.ReadAllText(GoldenFile.PathOf(File)))
        .RootElement.GetProperty("cases").EnumerateArray()
        .Where(item => item.TryGetProperty("published", out _))
        .ToDictionary(item => item.GetProperty("id").GetString()!, item => item.GetProperty("published"));

    private sealed record Figure(double? Value, string? Reason = null)
    {
        public Figure(Estimate estimate)
            : this(estimate.Value, estimate.Reason) => Estimate = estimate;

        public Estimate? Estimate { get; }
    }
}
