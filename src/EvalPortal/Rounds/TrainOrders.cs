using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>The votes to train from: which, and what they amounted to when somebody looked.</summary>
/// <param name="Study">The study.</param>
/// <param name="Rule">Which axis decides.</param>
/// <param name="Source">Whose votes.</param>
/// <param name="Sha256">SHA-256 of the preferences that were looked at.</param>
public sealed record ChosenVotes(Study Study, AxisRule Rule, VoteSource Source, string Sha256)
{
    /// <summary>The rest of the rules.</summary>
    public PreferenceRules Rules { get; init; } = PreferenceRules.Protocol;
}

/// <summary>What a training can start from.</summary>
public sealed record TrainMaterial
{
    public required Study Study { get; init; }

    /// <summary>Number of its counting votes, those of excluded raters left out.</summary>
    public required (int Real, int Simulated) Votes { get; init; }

    /// <summary>What the votes give, by rule; see <see cref="PreferencePreview.OfRules"/>.</summary>
    public required IReadOnlyList<PreferencePreview> Previews { get; init; }

    /// <summary>Which raters are excluded, and what that leaves out.</summary>
    public required ExclusionSet Exclusions { get; init; }

    /// <summary>The models that can be trained, newest first.</summary>
    public required IReadOnlyList<Model> Models { get; init; }

    /// <summary>Those of them that rest on simulated votes.</summary>
    public required IReadOnlySet<long> SimulatedModels { get; init; }

    /// <summary>The model that made the images that were voted on; the newest where they came from outside; null without any model.</summary>
    public Model? BaseModel { get; init; }
}

