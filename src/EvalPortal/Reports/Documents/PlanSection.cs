using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>What was planned, in what the report is not as planned, and where studies are not as their preset says.</summary>
internal static class PlanSection
{
    public static DocumentSection Plans(IReadOnlyList<StudyResult> studies)
    {
        var blocks = new List<DocumentBlock>();
        foreach (var study in studies)
        {
            blocks.Add(new Paragraph(DocumentWords.About(study, studies.Count, Sentence(study))));
            if (study.Reading is { IsAsPlanned: false } reading)
                blocks.Add(new BulletList(reading.Departures));
        }
        if (studies.Any(study => study.Data.Plans.Count > 0))
            blocks.Add(Versions(studies));
        return new DocumentSection("Analysis plan", blocks);
    }

    private static string Sentence(StudyResult study) => study.Reading switch
    {
        { IsAsPlanned: true } => $"as planned. {Words(study.Plan!)}",
        { } reading => $"not as planned in {Figures.Count(reading.Departures.Count, "way")}. {Words(study.Plan!)}",
        null when study.Data.IsDescribed => "no analysis plan is locked: nothing here was planned in writing.",
        _ => "whether there is an analysis plan is not known from the table alone.",
    };

    /// <summary>Where studies are not as their preset says.</summary>
    public static DocumentSection Deviations(IReadOnlyList<StudyResult> studies)
    {
        var blocks = new List<DocumentBlock>();
        foreach (var study in studies)
            blocks.Add(new Paragraph(DocumentWords.About(study, studies.Count, Preset(study))));
        var deviating = studies.Where(study => study.Data.Deviations.Count > 0).ToList();
        if (deviating.Count > 0)
        {
            blocks.Add(new DocumentTable(
                "Where the study is not as its preset says.",
                [new("Setting"), new("Preset"), new("This study")],
                [
                    .. deviating.SelectMany(study => study.Data.Deviations
                        .Select(deviation => DocumentRow.Of(deviation.Setting, deviation.Preset, deviation.Study))
                        .Prepend(DocumentRow.Heading(study.Data.Study.Name))),
                ]));
        }
        return new DocumentSection("Deviations from the preset", blocks);
    }

    private static string Words(AnalysisPlan plan) =>
        $"Test: {PlanWords.Of(plan.Test)}, at {PlanNumbers.Level(plan.Significance)}. Family: {PlanWords.Family(plan)}. "
        + (plan.Margin is { } margin ? $"Margin: {PlanNumbers.Points(margin)} points. " : "")
        + $"Exclusions: {PlanWords.Exclusions(plan)}. "
        + (plan.PlannedComparisons is { } planned ? $"Planned: {Figures.Count(planned, "comparison")} for each question." : "No number of comparisons was planned.");

    private static DocumentTable Versions(IReadOnlyList<StudyResult> studies) => new(
        "Locked versions of the plan. Those after the first are amendments; the hash is that of the plan's text in the export.",
        [new("Version", true), new("Locked"), new("People's votes by then", true), new("Reason"), new("SHA-256")],
        [
            .. studies.Where(study => study.Data.Plans.Count > 0).SelectMany(study => study.Data.Plans
                .Select(plan => DocumentRow.Of(
                    Figures.Whole(plan.Version), TimeText.Exact(plan.LockedAt!.Value), DocumentWords.Count(plan.VotesBefore), plan.Reason ?? "", plan.Sha256!))
                .Prepend(DocumentRow.Heading(study.Data.Study.Name))),
        ]);

    private static string Preset(StudyResult study) => StudyPresets.FindStudy(study.Data.Study.Preset) switch
    {
        null when !study.Data.IsDescribed => "which preset it began with is not known from the table alone.",
        null => "it began with no preset.",
        ({ } preset, { } part) => $"preset {preset.Name}{(preset.Studies.Count > 1 ? $", its study of {part.Name.ToLowerInvariant()}" : "")}: "
            + (study.Data.Deviations.Count == 0 ? "there is no deviation." : $"{Figures.Count(study.Data.Deviations.Count, "deviation")}."),
    };
}
