using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Writes the tables of a study. Rows are written as they are read: the number of votes does not matter.</summary>
public sealed class StudyExport(
    SystemStore systems, ComparisonStore comparisons, RecordedVoteStore votes, RecordedAnswerStore answers, RecordedPickStore picks,
    ExportedImageStore images, ResultsStore results, PreferenceSetStore preferences, ExclusionStore exclusions, TrainingRecordStore training,
    PlanStore plans, StudyMaterialStore materials)
{
    /// <summary>Writes a table, in order of arrival or of the study. One that is of another form of study has no rows.</summary>
    /// <returns>Number of rows.</returns>
    public async Task<long> WriteAsync(Study study, StudyTable table, Stream stream, ExportFormat format, CancellationToken cancel = default)
    {
        var exported = await WithSystemsAsync(study, cancel);
        return table switch
        {
            StudyTable.Votes => await ExportTables.Votes(exported).WriteAsync(stream, votes.ReadAsync(study.StudyId, cancel), format, cancel),
            StudyTable.Answers => await ExportTables.Answers(exported).WriteAsync(stream, answers.ReadAsync(study.StudyId, cancel), format, cancel),
            StudyTable.Picks => await ExportTables.Picks(exported, await ImagesOfAAsync(study, cancel)).WriteAsync(
                stream, (await picks.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), format, cancel),
            StudyTable.Decisions => await ExportTables.Decisions(exported).WriteAsync(
                stream, Decisions(await results.ReadAsync(study, cancel)).ToAsyncEnumerable(), format, cancel),
            StudyTable.Images => await ExportTables.Images.WriteAsync(stream, images.ReadAsync(study.StudyId, cancel), format, cancel),
            StudyTable.Exclusions => await ExportTables.Exclusions.WriteAsync(stream, exported.Exclusions.ToAsyncEnumerable(), format, cancel),
            _ => await ExportTables.Training(study).WriteAsync(
                stream, (await training.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), format, cancel),
        };
    }

    /// <summary>Writes the pairs of a preference set of the study, in order.</summary>
    /// <returns>Number of rows.</returns>
    public async Task<long> WritePreferencesAsync(Study study, PreferenceSet set, Stream stream, ExportFormat format, CancellationToken cancel = default)
    {
        var table = ExportTables.Preferences(await WithSystemsAsync(study, cancel), set);
        return await table.WriteAsync(stream, (await PairsAsync(study, set, cancel)).ToAsyncEnumerable(), format, cancel);
    }

    /// <summary>Writes all tables of the study and <c>manifest.json</c> into a folder, which is made when it is missing.</summary>
    /// <exception cref="RefusedException">The folder holds an export already.</exception>
    public async Task WriteFolderAsync(Study study, string folder, ExportFormat format, DateTimeOffset now, CancellationToken cancel = default)
    {
        var manifest = new ExportManifest(folder, format);
        manifest.ThrowIfThere();

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
            await manifest.AddAsync(ExportTables.Picks(exported, await ImagesOfAAsync(study, cancel)), (await picks.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), cancel);
        await manifest.AddAsync(ExportTables.Images, images.ReadAsync(study.StudyId, cancel), cancel);
        await manifest.AddAsync(ExportTables.Exclusions, exported.Exclusions.ToAsyncEnumerable(), cancel);
        await manifest.AddAsync(ExportTables.Training(study), (await training.ListAsync(study.StudyId, cancel)).ToAsyncEnumerable(), cancel);
        var sets = await preferences.ListAsync(study.StudyId, cancel);
        foreach (var set in sets)
            await manifest.AddAsync(ExportTables.Preferences(exported, set), (await PairsAsync(study, set, cancel)).ToAsyncEnumerable(), cancel);
        var left = ExclusionSet.Of(ledger.CountingRaters.Select(rater => exported.Excluded.TryGetValue(rater, out var id) ? id : default(long?)), Exclusions.Applied);
        var deviations = Deviation.Of(study, await materials.ReadAsync(study.StudyId, cancel));
        await manifest.WriteAsync(exported, deviations, ledger, left, sets, await plans.ListAsync(study.StudyId, cancel), now, cancel);
    }

    /// <summary>A study with what its tables repeat in every row.</summary>
    internal async Task<ExportedStudy> WithSystemsAsync(Study study, CancellationToken cancel) => new(
        study,
        (await systems.FindAsync(study.SystemAId, cancel))!.Name,
        study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : "",
        await exclusions.ListAsync(study.StudyId, cancel));

    /// <summary>The images of system A that raters of a study pick from.</summary>
    private async Task<HashSet<long>> ImagesOfAAsync(Study study, CancellationToken cancel) =>
        [.. (await picks.ListImagesAsync(study.StudyId, cancel)).Where(image => image.SystemId == study.SystemAId).Select(image => image.ImageId)];

    private async Task<IEnumerable<ExportedPair>> PairsAsync(Study study, PreferenceSet set, CancellationToken cancel)
    {
        var imagesOfA = await preferences.ListImagesOfAsync(set.PreferenceSetId, study.SystemAId, cancel);
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