/// <summary>Begins trainings: freezes the preferences and orders the job.</summary>
public sealed class TrainOrders(
    StudyStore studies, SystemStore systems, ModelStore models, PreferenceSetStore sets, AskedImageStore asked, LineageStore lineage, JobOrders orders, DataFolder data)
{
    /// <summary>What there is to train from and with; null when there is no such study.</summary>
    public async Task<TrainMaterial?> FindMaterialAsync(
        long studyId, VoteSource source, PreferenceRules? rules = null, CancellationToken cancel = default)
    {
        if (await studies.FindAsync(studyId, cancel) is not { } study)
            return null;
        var known = await models.ListAsync(cancel);
        var simulated = await lineage.ListSimulatedJobsAsync(cancel);
        var judged = (await systems.FindAsync(study.SystemAId, cancel))!.ModelId;
        var (previews, exclusions) = await PreviewsAsync(study, source, rules ?? PreferenceRules.Protocol, cancel);
        return new TrainMaterial
        {
            Study = study,
            Votes = await sets.CountVotesAsync(studyId, cancel),
            Previews = previews,
            Exclusions = exclusions,
            Models = known,
            SimulatedModels = known.Where(model => model.JobId is { } job && simulated.Contains(job)).Select(model => model.ModelId).ToHashSet(),
            BaseModel = known.FirstOrDefault(model => model.ModelId == judged) ?? (known is [var newest, ..] ? newest : null),
        };
    }

    private async Task<(IReadOnlyList<PreferencePreview> Previews, ExclusionSet Exclusions)> PreviewsAsync(
        Study study, VoteSource source, PreferenceRules rules, CancellationToken cancel)
    {
        if (study.Form == StudyForm.Alignment)
        {
            var (images, ofAnswers) = await asked.ListAsync(study.StudyId, source, rules.Exclusions, cancel);
            return ([PreferencePreview.Of(images, study.VotesPerComparison, rules)], ofAnswers);
        }
        if (study.Form == StudyForm.Preference)
        {
            var (items, ofPicks) = await sets.ReadPicksUnderExclusionsAsync(study.StudyId, source, rules.Exclusions, cancel);
            return ([PreferencePreview.Of(items, study.VotesPerComparison, rules)], ofPicks);
        }
        var (votes, exclusions) = await sets.ReadVotesUnderExclusionsAsync(study.StudyId, source, rules.Exclusions, cancel);
        return (PreferencePreview.OfRules(votes, study, rules), exclusions);
    }

    /// <summary>A name that no model has yet, after the base model and what is done with it.</summary>
    public async Task<string> FreeNameAsync(Model model, Study study, CancellationToken cancel = default)
    {
        var taken = (await models.ListAsync(cancel)).Select(known => known.Name).ToHashSet();
        var name = $"{model.Name} after {study.Name}";
        return taken.Contains(name) ? Enumerable.Range(2, taken.Count).Select(i => $"{name} ({i})").First(free => !taken.Contains(free)) : name;
    }

    /// <summary>What speaks against a draft on so many pairs.</summary>
    public TrainCheck Check(TrainDraft draft, IReadOnlyList<FrozenPair> pairs, IReadOnlyList<Model> known)
    {
        var model = known.FirstOrDefault(candidate => candidate.ModelId == draft.ModelId);
        return TrainCheck.Of(
            draft, pairs.Count, pairs.Select(pair => pair.Prompt).Distinct().Count(), known,
            model is null ? null : ModelSize.Of(data.Resolve(model.Folder)), new DriveInfo(data.Root).AvailableFreeSpace);
    }

    /// <summary>Freezes the preferences, unless the same are frozen already, and queues a job that trains on them.</summary>
    /// <returns>The job's id.</returns>
    /// <exception cref="RefusedException">The draft cannot be carried out, or the votes have changed; the message says why.</exception>
    public async Task<long> TrainAsync(ChosenVotes votes, TrainDraft draft, long? createdByAccountId, CancellationToken cancel = default)
    {
        await CheckAsync(draft, cancel);
        return await TrainAsync(await FreezeAsync(votes, createdByAccountId, cancel), draft, createdByAccountId, cancel);
    }

    /// <summary>Queues a job that trains on a set that is frozen.</summary>
    /// <inheritdoc cref="TrainAsync(ChosenVotes, TrainDraft, long?, CancellationToken)"/>
    public async Task<long> TrainAsync(long preferenceSetId, TrainDraft draft, long? createdByAccountId, CancellationToken cancel = default)
    {
        await CheckAsync(draft, cancel);
        return await orders.TrainAsync(draft.Name.Trim(), draft.ModelId!.Value, preferenceSetId, draft.ToSettings(), createdByAccountId, cancel);
    }

    /// <summary>Freezes the preferences, unless the same are frozen already.</summary>
    /// <returns>The set's id.</returns>
    /// <exception cref="RefusedException">The votes have changed, or decide nothing; the message says which.</exception>
    public async Task<long> FreezeAsync(ChosenVotes votes, long? createdByAccountId, CancellationToken cancel = default)
    {
        var (study, rules) = (votes.Study.StudyId, votes.Rules);
        var exclusions = (await sets.ReadPairsAsync(study, votes.Rule, votes.Source, rules, cancel)).LeftOut.ToExclusions();
        return (await sets.FindSameAsync(study, votes.Rule, rules, votes.Source, votes.Sha256, exclusions.Name, cancel))?.PreferenceSetId
            ?? await sets.FreezeAsync(NameOf(votes, exclusions), study, votes.Rule, votes.Source, createdByAccountId, votes.Sha256, rules, cancel);
    }

    private async Task CheckAsync(TrainDraft draft, CancellationToken cancel)
    {
        draft.ToSettings();
        var name = draft.Name.Trim();
        if (name.Length == 0)
            throw new RefusedException("The new model needs a name.");
        var known = await models.ListAsync(cancel);
        if (known.Any(model => model.Name == name))
            throw new RefusedException($"There is a model called '{name}' already: choose another name.");
        if (known.All(model => model.ModelId != draft.ModelId))
            throw new RefusedException("Choose the model to start from.");
    }

    // The rules, the content's hash and the exclusions are part of it, so that a name is free whenever one of them is new.
    private static string NameOf(ChosenVotes votes, ExclusionSet exclusions) =>
        $"{votes.Study.Name}, {votes.Rule.ToWords(votes.Rules)}{(votes.Source == VoteSource.Real ? "" : $", {votes.Source.ToWords()}")}, {votes.Sha256[..8]}"
        + (exclusions.Raters == 0 ? "" : $", under exclusions {exclusions.Name}");
}
