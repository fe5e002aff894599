using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>The figures of an axis in words, the same in the terminal and on the page.</summary>
internal static class FigureLines
{
    /// <summary>Two systems against each other.</summary>
    /// <param name="family">How many axes the p-value is adjusted over.</param>
    public static IEnumerable<FigureLine> Of(HeadToHead pair, int family)
    {
        yield return new("Net win rate of A, %", Figures.NetWinRate(pair.NetWinRate), pair.NetWinRate.Reason ?? $"of decisions; {pair.NetWinRate.Method}");
        yield return new("Neither better", Figures.PValue(pair.AdjustedPValue), pair.Test.Reason ?? Test(pair.Test, family));
        yield return Clustered("Net win rate of A in votes, %", pair.VoteNetWinRate);
        yield return pair.Bootstrap is { Bca: var bca } bootstrap
            ? new("The same, bootstrap", Figures.NetWinRate(bca), bca.Reason ?? $"{bca.Method}, {bootstrap.Replicates.ToString("N0", CultureInfo.InvariantCulture)} resamples")
            : new("The same, bootstrap", Figures.None, pair.BootstrapReason!);
        foreach (var line in OfMargin(pair))
            yield return line;
    }

    private static IEnumerable<FigureLine> OfMargin(HeadToHead pair)
    {
        if (pair.Margin is { } decisions)
            yield return Margin("of decisions", decisions);
        if (pair.VoteMargin is { } votes)
            yield return Margin("of votes", votes);
    }

    private static FigureLine Margin(string what, MarginResult result)
    {
        var margin = Figures.Percent(result.Margin);
        if (result.Reason is { } reason)
            return new($"A less than {margin} worse", Figures.None, reason);
        var equivalent = $"less than {margin} apart either way: {Shown(result.IsEquivalent!.Value)}, {Figures.PValue(result.EquivalencePValue)}";
        return new(
            $"A less than {margin} worse",
            $"{Shown(result.IsNonInferior!.Value)}, {Figures.PValue(result.NonInferiorityPValue)}",
            $"{what}, one-sided; {equivalent}; 90 % interval {Figures.NetWinRate(result.Estimate)}{(result.Fallback is { } fallback ? $"; {fallback}" : "")}");
    }

    private static string Shown(bool shown) => shown ? "shown" : "not shown";

    /// <summary>How far raters agree.</summary>
    public static IEnumerable<FigureLine> Of(Agreement agreement) =>
    [
        new("Same answer by two raters", Figures.Rate(agreement.Percent), How(agreement.Percent)),
        new("Krippendorff's alpha, nominal", Figures.Coefficient(agreement.NominalAlpha), How(agreement.NominalAlpha)),
        new("Krippendorff's alpha, ordinal", Figures.Coefficient(agreement.OrdinalAlpha), How(agreement.OrdinalAlpha)),
        new("Gwet's AC1", Figures.Coefficient(agreement.Ac1), How(agreement.Ac1)),
    ];

    /// <summary>Whether the left image is favoured.</summary>
    public static FigureLine LeftPreference(ClusteredEstimate? preference) => preference is null
        ? new("Net wins of the left image, %", Figures.None, "The file does not say which image stood on the left.")
        : Clustered("Net wins of the left image, %", preference);

    /// <summary>A net win rate of votes, with its clusters.</summary>
    public static FigureLine Clustered(string name, ClusteredEstimate estimate) => new(
        name,
        Figures.NetWinRate(estimate.Estimate),
        estimate.Estimate.Reason ?? estimate.Fallback ?? $"of votes; {estimate.Estimate.Method}");

    private static string How(Estimate estimate) => estimate.Reason ?? estimate.Method;

    private static string Test(PairTest test, int family) => family > 1
        ? $"{test.Method}; adjusted over {family} axes (Holm), alone {Figures.PValue(test.PValue)}"
        : test.Method;
}
