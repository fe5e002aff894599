using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Material;

/// <summary>Stores what a check found. What is there already stays as it is, so it can be broken off and done again.</summary>
public sealed class MaterialTake(PromptSetStore promptSets, SystemStore systems, ImageStore images, ImageFiles files)
{
    private const int BatchSize = 500;

    /// <summary>Stores the prompt set where it is new, the systems, and their images.</summary>
    /// <param name="workFolder">The one of the check.</param>
    /// <returns>How many images were added.</returns>
    public async Task<int> RunAsync(
        CheckedMaterial material, string workFolder, Action<MaterialProgress>? progress = null, CancellationToken cancel = default)
    {
        var staged = MaterialCheck.StagedIn(workFolder);
        var wanted = material.Images.Where(image => image.IsNew).ToList();
        if (wanted.Count == 0)
            return 0;
        var promptIds = await TakePromptsAsync(material, cancel);
        var (done, added) = (0, 0);
        foreach (var system in wanted.GroupBy(image => image.Match.System))
        {
            var systemId = await TakeSystemAsync(system.Key, cancel);
            foreach (var batch in system.Chunk(BatchSize))
            {
                cancel.ThrowIfCancellationRequested();
                foreach (var image in batch)
                    files.TakeIn(image.File.Sha256, staged);
                added += await images.AddMissingAsync(systemId, batch.Select(image => ToNewImage(image, systemId, promptIds)), cancel);
                done += batch.Length;
                progress?.Invoke(new MaterialProgress(done, wanted.Count));
            }
        }
        return added;
    }

    private static NewImage ToNewImage(CheckedImage image, long systemId, IReadOnlyList<long> promptIds) => new()
    {
        SystemId = systemId,
        PromptId = promptIds[image.Match.Prompt],
        File = image.File,
        Seed = image.Match.Row.Seed,
    };

    private async Task<IReadOnlyList<long>> TakePromptsAsync(CheckedMaterial material, CancellationToken cancel)
    {
        var (set, _) = await promptSets.TakeAsync(new NewPromptSet { Name = material.PromptSet, Prompts = material.Prompts }, cancel);
        return [.. (await promptSets.ListPromptsAsync(set, cancel)).Select(prompt => prompt.PromptId)];
    }

    private async Task<long> TakeSystemAsync(string name, CancellationToken cancel) =>
        (await systems.ListAsync(cancel)).FirstOrDefault(system => system.Name == name)?.SystemId
        ?? await systems.AddAsync(name, modelId: null, description: "", cancel: cancel);
}
