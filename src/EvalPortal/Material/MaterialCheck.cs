using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Material;

/// <summary>How far something is.</summary>
public readonly record struct MaterialProgress(int Done, int Total);

/// <summary>
/// Looks at a folder or zip of images, down to the pixels, and says what would be stored. Images wait in a work folder in the form in
/// which they are kept, so that taking them is no more than moving them; what was looked at is not looked at again.
/// </summary>
public sealed class MaterialCheck(PromptSetStore promptSets, SystemStore systems, ImageStore images, ImageFiles files)
{
    /// <summary>Images at once: raters are served by the same processors.</summary>
    private static readonly int AtOnce = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Checks a source.</summary>
    /// <param name="workFolder">A folder of this import's own; it may have been used by a check that was broken off.</param>
    /// <exception cref="RefusedException">Nothing can be made of the source at all.</exception>
    public async Task<CheckedMaterial> RunAsync(
        MaterialOrder order, MaterialSource source, string workFolder, Action<MaterialProgress>? progress = null, CancellationToken cancel = default)
    {
        if (order.Faults().FirstOrDefault() is { } fault)
            throw new RefusedException(fault);
        var set = await promptSets.FindByNameAsync(order.PromptSet.Trim(), cancel);
        var prompts = set is null ? null : await promptSets.ListPromptsAsync(set.PromptSetId, cancel);
        var match = MaterialMatch.Of(source, order with { PromptSet = order.PromptSet.Trim() }, prompts?.Select(prompt => new NewPrompt(prompt.Text, prompt.Category, prompt.Label)).ToList());
        var found = await LookAsync(match, source, workFolder, progress, cancel);
        var draft = new MaterialDraft(match, prompts, await KnownSystem.ListAsync(match, systems, images, cancel));
        foreach (var image in match.Images)
            draft.Add(image, found[image.File]);
        return draft.Finish(order.PromptSet.Trim(), await OtherSizesAsync(match, prompts, cancel));
    }

    /// <summary>Where the images of a work folder wait.</summary>
    internal static string StagedIn(string workFolder) => Path.Combine(workFolder, "images");

    private async Task<Dictionary<SourceFile, CheckedFile>> LookAsync(
        MaterialMatch match, MaterialSource source, string workFolder, Action<MaterialProgress>? progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(workFolder);
        using var known = new CheckedFiles(Path.Combine(workFolder, "checked.jsonl"));
        var wanted = match.Images.Select(image => image.File).Distinct().ToList();
        var done = 0;
        await Parallel.ForEachAsync(
            wanted,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            (file, _) =>
            {
                if (known.Find(file) is null)
                    known.Add(Look(source, file, workFolder));
                progress?.Invoke(new MaterialProgress(Interlocked.Increment(ref done), wanted.Count));
                return ValueTask.CompletedTask;
            });
        return wanted.ToDictionary(file => file, file => known.Find(file)!);
    }

    private CheckedFile Look(MaterialSource source, SourceFile file, string workFolder)
    {
        try
        {
            return new CheckedFile { File = file, Image = files.Stage(source.Read(file), "it", StagedIn(workFolder)) };
        }
        catch (RefusedException refused)
        {
            return new CheckedFile { File = file, Refusal = refused.Message };
        }
    }

    /// <summary>The sizes of images that other systems have for the same prompts.</summary>
    private async Task<IReadOnlyList<SystemSize>> OtherSizesAsync(MaterialMatch match, IReadOnlyList<Prompt>? prompts, CancellationToken cancel)
    {
        if (prompts is not [var first, ..])
            return [];
        var own = match.Images.Select(image => image.System).ToHashSet();
        return [.. (await images.ListSizesAsync(first.PromptSetId, cancel)).Where(size => !own.Contains(size.System))];
    }
}
