using System.Net.Mime;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;

namespace PixelPost.EvalPortal.Audit;

/// <summary>Downloads of the log: the whole for admins, that of a study for its people.</summary>
public static class AuditEndpoints
{
    private static readonly ExportTable<AuditEntry> Table = new(
        "audit",
        [
            new("audit_entry_id", entry => entry.AuditEntryId),
            new("at", entry => entry.At),
            new("actor", entry => entry.Actor.ToText()),
            new("account_id", entry => entry.AccountId),
            new("account", entry => entry.AccountName),
            new("command", entry => entry.Command),
            new("study_id", entry => entry.StudyId),
            new("study", entry => entry.StudyName),
            new("subject", entry => entry.Subject),
            new("subject_id", entry => entry.SubjectId),
            new("action", entry => entry.Action),
            new("before", entry => entry.BeforeJson),
            new("after", entry => entry.AfterJson),
        ]);

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audit.csv", (HttpContext context, AuditStore log, CancellationToken cancel) =>
            Download(log, AuditQuery.Parse(context.Request.QueryString.Value), cancel)).RequireAuthorization(AccountSetup.AdminOnly);
        routes.MapGet("/studies/{studyId:long}/audit.csv", (long studyId, AuditStore log, CancellationToken cancel) =>
            Download(log, new AuditQuery { StudyId = studyId }, cancel));
    }

    // What people typed stands in it, and it is for looking at: nothing in it may be run as a formula.
    private static IResult Download(AuditStore log, AuditQuery query, CancellationToken cancel) => Results.Stream(
        stream => Table.WriteAsync(stream, log.ReadAsync(query with { Before = null }, cancel), ExportFormat.Spreadsheet, cancel),
        $"{MediaTypeNames.Text.Csv}; charset=utf-8",
        "audit.csv");
}
