using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>Sentences about a report, the same in the terminal and on the page.</summary>
internal static class ReportWords
{
    public static string Headline(VoteReport report) =>
        $"{report.File.Name}: {Figures.Count(report.File.Counted, "vote")}, {Figures.Count(report.Systems.Count, "system")}, {(report.Axes.Count == 1 ? "1 axis" : $"{report.Axes.Count} axes")}";

    /// <summary>What has to be known before the first figure.</summary>
    public static IEnumerable<string> Notes(VoteReport report)
    {
        if (report.File.CountsSimulated)
            yield return "Simulated votes: they are by programs, alone or among people's, and show nothing about people.";
        if (!report.File.NamesSystems)
            yield return $"The file does not say which systems were compared, so this compares the {report.Systems[0]} place with the {report.Systems[1]} one: it can show side bias, ties and agreement, and nothing about systems.";
        if (report.Pair is { ByDefault: true } pair && report.File.NamesSystems)
            yield return $"A is {pair.A} and B is {pair.B}, in alphabetical order; --a and --b choose otherwise.";
        if (report.Plan is { } plan)
        {
            yield return $"{(plan.Departures.Count == 0 ? "As planned" : $"Not as planned in {Figures.Count(plan.Departures.Count, "way")}")}: plan version {plan.Version}, locked {TimeText.Exact(plan.LockedAt)} {(plan.VotesBefore == 0 ? "before the first vote" : $"when {Figures.Count(plan.VotesBefore, "vote")} of people were in")}, SHA-256 {plan.Sha256}.";
            foreach (var departure in plan.Departures)
                yield return departure;
        }
    }

    /// <summary>How many tests that of an axis is adjusted with.</summary>
    public static int Family(VoteReport report, AxisResult axis) => report.Plan is { } plan && !plan.Family.Contains(axis.Axis) ? 1 : report.FamilySize;

    public static IEnumerable<string> Notes(VoteReport report, AxisResult axis) =>
        AxisNotes.Of(axis, axis.HeadToHead?.Clusters ?? axis.Clusters, axis.HeadToHead is null ? report.Systems.Count : 2);

    /// <summary>What figures rest on: <c>695 votes by 30 raters on 150 comparisons of 150 prompts</c>.</summary>
    public static string Clusters(VoteClusters clusters) =>
        Figures.Count(clusters.Votes, "vote")
        + (clusters.Raters is { } raters ? $" by {Figures.Count(raters, "rater")}" : "")
        + $" on {Figures.Count(clusters.Comparisons, "comparison")} of {Figures.Count(clusters.Prompts, "prompt")}";

    /// <summary>The first lines of the rows that do not count, with what stood there.</summary>
    public static string Lines(RowsLeftOut rows, int most)
    {
        var lines = rows.Lines.Take(most).Select((line, i) =>
            string.Create(CultureInfo.InvariantCulture, $"{line}{(rows.Values is { } values ? $" '{values[i]}'" : "")}"));
        return $"Line{(rows.Count == 1 ? "" : "s")} {string.Join(", ", lines)}{(rows.Count > most ? $" and {Number(rows.Count - most)} more, all in the JSON" : "")}.";
    }

    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
