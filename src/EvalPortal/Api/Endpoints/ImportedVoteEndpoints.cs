using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Operations;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>What a file of votes holds, and what came of it.</summary>
public sealed record VoteImportResource
{
    /// <summary>As what the file was read.</summary>
    public required string Format { get; init; }
    public required long Rows { get; init; }

    /// <summary>Votes in them.</summary>
    public required long Votes { get; init; }

    /// <summary>Votes that were here before and stay as they are.</summary>
    public required long There { get; init; }

    /// <summary>Votes that were stored by this request; 0 where the file was only looked at.</summary>
    public required long Stored { get; init; }

    /// <summary>What somebody should know of them, a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Rows that give no vote, by reason.</summary>
    public required IReadOnlyList<RowsWithoutVote> WithoutVote { get; init; }

    /// <summary>Its study; null where the file was only looked at, or where there are several.</summary>
    public long? StudyId { get; init; }

    /// <summary>Its linked studies, where there are several.</summary>
    public long? StudyGroupId { get; init; }
}

/// <summary>Rows of a file that give no vote.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Rows">How many.</param>
/// <param name="FirstLine">Line of the first.</param>
/// <param name="IsFault">Whether they are faulty; others are understood and say nothing about a pair.</param>
public sealed record RowsWithoutVote(string Reason, long Rows, int FirstLine, bool IsFault);

/// <summary>Votes that were given elsewhere, through the API.</summary>
internal static class ImportedVoteEndpoints
{
    /// <summary>Reasons that are told apart.</summary>
    private const int MostReasons = 50;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/vote-imports", ImportAsync).Needs(ApiScope.Import).WithMetadata(new RequestSizeLimitAttribute(VoteImportSession.MostUploaded))
            .TakesFile("The file: CSV, JSON, JSON lines or Parquet, as it is or packed with gzip, in one of the formats of docs/vote-imports.md.")
            .Tell("importVotes", Groups.Material, "Bring in votes that were given elsewhere", "As closed studies of their own. With check=true the file is only looked at. The same file again stores nothing twice and goes on where it was broken off. With 'Prefer: respond-async' it is answered as soon as the file is here, and its operation tells how far it is.");

    private static async Task<Results<Created<VoteImportResource>, Ok<VoteImportResource>, Accepted<OperationResource>>> ImportAsync(
        string name, string file, string? format, string? overall, bool? check, HttpContext context, VoteCheck checks, VoteTake take, VoteImportStore store, OperationRunner operations, DataFolder data, CancellationToken cancel)
    {
        if (format is not null && ImportFormat.Find(format) is null)
            throw new RefusedException($"There is no format '{format}'. There are: {string.Join(", ", ImportFormat.All.Select(known => known.Key))}.");
        var kept = string.IsNullOrEmpty(overall) ? Axis.Appeal : ApiWords.Read<Axis>(nameof(overall), overall);
        if (kept is not (Axis.Appeal or Axis.Flaws))
            throw new RefusedException("overall is appeal or flaws: pairs are judged by these.");
        var path = Path.Combine(data.Imports, $"votes-{Guid.NewGuid():N}");
        await ReceivedFile.WriteAsync(context.Request, path, cancel);
        var order = new VoteOrder { Path = path, FileName = Path.GetFileName(file), Study = name.Trim(), Format = format, Overall = kept, AccountId = context.User.AccountId() };
        return await operations.AnswerAsync(context, ImportAsync, () => File.Delete(path));

        async Task<Made<VoteImportResource>> ImportAsync(Action<OperationProgress> tell, CancellationToken stop)
        {
            var summary = await checks.RunAsync(order, progress: Telling("Looking at the votes"), cancel: stop);
            if (check == true)
                return new(Resource(summary, stored: 0, import: null), Location: null);
            var stored = await take.RunAsync(order, summary, Telling("Storing the votes"), stop);
            var made = Resource(summary, stored, await store.FindAsync(order.Study, CancellationToken.None));
            return new(made, stored == 0 ? null : made.StudyGroupId is { } group ? $"{ApiSetup.Root}/study-groups/{group}" : $"{ApiSetup.Root}/studies/{made.StudyId}");

            Action<VoteProgress> Telling(string doing) => progress => tell(new OperationProgress(doing, progress.Done, progress.Total));
        }
    }

    private static VoteImportResource Resource(VoteSummary summary, long stored, VoteImport? import) => new()
    {
        Format = summary.Format,
        Rows = summary.Rows,
        Votes = summary.Votes,
        There = summary.There,
        Stored = stored,
        Notes = [.. summary.Notes()],
        WithoutVote =
        [
            .. summary.Faults.Select(found => new RowsWithoutVote(found.What, found.Count, found.FirstLine, IsFault: true))
                .Concat(summary.LeftOut.Select(found => new RowsWithoutVote(found.What, found.Count, found.FirstLine, IsFault: false)))
                .Take(MostReasons),
        ],
        StudyId = import?.StudyGroupId is null ? import?.StudyId : null,
        StudyGroupId = import?.StudyGroupId,
    };
}
