using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Studies;

/// <summary>What a study that is not made of pairs would show.</summary>
public sealed record ItemCheck
{
    /// <summary>What raters judge one by one.</summary>
    public required IReadOnlyList<StudyItem> Items { get; init; }

    /// <summary>Why there is nothing to judge; null when there is something.</summary>
    public required string? Fault { get; init; }

    /// <summary>The items in words.</summary>
    public required string Words { get; init; }

    /// <summary>What the study should be made with one's eyes open to, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Checks what there is to pick from.</summary>
    /// <param name="images">How many are shown at once.</param>
    public static ItemCheck ForPreference(IReadOnlyList<StudyItem> items, IReadOnlyList<IReadOnlyList<StoredImage>> bySystem, int images)
    {
        var all = bySystem.SelectMany(system => system).Where(image => image.PromptId is not null).ToList();
        var prompts = all.Select(image => image.PromptId).Distinct().Count();
        var (tooFew, unused) = (prompts - items.Count, all.Count(image => items.Any(item => item.PromptId == image.PromptId)) - items.Count * images);
        var warnings = new List<string>();
        if (items.Count > 0 && tooFew > 0)
            warnings.Add($"Left out, because they have fewer than {images} images{(bySystem.Count > 1 ? " or only those of one system" : "")}: {Figures.Count(tooFew, "prompt")}.");
        if (unused > 0)
            warnings.Add($"{Figures.Count(unused, "image")} beyond the first {images} of a prompt will not be shown.");
        var shown = items.SelectMany(item => item.ImageIds).ToHashSet();
        var sizes = all.Where(image => shown.Contains(image.ImageId)).GroupBy(image => image.PromptId)
            .Count(prompt => prompt.Select(image => (image.Width, image.Height)).Distinct().Count() > 1);
        if (sizes > 0)
            warnings.Add($"{Figures.Count(sizes, "prompt")} with images of unequal size: raters may learn to tell the systems apart by it.");
        return new ItemCheck
        {
            Items = items,
            Fault = items.Count > 0 ? null : $"No prompt has {images} images{(bySystem.Count > 1 ? " of the two systems" : " of the system")}: show fewer at once, or choose other systems.",
            Words = $"{Figures.Count(items.Count, "prompt")} of {prompts} with {images} images each.",
            Warnings = warnings,
        };
    }

    /// <summary>Checks what a question set makes of the images of one system or two.</summary>
    public static ItemCheck ForAlignment(IReadOnlyList<StudyItem> items, IReadOnlyList<IReadOnlyList<StoredImage>> bySystem)
    {
        var prompts = items.Select(item => item.PromptId).ToHashSet();
        var leftOut = bySystem.Sum(images => images.Count) - items.Count;
        var warnings = new List<string>();
        if (items.Count > 0 && leftOut > 0)
            warnings.Add($"Left out, because there are no questions about their prompts: {Figures.Count(leftOut, "image")}.");
        var uneven = prompts.Count(prompt => bySystem.Select(images => images.Count(image => image.PromptId == prompt)).Distinct().Count() > 1);
        if (uneven > 0)
            warnings.Add($"{Figures.Count(uneven, "prompt")} with unequal numbers of images of the two systems: their rates compare less well.");
        return new ItemCheck
        {
            Items = items,
            Fault = items.Count > 0 ? null : "The question set asks about none of the prompts that these images were made for.",
            Words = $"{Figures.Count(items.Count, "image")} of {Figures.Count(prompts.Count, "prompt")}, each judged by itself.",
            Warnings = warnings,
        };
    }
}
