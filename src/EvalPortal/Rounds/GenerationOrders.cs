using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Orders images of one model: prompts times seeds, filed as a system once they are all there.</summary>
public sealed class GenerationOrders(PromptSetStore prompts, SystemStore systems, JobOrders orders)
{
    /// <summary>Queues the job.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">The draft cannot be carried out; the message says why.</exception>
    public async Task<long> GenerateAsync(long modelId, GenerationDraft draft, long? createdByAccountId, CancellationToken cancel = default)
    {
        draft.Check();
        var name = draft.Name.Trim();
        if ((await systems.ListAsync(cancel)).Any(system => system.Name == name))
            throw new RefusedException($"There is a system called '{name}' already: choose another name.");
        var lines = draft.ToLines(draft.PromptSetId is { } set
            ? [.. (await prompts.ListPromptsAsync(set, cancel)).Select(prompt => (prompt.PromptId, prompt.Text))] : []);
        return await orders.SampleAsync(name, modelId, lines, draft.ToSettings(), createdByAccountId, cancel);
    }

    /// <summary>A name that no system has yet.</summary>
    public async Task<string> FreeNameAsync(Model model, string promptSet, CancellationToken cancel = default)
    {
        var taken = (await systems.ListAsync(cancel)).Select(system => system.Name).ToHashSet();
        var name = $"{model.Name}, {promptSet}";
        return taken.Contains(name) ? Enumerable.Range(2, taken.Count).Select(i => $"{name} ({i})").First(free => !taken.Contains(free)) : name;
    }
}
