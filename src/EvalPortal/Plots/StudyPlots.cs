using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plots;

/// <summary>The figures of a study's results.</summary>
public static class StudyPlots
{
    // The most tests for which an interval of all together can be had: 1 − 0.05/m is then a level that statistics are computed at.
    private const int MostJoint = 50;

    /// <summary>Win, tie, lose, split and reject on each axis.</summary>
    /// <param name="linkTo">Where a click on a decision leads; nowhere when null.</param>
    public static Plot Outcomes(StudyReport report, string systemA, string systemB, Func<Axis, Decision, string>? linkTo = null) => OutcomePlot.Of(
        [.. report.Axes.Select(axis => new OutcomeBar
        {
            Name = axis.Axis.ToString(),
            Decisions = axis.Decisions,
            Net = axis.NetWinRate,
            LinkTo = linkTo is null ? null : decision => linkTo(axis.Axis, decision),
        })],
        systemA, systemB);

    /// <summary>Net win rates of A on each axis, of the decisions and of the votes.</summary>
    public static Plot Forest(StudyReport report) => ForestPlot.OfNetWinRates(
        "forest",
        "net win rates",
        NoteOf(report.Axes.Max(axis => axis.FamilySize)),
        [.. report.Axes.SelectMany(axis => Lines(axis.Axis.ToString(), axis, report.Comparisons, axis.FamilySize))],
        "Comparisons or votes");

    /// <summary>Net win rates on one axis of several studies, a pair of systems each.</summary>
    public static Plot Forest(Axis axis, IReadOnlyList<(string Label, StudyReport Report, string Link)> studies)
    {
        var asked = studies.Where(study => study.Report.Axes.Any(one => one.Axis == axis)).ToList();
        return ForestPlot.OfNetWinRates(
            "forest",
            "net win rates",
            NoteOf(asked.Count),
            [.. asked.SelectMany(study => Lines(study.Label, study.Report.Axes.Single(one => one.Axis == axis), study.Report.Comparisons, asked.Count)
                .Select(line => line with { Link = study.Link }))],
            "Comparisons or votes");
    }

    /// <summary>Rates of right answers, of all questions and by category.</summary>
    public static Plot Alignment(AlignmentReport report, string systemA, string systemB) => ForestPlot.OfShares(
        "alignment",
        "text alignment",
        "Share of right answers; 95 % interval clustered by prompt.",
        [.. report.Categories.Prepend(report.All).SelectMany(row => new[] { (Letter: "A", System: systemA, Rate: row.A, Tone: Tone.A), (Letter: "B", System: systemB, Rate: row.B, Tone: Tone.B) }
            .Where(system => system.Rate is not null).Select(system => new ForestLine
            {
                Label = $"{row.Category ?? "All questions"}, {(row.B is null ? system.System : $"{system.Letter} {system.System}")}",
                Estimate = system.Rate!.Rate,
                Count = system.Rate.Questions,
                Tone = system.Tone,
            }))],
        "Questions",
        "Right answers, %");

    /// <summary>How often images of each system were picked as the best and as the worst.</summary>
    public static Plot Picks(PreferenceReport report, string systemA, string systemB) => ForestPlot.OfShares(
        "picks",
        "best and worst",
        "Share of the votes that picked an image of the system; 95 % interval clustered by prompt."
        + (report.Systems[0].Shown is { } shown && report.Systems.Count > 1 ? $" By chance: {Figures.Percent(shown)} of A and {Figures.Percent(1 - shown)} of B." : ""),
        [.. report.Systems.SelectMany(system => new[] { ("Picked as the best", system.Best), ("Picked as the worst", system.Worst) }.Select(pick => new ForestLine
        {
            Label = $"{pick.Item1}, {(system.IsA ? $"A {systemA}" : $"B {systemB}")}",
            Estimate = pick.Item2,
            Count = report.Votes,
            Tone = system.IsA ? Tone.A : Tone.B,
        }))],
        "Votes",
        "% of the votes");

    private static string NoteOf(int tests) =>
        "Dot: net win rate; thick line: 95 % interval."
        + (tests is > 1 and <= MostJoint ? $" Thin line: 95 % for all {tests} net win rates of decisions together (Bonferroni)." : "")
        + " Above 0 the first system is ahead. Smaller: of the votes, which allows for other raters too.";

    private static IEnumerable<ForestLine> Lines(string label, AxisReport axis, IReadOnlyList<TalliedComparison> comparisons, int tests)
    {
        yield return new ForestLine { Label = label, Estimate = axis.NetWinRate, Joint = JointOf(axis, comparisons, tests), Count = axis.Decisions.Compared };
        yield return new ForestLine { Label = "in votes", Estimate = axis.VoteNetWinRate.Estimate, Count = axis.Votes.Compared, IsSecond = true };
    }

    /// <summary>The same interval at the level at which all of a family hold together; null for one test or too many.</summary>
    private static Interval? JointOf(AxisReport axis, IReadOnlyList<TalliedComparison> comparisons, int tests) => tests is <= 1 or > MostJoint ? null
        : NetWinRates.OfDecisions(axis.Decisions, AxisReport.Decided(axis.Axis, comparisons), level: 1 - 0.05 / tests).NetWinRate.Interval;
}
