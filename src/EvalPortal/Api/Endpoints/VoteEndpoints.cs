using System.Text;
using System.Text.Json;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A page of votes.</summary>
public sealed record VotesPage
{
    /// <summary>Rows of <c>votes.csv</c>, every column of docs/exports.md, in order of arrival.</summary>
    public required IReadOnlyList<JsonElement> Votes { get; init; }

    /// <summary>What to send as <c>after</c> to get what comes next, now or later; null while there is no vote.</summary>
    public string? Next { get; init; }

    /// <summary>Whether there is more already.</summary>
    public required bool More { get; init; }
}

/// <summary>Votes through the API: page by page for who follows a study, or whole tables.</summary>
internal static class VoteEndpoints
{
    /// <summary>A vote is handed out when it has been there for so long: by then no other is stored that came before it.</summary>
    internal static readonly TimeSpan Settles = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/studies/{studyId:long}/votes", ListAsync).Needs(ApiScope.ReadVotes).Produces<VotesPage>()
            .Tell("listVotes", Groups.Results, "Read votes as they come in", "In order of arrival, about two seconds after it; ask again with after=next for what is new. A vote that is later replaced or taken back was handed out as it was: whole tables tell how it stands now.");
        api.MapGet("/studies/{studyId:long}/export/{table}.{extension}", ExportAsync).Needs(ApiScope.ReadVotes).AddEndpointFilter(DownloadAudit.NoteAsync)
            .GivesFile("text/csv", "application/jsonl", "application/json", "application/vnd.apache.parquet")
            .Tell("exportTable", Groups.Results, "Read a whole table", "table is votes, answers, picks, decisions, images, exclusions or training; extension is csv, jsonl, json or parquet. Rows are sent while they are read. The columns stand in docs/exports.md.");
    }

    private static async Task<IResult> ListAsync(
        long studyId, string? after, int? limit, HttpContext context, RecordedVoteStore votes, StudyExport export, DownloadAudit downloads, TimeProvider clock, CancellationToken cancel)
    {
        var most = ApiWords.Limit(limit);
        if (string.IsNullOrEmpty(after)) // the pages that follow are of the same download
            await downloads.RecordAsync(StudyScope.Study(studyId), "votes", cancel);
        var page = await votes.ListAfterAsync(studyId, Cursor(after), clock.GetUtcNow() - Settles, most + 1, cancel);
        var shown = page.Take(most).ToList();
        var table = ExportTables.Votes(await export.WithSystemsAsync(context.Study(), cancel));
        using var rows = new MemoryStream();
        await table.WriteAsync(rows, shown.ToAsyncEnumerable(), ExportFormat.Json, cancel);
        var next = shown is [.., var last] ? $"{last.ReceivedAt.ToText()}~{last.VoteId}" : after;
        return Results.Text(
            $$"""{"votes":{{Encoding.UTF8.GetString(rows.GetBuffer(), 0, (int)rows.Length)}},"next":{{JsonSerializer.Serialize(next)}},"more":{{(page.Count > most ? "true" : "false")}}}""",
            "application/json", Encoding.UTF8);
    }

    private static (DateTimeOffset At, Guid VoteId)? Cursor(string? after)
    {
        if (string.IsNullOrEmpty(after))
            return null;
        try
        {
            return after.Split('~') is [var at, var id] ? (ColumnTypes.ToTime(at), Guid.Parse(id)) : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new ApiProblemException(StatusCodes.Status400BadRequest, $"after is '{after}', which no page gave as next. Leave it out to begin with the first vote.");
        }
    }

    private static IResult ExportAsync(
        long studyId, string table, string extension, bool? spreadsheet, HttpContext context, StudyExport export, CancellationToken cancel)
    {
        var (study, chosen) = (context.Study(), ApiWords.Read<StudyTable>("table", table));
        var format = ExportFormats.OfExtension(extension, spreadsheet == true)
            ?? throw new ApiProblemException(StatusCodes.Status404NotFound, $"Tables are written as csv, jsonl, json and parquet, not as {extension}.");
        return Results.Stream(stream => export.WriteAsync(study, chosen, stream, format, cancel), format.MediaType(), $"{study.Name} {table}{format.Extension()}");
    }
}
