using System.Security.Cryptography;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>Reads what reports are made from, through the tables that are exported: the hash in a report is that of its numbers.</summary>
public sealed class StudyDataStore(
    StudyStore studies, SystemStore systems, ComparisonStore comparisons, RecordedVoteStore votes, RecordedAnswerStore answers, RecordedPickStore picks,
    ExclusionStore exclusions, PlanStore plans, StudyMaterialStore materials, ReportCache cache, TimeProvider clock)
{
    /// <summary>A study, with the votes of linked studies where its plan has their tests in its family.</summary>
    public async Task<StudyData> ReadAsync(Study study, CancellationToken cancel = default)
    {
        var all = await exclusions.ListAsync(study.StudyId, cancel);
        var exported = new ExportedStudy(study, await NameAsync(study.SystemAId, cancel), study.SystemBId is { } other ? await NameAsync(other, cancel) : "", all);
        var data = new StudyData
        {
            Study = study,
            IsDescribed = true,
            SystemA = exported.SystemA,
            SystemB = exported.SystemB,
            Pairs = new VoteTable { Axes = [], Comparisons = [], Votes = [], VotesPerComparison = study.VotesPerComparison },
            Excluded = exported.Excluded,
            Exclusions = [.. all.Where(exclusion => exclusion.IsInForce)],
            Plans = [.. (await plans.ListAsync(study.StudyId, cancel)).Where(plan => plan.LockedAt is not null)],
            Deviations = Deviation.Of(study, await materials.ReadAsync(study.StudyId, cancel)),
            Linked = await ReadLinkedAsync(study, cancel),
            ReadAt = clock.GetUtcNow(),
            File = new DataFile("", "", 0),
        };
        return study.Form switch
        {
            StudyForm.Alignment => await WithAnswersAsync(data, exported, cancel),
            StudyForm.Preference => await WithPicksAsync(data, exported, cancel),
            _ => await WithVotesAsync(data, exported, cancel),
        };
    }

    /// <summary>Linked studies, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<StudyData>> ReadGroupAsync(long studyGroupId, CancellationToken cancel = default)
    {
        var read = new List<StudyData>();
        foreach (var study in await studies.ListGroupAsync(studyGroupId, cancel))
            read.Add(await ReadAsync(study, cancel));
        return read;
    }

    private async Task<StudyData> WithVotesAsync(StudyData data, ExportedStudy exported, CancellationToken cancel)
    {
        var ledger = new VoteLedger();
        var file = await HashAsync(ExportTables.Votes(exported), votes.ReadAsync(data.Study.StudyId, cancel).Select(ledger.Note), cancel);
        return data with
        {
            File = file,
            Pairs = new VoteTable
            {
                Axes = [.. data.Study.Axes.Select(axis => axis.Axis)],
                VotesPerComparison = data.Study.VotesPerComparison,
                Comparisons = await comparisons.ListAsync(data.Study.StudyId, cancel),
                Votes = ledger.CountingVotes,
                Excluded = data.Excluded,
            },
        };
    }

    private async Task<StudyData> WithAnswersAsync(StudyData data, ExportedStudy exported, CancellationToken cancel)
    {
        var read = new List<RecordedAnswer>();
        var file = await HashAsync(ExportTables.Answers(exported), answers.ReadAsync(data.Study.StudyId, cancel).Select(answer =>
        {
            if (answer.Counts)
                read.Add(answer);
            return answer;
        }), cancel);
        return data with { File = file, Answers = read, Rejected = await ReadRejectedAsync(data.Study, cancel) };
    }

    private async Task<StudyData> WithPicksAsync(StudyData data, ExportedStudy exported, CancellationToken cancel)
    {
        var images = await picks.ListImagesAsync(data.Study.StudyId, cancel);
        var read = await picks.ListAsync(data.Study.StudyId, cancel);
        var ofA = images.Where(image => image.SystemId == data.Study.SystemAId).Select(image => image.ImageId).ToHashSet();
        var file = await HashAsync(ExportTables.Picks(exported, ofA), read.ToAsyncEnumerable(), cancel);
        return data with
        {
            File = file,
            Picks = [.. read.Where(pick => pick.Counts)],
            Images = images,
            Rejected = await ReadRejectedAsync(data.Study, cancel),
        };
    }

    private async Task<IReadOnlyList<(long RaterId, bool Simulated)>> ReadRejectedAsync(Study study, CancellationToken cancel) =>
        await votes.ReadAsync(study.StudyId, cancel)
            .Where(vote => vote is { Counts: true, ChoiceScreen: "reject" })
            .Select(vote => (vote.RaterId, vote.Simulated))
            .ToListAsync(cancel);

    private async Task<IReadOnlyList<VoteTable>> ReadLinkedAsync(Study study, CancellationToken cancel)
    {
        var linked = new List<VoteTable>();
        if (study.StudyGroupId is { } group && await plans.FindLockedAsync(study.StudyId, cancel) is { Plan.WithLinked: true })
        {
            foreach (var other in await studies.ListGroupAsync(group, cancel))
            {
                if (other.StudyId != study.StudyId && other.Form == StudyForm.Pairs)
                    linked.Add(await cache.ReadVotesAsync(other, cancel));
            }
        }
        return linked;
    }

    private async Task<string> NameAsync(long systemId, CancellationToken cancel) => (await systems.FindAsync(systemId, cancel))!.Name;

    /// <summary>Writes a table to nowhere for its hash; its rows are read once.</summary>
    private static async Task<DataFile> HashAsync<T>(ExportTable<T> table, IAsyncEnumerable<T> rows, CancellationToken cancel)
    {
        using var sha = SHA256.Create();
        await using var hashing = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write);
        var count = await table.WriteAsync(hashing, rows, ExportFormat.Csv, cancel);
        await hashing.FlushFinalBlockAsync(cancel);
        return new DataFile($"{table.Name}.csv", Convert.ToHexStringLower(sha.Hash!), count);
    }
}
