using System.Net.Mime;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Downloads of a study's tables, for whoever is signed in.</summary>
public static class ExportEndpoints
{
    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var study = routes.MapGroup("/studies/{studyId:long}/export");
        study.MapGet("/votes.csv", (long studyId, bool? spreadsheet, StudyStore studies, StudyExport export, CancellationToken cancel) =>
            DownloadAsync(studies, studyId, "votes", (found, stream) => export.WriteVotesAsync(found, stream, spreadsheet == true, cancel), cancel));
        study.MapGet("/answers.csv", (long studyId, bool? spreadsheet, StudyStore studies, StudyExport export, CancellationToken cancel) =>
            DownloadAsync(studies, studyId, "answers", (found, stream) => export.WriteAnswersAsync(found, stream, spreadsheet == true, cancel), cancel));
        study.MapGet("/picks.csv", (long studyId, bool? spreadsheet, StudyStore studies, StudyExport export, CancellationToken cancel) =>
            DownloadAsync(studies, studyId, "picks", (found, stream) => export.WritePicksAsync(found, stream, spreadsheet == true, cancel), cancel));
        study.MapGet("/decisions.csv", (long studyId, bool? spreadsheet, StudyStore studies, StudyExport export, CancellationToken cancel) =>
            DownloadAsync(studies, studyId, "decisions", (found, stream) => export.WriteDecisionsAsync(found, stream, spreadsheet == true, cancel), cancel));
        study.MapGet("/exclusions.csv", (long studyId, bool? spreadsheet, StudyStore studies, StudyExport export, CancellationToken cancel) =>
            DownloadAsync(studies, studyId, "exclusions", (found, stream) => export.WriteExclusionsAsync(found, stream, spreadsheet == true, cancel), cancel));
        study.MapGet("/training.csv", (long studyId, bool? spreadsheet, StudyStore studies, StudyExport export, CancellationToken cancel) =>
            DownloadAsync(studies, studyId, "training", (found, stream) => export.WriteTrainingAsync(found, stream, spreadsheet == true, cancel), cancel));
        study.MapGet("/preferences-{setId:long}.csv", async (
            long studyId, long setId, bool? spreadsheet, StudyStore studies, PreferenceSetStore sets, StudyExport export, CancellationToken cancel) =>
            await sets.FindAsync(setId, cancel) is { } set && set.StudyId == studyId
                ? await DownloadAsync(
                    studies, studyId, $"preferences {set.Name}",
                    (found, stream) => export.WritePreferencesAsync(found, set, stream, spreadsheet == true, cancel), cancel)
                : Results.NotFound());
    }

    private static async Task<IResult> DownloadAsync(
        StudyStore studies, long studyId, string what, Func<Study, Stream, Task> write, CancellationToken cancel) =>
        await studies.FindAsync(studyId, cancel) is { } study
            ? Results.Stream(stream => write(study, stream), $"{MediaTypeNames.Text.Csv}; charset=utf-8", $"{study.Name} {what}.csv")
            : Results.NotFound();
}
