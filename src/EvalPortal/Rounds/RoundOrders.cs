using System.Globalization;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Two models to be compared: what was trained from, and what came of it.</summary>
/// <param name="Old">The model before training.</param>
/// <param name="New">The model after it.</param>
/// <param name="Parent">The study whose votes were trained on.</param>
public sealed record ModelPair(Model Old, Model New, Study Parent);

/// <summary>Begins rounds: orders the images of both models. <see cref="RoundRunner"/> does the rest.</summary>
public sealed class RoundOrders(
    JobStore jobs, JobOrders orders, ModelStore models, PreferenceSetStore sets, StudyStore studies, ComparisonStore comparisons,
    PromptSetStore promptSets, QuestionSetStore questionSets, ImageStore images, RoundStore rounds)
{
    /// <summary>The models that a training job leads from and to; null for another job, or one that has not succeeded.</summary>
    public async Task<ModelPair?> FindModelsAsync(long jobId, CancellationToken cancel = default) =>
        await jobs.FindAsync(jobId, cancel) is { PreferenceSetId: { } set } job
        && await models.FindByJobAsync(jobId, cancel) is { } trained
            ? new ModelPair(
                (await models.FindAsync(job.ModelId, cancel))!,
                trained,
                (await studies.FindAsync((await sets.FindAsync(set, cancel))!.StudyId, cancel))!)
            : null;

    /// <summary>What to begin with: the parent's prompts, votes and next name, and a seed that no rater has seen an image of.</summary>
    public async Task<RoundDraft> DraftAsync(ModelPair pair, CancellationToken cancel = default) => new()
    {
        Seeds = await FreeSeedAsync(pair.Parent, cancel),
        StudyName = await FreeNameAsync(pair.Parent.Name, cancel),
        VotesPerComparison = pair.Parent.VotesPerComparison,
    };

    /// <summary>A seed that has made no image of a study.</summary>
    public async Task<string> FreeSeedAsync(Study study, CancellationToken cancel = default)
    {
        var shown = await images.ListAsync(study.SystemAId, cancel);
        IReadOnlyList<StoredImage> alsoShown = study.SystemBId is { } other ? await images.ListAsync(other, cancel) : [];
        return ((shown.Concat(alsoShown).Max(image => image.Seed) ?? 0) + 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The prompts that a draft asks for; after text alignment those of them that its questions are about.</summary>
    public async Task<IReadOnlyList<(long PromptId, string Text)>> ListPromptsAsync(
        ModelPair pair, RoundDraft draft, CancellationToken cancel = default)
    {
        if (draft.PromptSetId is not { } set)
            return await comparisons.ListPromptsAsync(pair.Parent.StudyId, cancel);
        var prompts = (await promptSets.ListPromptsAsync(set, cancel)).Select(prompt => (prompt.PromptId, prompt.Text));
        if (pair.Parent.QuestionSetId is not { } questions)
            return [.. prompts];
        var asked = (await questionSets.ListQuestionsAsync(questions, cancel: cancel)).Select(question => question.PromptId).ToHashSet();
        return [.. prompts.Where(prompt => asked.Contains(prompt.PromptId))];
    }

    /// <summary>Orders the images of both models: the same prompts with the same seeds.</summary>
    /// <returns>The round's id.</returns>
    /// <exception cref="RefusedException">The draft cannot be carried out; the message says why.</exception>
    public async Task<long> CompareAsync(ModelPair pair, RoundDraft draft, long? createdByAccountId, CancellationToken cancel = default)
    {
        draft.Check();
        var name = draft.StudyName.Trim();
        if (await IsTakenAsync(name, cancel))
            throw new RefusedException($"There is a study called '{name}' already: choose another name.");
        var prompts = await ListPromptsAsync(pair, draft, cancel);
        if (prompts.Count == 0)
            throw new RefusedException(pair.Parent.QuestionSetId is null ? "This prompt set has no prompts." : "The questions of the study before are about none of these prompts. Choose the prompts of that study.");

        var lines =
            from prompt in prompts
            from seed in draft.ToSeeds()
            select new PromptLine { PromptId = prompt.PromptId.ToString(CultureInfo.InvariantCulture), Prompt = prompt.Text, Seed = seed };
        var ordered = new List<long>();
        try
        {
            foreach (var model in (Model[])[pair.Old, pair.New])
                ordered.Add(await orders.SampleAsync($"{model.Name}, for {name}", model.ModelId, [.. lines], draft.ToSettings(), createdByAccountId, cancel));
            return await rounds.AddAsync(
                new NewRound
                {
                    OldJobId = ordered[0],
                    NewJobId = ordered[1],
                    ParentStudyId = pair.Parent.StudyId,
                    StudyName = name,
                    VotesPerComparison = draft.VotesPerComparison,
                    OpensAtOnce = draft.OpensAtOnce,
                    CreatedByAccountId = createdByAccountId,
                },
                cancel);
        }
        catch
        {
            foreach (var job in ordered)
                await jobs.CancelAsync(job, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The next name after a study's: "Round 2" after "Round 1".</summary>
    private async Task<string> FreeNameAsync(string name, CancellationToken cancel)
    {
        var stem = name.TrimEnd([.. "0123456789"]);
        var number = int.TryParse(name[stem.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : 1;
        if (stem.Length == name.Length)
            stem += ", round ";
        string next;
        do
            next = string.Create(CultureInfo.InvariantCulture, $"{stem}{++number}");
        while (await IsTakenAsync(next, cancel));
        return next;
    }

    private async Task<bool> IsTakenAsync(string studyName, CancellationToken cancel) =>
        await studies.FindByNameAsync(studyName, cancel) is not null || await rounds.FindByStudyNameAsync(studyName, cancel) is not null;
}
