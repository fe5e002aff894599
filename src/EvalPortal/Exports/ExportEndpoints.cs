using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports.Layouts;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Downloads of a study's tables, for whoever is signed in.</summary>
public static class ExportEndpoints
{
    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var study = routes.MapGroup("/studies/{studyId:long}/export").AddEndpointFilter(DownloadAudit.NoteAsync);
        foreach (var table in Enum.GetValues<StudyTable>())
        {
            study.MapGet(
                $"/{table.ToText()}.{{extension}}",
                (long studyId, string extension, bool? spreadsheet, StudyStore studies, StudyExport export, CancellationToken cancel) =>
                    DownloadAsync(
                        studies, studyId, table.ToText(), ExportFormats.OfExtension(extension, spreadsheet == true),
                        (found, stream, format) => export.WriteAsync(found, table, stream, format, cancel), cancel));
        }
        study.MapGet("/preferences-{setId:long}.{extension}", async (
            long studyId, long setId, string extension, bool? spreadsheet, StudyStore studies, PreferenceSetStore sets, StudyExport export, CancellationToken cancel) =>
            await sets.FindAsync(setId, cancel) is { } set && set.StudyId == studyId
                ? await DownloadAsync(
                    studies, studyId, $"preferences {set.Name}", ExportFormats.OfExtension(extension, spreadsheet == true),
                    (found, stream, format) => export.WritePreferencesAsync(found, set, stream, format, cancel), cancel)
                : Results.NotFound());
        study.MapGet("/layouts/{layout}.zip", LayoutAsync);
    }

    private static async Task<IResult> DownloadAsync(
        StudyStore studies, long studyId, string what, ExportFormat? format, Func<Study, Stream, ExportFormat, Task> write, CancellationToken cancel) =>
        format is { } known && await studies.FindAsync(studyId, cancel) is { } study
            ? Results.Stream(stream => write(study, stream, known), known.MediaType(), $"{study.Name} {what}{known.Extension()}")
            : Results.NotFound();

    /// <summary>The file of a public layout with its manifest, in a zip. What the address does not say is as the page has it at first.</summary>
    private static async Task<IResult> LayoutAsync(
        long studyId, string layout, string? axis, string? votes, string? format, StudyStore studies, LayoutExport export, HttpContext context, CancellationToken cancel)
    {
        if (PublicLayouts.Find(layout) is not { } known || await studies.FindAsync(studyId, cancel) is not { Form: StudyForm.Pairs } study)
            return Results.NotFound();
        var order = LayoutChoice.Read(study, known, axis, votes, format);
        // Written first and sent then: the manifest knows the file's hash, and an error is an error and not half a file.
        var zip = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        context.Response.RegisterForDisposeAsync(zip);
        await export.WriteZipAsync(study, order, zip, cancel);
        zip.Position = 0;
        return Results.File(zip, "application/zip", $"{study.Name} {known.Key}.zip");
    }
}
