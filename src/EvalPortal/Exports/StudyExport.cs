using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Writes the tables of a study. Rows are written as they are read: the number of votes does not matter.</summary>
public sealed class StudyExport(
    SystemStore systems, ComparisonStore comparisons, RecordedVoteStore votes, RecordedAnswerStore answers, RecordedPickStore picks,
    ResultsStore results, PreferenceSetStore preferences, ExclusionStore exclusions, TrainingRecordStore training, PlanStore plans)
{
    /// <summary>Writes every vote, in order of arrival.</summary>
    public async Task WriteVotesAsync(Study study, Stream stream, bool forSpreadsheets, CancellationToken cancel = default)
    {
        var table = ExportTables.Votes(await WithSystemsAsync(study, cancel));
        await table.WriteAsync(stream, votes.ReadAsync(study.StudyId, cancel), forSpreadsheets, cancel);
    }

    /// <summary>Writes every answer to a question, in order of arrival; of a study without questions only the heading.</summary>
    public async Task WriteAnswersAsync(Study study, Stream stream, bool forSpreadsheets, CancellationToken cancel = default)
    {
        var table = ExportTables.Answers(await WithSystemsAsync(study, cancel));
        await table.WriteAsync(stream, answers.ReadAsync(study.StudyId, cancel), forSpreadsheets, cancel);
    }

    /// <summary>Writes every pick of best and worst, in order of arrival; of a study without picks only the heading.</summary>
    public async Task WritePicksAsync(Study study, Stream stream, bool forSpreadsheets, CancellationToken cancel = default)
    {
        var table = ExportTables.Picks(await WithSystemsAsync(study, cancel));
        await table.WriteAsync(stream, (await picks.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), forSpreadsheets, cancel);
    }

    /// <summary>Writes the decision of every comparison, in the order of the study.</summary>
    public async Task WriteDecisionsAsync(Study study, Stream stream, bool forSpreadsheets, CancellationToken cancel = default)
    {
        var table = ExportTables.Decisions(await WithSystemsAsync(study, cancel));
        var rows = Decisions(await results.ReadAsync(study, cancel));
        await table.WriteAsync(stream, rows.ToAsyncEnumerable(), forSpreadsheets, cancel);
    }

    /// <summary>Writes every exclusion of a rater, in order.</summary>
    public async Task WriteExclusionsAsync(Study study, Stream stream, bool forSpreadsheets, CancellationToken cancel = default) =>
        await ExportTables.Exclusions.WriteAsync(
            stream, (await exclusions.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), forSpreadsheets, cancel);

    /// <summary>Writes every answer in the study's training round, in order of arrival.</summary>
    public async Task WriteTrainingAsync(Study study, Stream stream, bool forSpreadsheets, CancellationToken cancel = default) =>
        await ExportTables.Training(study).WriteAsync(
            stream, (await training.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), forSpreadsheets, cancel);

    /// <summary>Writes the pairs of a preference set of the study, in order.</summary>
    public async Task WritePreferencesAsync(
        Study study, PreferenceSet set, Stream stream, bool forSpreadsheets, CancellationToken cancel = default)
    {
        var table = ExportTables.Preferences(await WithSystemsAsync(study, cancel), set);
        await table.WriteAsync(stream, (await PairsAsync(study, set, cancel)).ToAsyncEnumerable(), forSpreadsheets, cancel);
    }

    /// <summary>Writes all tables of the study and <c>manifest.json</c> into a folder, which is made when it is missing.</summary>
    /// <exception cref="RefusedException">The folder holds an export already.</exception>
    public async Task WriteFolderAsync(Study study, string folder, bool forSpreadsheets, DateTimeOffset now, CancellationToken cancel = default)
    {
        var manifest = new ExportManifest(folder, forSpreadsheets);
        if (File.Exists(manifest.Path))
            throw new RefusedException($"{manifest.Path} exists: an export does not write over another. Choose another folder.");

        Directory.CreateDirectory(folder);
        var exported = await WithSystemsAsync(study, cancel);
        var ledger = new VoteLedger();
        await manifest.AddAsync(ExportTables.Votes(exported), votes.ReadAsync(study.StudyId, cancel).Select(ledger.Note), cancel);
        // Of the votes and exclusions that were just written, so that all tables tell of the same moment.
        var table = new VoteTable
        {
            Axes = [.. study.Axes.Select(axis => axis.Axis)],
            VotesPerComparison = study.VotesPerComparison,
            Comparisons = await comparisons.ListAsync(study.StudyId, cancel),
            Votes = ledger.CountingVotes,
            Excluded = exported.Excluded,
        };
        if (exported.IsPairs)
            await manifest.AddAsync(ExportTables.Decisions(exported), Decisions(table).ToAsyncEnumerable(), cancel);
        else if (study.Form == StudyForm.Alignment)
            await manifest.AddAsync(ExportTables.Answers(exported), answers.ReadAsync(study.StudyId, cancel), cancel);
        else
            await manifest.AddAsync(ExportTables.Picks(exported), (await picks.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), cancel);
        await manifest.AddAsync(ExportTables.Exclusions, exported.Exclusions.ToAsyncEnumerable(), cancel);
        await manifest.AddAsync(ExportTables.Training(study), (await training.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), cancel);
        var sets = await preferences.ListAsync(study.StudyId, cancel);
        foreach (var set in sets)
            await manifest.AddAsync(ExportTables.Preferences(exported, set), (await PairsAsync(study, set, cancel)).ToAsyncEnumerable(), cancel);
        var left = ExclusionSet.Of(ledger.CountingRaters.Select(rater => exported.Excluded.TryGetValue(rater, out var id) ? id : default(long?)), Exclusions.Applied);
        await manifest.WriteAsync(exported, ledger, left, sets, await plans.ListAsync(study.StudyId, cancel), now, cancel);
    }

    private async Task<ExportedStudy> WithSystemsAsync(Study study, CancellationToken cancel) => new(
        study,
        (await systems.FindAsync(study.SystemAId, cancel))!.Name,
        study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : "",
        await exclusions.ListAsync(study.StudyId, cancel));

    private async Task<IEnumerable<ExportedPair>> PairsAsync(Study study, PreferenceSet set, CancellationToken cancel)
    {
        var imagesOfA = study.Form == StudyForm.Preference
            ? (await picks.ListImagesAsync(study.StudyId, cancel)).Where(image => image.SystemId == study.SystemAId).Select(image => image.ImageId).ToHashSet()
            : (await comparisons.ListAsync(study.StudyId, cancel)).Select(comparison => comparison.ImageAId).ToHashSet();
        return (await preferences.ListPairsAsync(set.PreferenceSetId, cancel))
            .Select(pair => new ExportedPair(pair, imagesOfA.Contains(pair.ChosenImageId), imagesOfA.Contains(pair.RejectedImageId)));
    }

    private static IEnumerable<ExportedDecision> Decisions(VoteTable table) =>
        from simulated in table.HasSimulated ? (bool[])[false, true] : [false]
        let cast = table.From(simulated ? VoteSource.Simulated : VoteSource.Real)
        let set = ExclusionSet.Of(cast, Exclusions.Applied)
        from comparison in TalliedComparison.Of(cast.Under(Exclusions.Applied))
        from axis in table.Axes
        select new ExportedDecision(comparison.Comparison, axis, comparison.Tallies[axis], simulated, set);
}
