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
