using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>The tables about best and worst of several images.</summary>
internal static class PickTables
{
    /// <summary>How often the images of each system were picked; null without a study of two systems.</summary>
    public static DocumentTable? Rates(IReadOnlyList<StudyResult> studies)
    {
        var two = studies.Where(study => study.Preference!.Systems.Count > 1).ToList();
        return two.Count == 0 ? null : new DocumentTable(
            "Best and worst: share of the votes that picked an image of the system, with 95 % intervals; by chance: the system's share of the images that raters saw.",
            [new("System"), new("Picked as the best [95 %]", true), new("Picked as the worst [95 %]", true), new("By chance", true)],
            [
                .. two.SelectMany(study => study.Preference!.Systems.Select(system => DocumentRow.Of(
                    system.IsA ? $"A {study.Data.SystemA}" : $"B {study.Data.SystemB}",
                    Figures.Rate(system.Best),
                    Figures.Rate(system.Worst),
                    system.Shown is { } shown ? Figures.Percent(shown) : Figures.None)).Prepend(DocumentRow.Heading(study.Comparison))),
            ])
        {
            Notes = [.. DocumentWords.Reasons(two.SelectMany(study => study.Preference!.Systems.SelectMany(system => ((string, string?)[])
                [($"{(system.IsA ? study.Data.SystemA : study.Data.SystemB)}, best", system.Best.Reason), ($"{(system.IsA ? study.Data.SystemA : study.Data.SystemB)}, worst", system.Worst.Reason)])))],
        };
    }

    /// <summary>What the picks rest on and what they decide.</summary>
    public static DocumentTable Counts(IReadOnlyList<StudyResult> studies) => new(
        "Best and worst: votes and what they decide. Best less worst decides: of a prompt the image that is alone at the top is chosen over the one that is alone at the bottom.",
        [
            new("Systems"), new("Votes", true), new("Raters", true), new("Prompts", true), new("With a chosen image", true), new("With a rejected image", true), new("With both", true),
            new("Flaw kept", true), new("Rejected", true),
        ],
        [
            .. studies.Select(study => (Study: study, Voted: study.Preference!.Items.Where(item => item.Votes > 0).ToList())).Select(one => DocumentRow.Of(
                one.Study.Comparison,
                Figures.Whole(one.Study.Preference!.Votes),
                Figures.Whole(one.Study.Preference.Raters),
                Figures.Whole(one.Voted.Count),
                Figures.Whole(one.Voted.Count(item => item.Chosen is not null)),
                Figures.Whole(one.Voted.Count(item => item.Rejected is not null)),
                Figures.Whole(one.Voted.Count(item => item is { Chosen: not null, Rejected: not null })),
                Figures.Whole(one.Study.Preference.FlawOverrides),
                DocumentWords.Count(one.Study.Rejected))),
        ])
    {
        Notes =
        [
            "Flaw kept: votes that kept an image with a flagged major flaw as the best. Rejected: votes that said the images cannot be judged; they are left out.",
            .. studies.Where(study => study.Rejected is null).Select(study => $"{study.Comparison}: rejects are in votes.csv, which is not at hand."),
        ],
    };
}
