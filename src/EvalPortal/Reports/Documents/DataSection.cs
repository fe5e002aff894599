using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>What the numbers are computed from, so that anybody who has the export can compute them again.</summary>
internal static class DataSection
{
    public static DocumentSection Of(IReadOnlyList<StudyResult> studies) => new("Data",
    [
        new Paragraph("Each table is the one that the study exports: the same votes give the same bytes, and so the same hash. The command EvalPortal report computes this report from an exported folder again."),
        new DocumentTable(
            "Tables of votes, with their hashes.",
            [new("Study"), new("Table"), new("Rows", true), new("As of"), new("SHA-256")],
            [
                .. studies.Select(study => DocumentRow.Of(
                    study.Data.Study.Name, study.Data.File.Name, Figures.Whole(study.Data.File.Rows),
                    study.Data.ReadAt is { } time ? TimeText.Exact(time) : Figures.None, study.Data.File.Sha256)),
            ]),
    ]);
}
