using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What is chosen for a comparison of the old and the new model, as typed, and what of it cannot be right.</summary>
public sealed class RoundDraft
{
    private static readonly SampleSettings Defaults = new();

    /// <summary>Prompts to draw; null for those of the study that the votes came from.</summary>
    public long? PromptSetId { get; set; }

    /// <summary>Seeds, separated by commas; each makes an image per prompt and model.</summary>
    public string Seeds { get; set; } = "1";

    public int InferenceSteps { get; set; } = Defaults.InferenceSteps;

    public double GuidanceScale { get; set; } = Defaults.GuidanceScale;

    /// <summary>Name of the study to come.</summary>
    public string StudyName { get; set; } = "";

    public int VotesPerComparison { get; set; } = 5;

    /// <summary>Whether raters may begin as soon as the images are there.</summary>
    public bool OpensAtOnce { get; set; }

    /// <summary>How images are generated.</summary>
    public SampleSettings ToSettings() => new() { InferenceSteps = InferenceSteps, GuidanceScale = GuidanceScale };

    /// <summary>The seeds, each once.</summary>
    /// <exception cref="RefusedException">They are not whole numbers from 0 on.</exception>
    public IReadOnlyList<long> ToSeeds() => SeedList.Parse(Seeds);

    /// <summary>Checks what does not depend on the database.</summary>
    /// <exception cref="RefusedException">Something cannot be right; the message says what.</exception>
    public void Check()
    {
        ToSeeds();
        if (string.IsNullOrWhiteSpace(StudyName))
            throw new RefusedException("The new study needs a name.");
        if (VotesPerComparison < 1)
            throw new RefusedException($"Votes per comparison is {VotesPerComparison}; it must be 1 or more.");
        if (ToSettings().Faults() is { Count: > 0 } faults)
            throw new RefusedException(string.Join(' ', faults.Select(fault => fault.Replace("sampling.", "", StringComparison.Ordinal))));
    }
}
