using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports;

/// <summary>The tables of a study, but for those of its preference sets.</summary>
public enum StudyTable
{
    Votes,
    Answers,
    Picks,
    Decisions,
    Images,
    Exclusions,
    Training,
}

/// <summary>Which tables a study has.</summary>
internal static class StudyTables
{
    /// <summary>In the order in which they are offered and written.</summary>
    public static IReadOnlyList<StudyTable> Of(Study study) =>
    [
        StudyTable.Votes,
        study.Form switch
        {
            StudyForm.Alignment => StudyTable.Answers,
            StudyForm.Preference => StudyTable.Picks,
            _ => StudyTable.Decisions,
        },
        StudyTable.Images,
        StudyTable.Exclusions,
        StudyTable.Training,
    ];
}
