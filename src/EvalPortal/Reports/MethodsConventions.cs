using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.Reports;

/// <summary>The conventions of a report, one sentence or two each.</summary>
internal static class MethodsConventions
{
    public static IReadOnlyList<Convention> Of(VoteReport report) =>
    [
        new("Estimand", Estimand(report)),
        new("Ties", "Ties are in the base of every rate and net win rate, as neither a win nor a loss; the sign test drops them."
            + (report.Axes.Any(axis => axis.BothBad > 0) ? " A vote that calls both bad is a tie." : "")),
        new("Rejects", "A vote that rejects the pair is counted, and left out of every rate and net win rate."),
        new("Clusters", Clusters(report)),
        new("Family", Family(report)),
        new("Left out", LeftOut(report.File)),
    ];

    private static string Estimand(VoteReport report) => string.Join(' ', new[]
    {
        report.Pair is { } pair ? OfPair(pair) : null,
        report.Systems.Count > 2 ? OfAll : null,
    }.OfType<string>());

    private const string OfAll = "Log strength of each system, of which differences are log odds between two systems whoever they met; and its net win rate, the share of its votes it won minus the share it lost, which depends on whom it met.";

    private static string OfPair(SystemPair pair) =>
        $"Net win rate of {pair.A} (A) over {pair.B} (B): the share of comparisons decided for A minus the share decided for B. A comparison is decided by the answer that most of its raters gave; where two answers share the first place it is a split.";

    private static string Clusters(VoteReport report) => report.Axes.Any(axis => axis.Clusters.Raters is not null)
        ? "Votes on one prompt, and votes by one rater, hang together: intervals over votes allow for both."
        : "Votes on one prompt hang together, and intervals over votes allow for that. The file does not say who voted, so votes by one rater are not allowed for.";

    private static string Family(VoteReport report)
    {
        if (report.Pair is null)
            return "No tests are made, so there is no family of tests; intervals hold one by one.";
        var tests = report switch
        {
            { OnlyAxis: { } axis } => $"One test, on {axis}, the axis that was asked for; what was tested on other axes is not allowed for.",
            { Axes.Count: 1 } => "One test, on the only axis of the file.",
            { Plan: not null } => $"One test per axis; the {report.FamilySize} of the planned family are adjusted by Holm, others stand alone.",
            _ => $"One test per axis, {report.Axes.Count} in all, adjusted by Holm.",
        };
        return report.Margin is null ? tests : $"{tests} The tests against the margin are not adjusted; the margin must have been fixed before the votes were seen.";
    }

    private static string LeftOut(FileFacts file)
    {
        var parts = file.Unusable.Concat(file.Excluded)
            .Select(rows => string.Create(CultureInfo.InvariantCulture, $"{rows.Count:N0}: {rows.Reason}"))
            .ToList();
        var rows = Figures.Count(file.Rows, "row");
        return parts.Count == 0
            ? $"Nothing: all {rows} count."
            : string.Create(CultureInfo.InvariantCulture, $"{file.Rows - file.Counted:N0} of {rows}. ") + string.Join("; ", parts) + ".";
    }
}
