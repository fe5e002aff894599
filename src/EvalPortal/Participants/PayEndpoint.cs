using System.Net.Mime;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Participants;

/// <summary>The download of whom to pay, for whoever works on the study.</summary>
public static class PayEndpoint
{
    private static readonly ExportTable<PayLine> Table = new(
        "pay",
        [
            new("participant_id", line => line.PanelId),
            new("panel_study_id", line => line.PanelStudy),
            new("panel_session_id", line => line.PanelSession),
            new("status", line => line.Status),
            new("reason", line => line.Reason),
            new("decided_at", line => line.DecidedAt),
            new("gold_answered", line => line.GoldAnswered),
            new("gold_missed", line => line.GoldMissed),
            new("suggestion", line => line.Suggestion),
            new("suggestion_reason", line => line.ReviewReason),
        ]);

    public static void MapPay(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/studies/{studyId:long}/pay.csv", async (
            long studyId, HttpContext context, StudyStore studies, ParticipantStore participants, CancellationToken cancel) =>
        {
            if (await studies.FindAsync(studyId, cancel) is not { } study)
                return Results.NotFound();
            var lines = await participants.ListPayAsync(studyId, cancel);
            context.Response.Headers.CacheControl = "no-store";
            // The ids come from outside and the list is for a spreadsheet: nothing in it may be run as a formula.
            return Results.Stream(
                stream => Table.WriteAsync(stream, lines.ToAsyncEnumerable(), ExportFormat.Spreadsheet, cancel),
                $"{MediaTypeNames.Text.Csv}; charset=utf-8",
                $"{study.Name} pay.csv");
        }).AddEndpointFilter(DownloadAudit.NoteAsync).WithMetadata(new NeedsAttribute(Access.Change));
}
