using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Ablations;

/// <summary>Begins comparisons of objectives: orders a training for each. <see cref="AblationRunner"/> does the rest.</summary>
public sealed class AblationOrders(
    AblationStore ablations, JobStore jobs, JobOrders orders, ModelStore models, PromptSetStore promptSets, ComparisonStore comparisons,
    RoundOrders rounds)
{
    /// <summary>What the model as it was is called.</summary>
    public const string BaseArm = "base";

    /// <summary>Orders the trainings.</summary>
    /// <returns>The comparison's id.</returns>
    /// <exception cref="RefusedException">The draft cannot be carried out; the message says why.</exception>
    public async Task<long> StartAsync(PreferenceSet set, AblationDraft draft, long? createdByAccountId, CancellationToken cancel = default)
    {
        draft.Check();
        var name = draft.Name.Trim();
        var known = await models.ListAsync(cancel);
        if (known.All(model => model.ModelId != draft.Training.ModelId))
            throw new RefusedException("Choose the model to start from.");
        if ((await ablations.ListAsync(cancel)).Any(other => other.Name == name))
            throw new RefusedException($"There is a comparison of objectives called '{name}' already: choose another name.");
        if (known.FirstOrDefault(model => draft.Chosen.Any(choice => model.Name == NameOf(name, choice.Name))) is { } taken)
            throw new RefusedException($"There is a model called '{taken.Name}' already: choose another name.");
        if ((await ListPromptsAsync(set.StudyId, draft.PromptSetId, cancel)).Count == 0)
            throw new RefusedException("This prompt set has no prompts.");

        var arms = new List<(string Name, long? TrainJobId)>();
        try
        {
            foreach (var choice in draft.Chosen)
                arms.Add((choice.Name, await orders.TrainAsync(NameOf(name, choice.Name), draft.Training.ModelId!.Value, set.PreferenceSetId, draft.SettingsOf(choice), createdByAccountId, cancel)));
            if (draft.WithBase)
                arms.Insert(0, (BaseArm, null));
            return await ablations.AddAsync(ToAblation(set, draft, name, createdByAccountId), arms, cancel);
        }
        catch
        {
            foreach (var job in arms.Select(arm => arm.TrainJobId).OfType<long>())
                await jobs.CancelAsync(job, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The prompts that are drawn: those of a set, or those of a study.</summary>
    public async Task<IReadOnlyList<(long PromptId, string Text)>> ListPromptsAsync(long studyId, long? promptSetId, CancellationToken cancel = default) =>
        promptSetId is { } set
            ? [.. (await promptSets.ListPromptsAsync(set, cancel)).Select(prompt => (prompt.PromptId, prompt.Text))]
            : await comparisons.ListPromptsAsync(studyId, cancel);

    /// <summary>A name that no comparison has yet, and a seed that no rater has seen an image of.</summary>
    public async Task<(string Name, string Seeds)> SuggestAsync(Study parent, CancellationToken cancel = default)
    {
        var taken = (await ablations.ListAsync(cancel)).Select(ablation => ablation.Name).ToHashSet();
        var name = $"Objectives after {parent.Name}";
        return (
            taken.Contains(name) ? Enumerable.Range(2, taken.Count).Select(i => $"{name} ({i})").First(free => !taken.Contains(free)) : name,
            await rounds.FreeSeedAsync(parent, cancel));
    }

    private static string NameOf(string name, string arm) => $"{name}: {arm}";

    private static Ablation ToAblation(PreferenceSet set, AblationDraft draft, string name, long? createdByAccountId) => new()
    {
        AblationId = 0,
        Name = name,
        PreferenceSetId = set.PreferenceSetId,
        ModelId = draft.Training.ModelId!.Value,
        PromptSetId = draft.PromptSetId,
        Seeds = draft.Seeds,
        InferenceSteps = draft.InferenceSteps,
        GuidanceScale = draft.GuidanceScale,
        VotesPerComparison = draft.VotesPerComparison,
        OpensAtOnce = draft.OpensAtOnce,
        CreatedByAccountId = createdByAccountId,
        CreatedAt = default,
    };
}
