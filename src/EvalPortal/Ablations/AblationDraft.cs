using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Ablations;

/// <summary>What is chosen for a comparison of objectives, as typed, and what of it cannot be right.</summary>
public sealed class AblationDraft
{
    private static readonly SampleSettings Defaults = new();

    // The paper's comparison: with the pixel term and without it.
    private readonly HashSet<ObjectiveChoice> _chosen = [.. ObjectiveChoice.All.Where(choice => choice.InLatents == Objective.SimPo)];

    /// <summary>Fewest and most systems of a leaderboard; the model as it was is one of them.</summary>
    public const int FewestSystems = 3, MostSystems = NewStudySession.MostRanked;

    public string Name { get; set; } = "";

    /// <summary>Everything that the trainings share; its objective is not used.</summary>
    public TrainDraft Training { get; } = new();

    /// <summary>The objectives, in the order of <see cref="ObjectiveChoice.All"/>.</summary>
    public IReadOnlyList<ObjectiveChoice> Chosen => [.. ObjectiveChoice.All.Where(_chosen.Contains)];

    /// <summary>Whether the model as it was is compared too.</summary>
    public bool WithBase { get; set; } = true;

    /// <summary>Prompts to draw; null for those of the study that the set was made from.</summary>
    public long? PromptSetId { get; set; }

    public string Seeds { get; set; } = "1";

    public int InferenceSteps { get; set; } = Defaults.InferenceSteps;

    public double GuidanceScale { get; set; } = Defaults.GuidanceScale;

    public int VotesPerComparison { get; set; } = StudyDraft.ProtocolVotes;

    /// <summary>Whether raters may begin as soon as the images are there.</summary>
    public bool OpensAtOnce { get; set; }

    /// <summary>Number of systems that the leaderboard will have.</summary>
    public int Systems => _chosen.Count + (WithBase ? 1 : 0);

    /// <summary>Number of studies: every two systems are compared.</summary>
    public int Studies => Systems * (Systems - 1) / 2;

    public bool IsChosen(ObjectiveChoice choice) => _chosen.Contains(choice);

    /// <summary>Takes an objective in, or out.</summary>
    public void Choose(ObjectiveChoice choice, bool wanted)
    {
        if (wanted)
            _chosen.Add(choice);
        else
            _chosen.Remove(choice);
    }

    /// <summary>The settings of one objective: those that are shared, with its own terms and weights.</summary>
    /// <exception cref="RefusedException">One of them cannot be right.</exception>
    public LoopSettings SettingsOf(ObjectiveChoice choice)
    {
        var own = Training.Copy();
        own.Choose(choice);
        if (choice.InPixels is not null && Training["pixel_weight"] != "0")
            own["pixel_weight"] = Training["pixel_weight"];
        return own.ToSettings();
    }

    /// <summary>Checks what does not depend on the database.</summary>
    /// <exception cref="RefusedException">Something cannot be right; the message says what.</exception>
    public void Check()
    {
        if (string.IsNullOrWhiteSpace(Name))
            throw new RefusedException("Give the comparison a name.");
        if (Systems is < FewestSystems or > MostSystems)
            throw new RefusedException($"A leaderboard ranks {FewestSystems} to {MostSystems} systems, and these are {Systems}: choose {(Systems < FewestSystems ? "more" : "fewer")} objectives.");
        SeedList.Parse(Seeds);
        if (VotesPerComparison is < 1 or > StudyDraft.MaxVotes)
            throw new RefusedException($"Ask for 1 to {StudyDraft.MaxVotes} votes per comparison.");
        if (ToSampling().Faults() is { Count: > 0 } faults)
            throw new RefusedException(string.Join(' ', faults.Select(fault => fault.Replace("sampling.", "", StringComparison.Ordinal))));
        foreach (var choice in Chosen)
            SettingsOf(choice);
    }

    /// <summary>How images are generated.</summary>
    public SampleSettings ToSampling() => new() { InferenceSteps = InferenceSteps, GuidanceScale = GuidanceScale };
}
