using System.Globalization;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Images to be drawn with one model, as typed.</summary>
public sealed class GenerationDraft
{
    /// <summary>Most images of one job.</summary>
    public const int MostImages = 100_000;

    private static readonly SampleSettings Defaults = new();

    /// <summary>What the images will be called in studies.</summary>
    public string Name { get; set; } = "";

    /// <summary>Prompts to draw.</summary>
    public long? PromptSetId { get; set; }

    /// <summary>Seeds, separated by commas; each makes an image per prompt.</summary>
    public string Seeds { get; set; } = "1";

    public int InferenceSteps { get; set; } = Defaults.InferenceSteps;

    public double GuidanceScale { get; set; } = Defaults.GuidanceScale;

    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <summary>How images are generated.</summary>
    public SampleSettings ToSettings() => new() { InferenceSteps = InferenceSteps, GuidanceScale = GuidanceScale, BatchSize = BatchSize };

    /// <summary>One line for each image: every prompt with every seed.</summary>
    /// <exception cref="RefusedException">There is nothing to draw, or too much; the message says which.</exception>
    public IReadOnlyList<PromptLine> ToLines(IReadOnlyList<(long PromptId, string Text)> prompts)
    {
        var seeds = SeedList.Parse(Seeds);
        if (prompts.Count == 0)
            throw new RefusedException("Choose a prompt set that has prompts.");
        if ((long)prompts.Count * seeds.Count > MostImages)
            throw new RefusedException($"{prompts.Count:N0} prompts with {seeds.Count} seeds are {(long)prompts.Count * seeds.Count:N0} images; one job makes {MostImages:N0} at most. Take fewer seeds.");
        return [..
            from prompt in prompts
            from seed in seeds
            select new PromptLine { PromptId = prompt.PromptId.ToString(CultureInfo.InvariantCulture), Prompt = prompt.Text, Seed = seed }];
    }

    /// <summary>Checks what does not depend on the database.</summary>
    /// <exception cref="RefusedException">Something cannot be right; the message says what.</exception>
    public void Check()
    {
        if (string.IsNullOrWhiteSpace(Name))
            throw new RefusedException("Give the images a name.");
        if (ToSettings().Faults() is { Count: > 0 } faults)
            throw new RefusedException(string.Join(' ', faults.Select(fault => fault.Replace("sampling.", "", StringComparison.Ordinal))));
    }
}
