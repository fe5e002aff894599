using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Ablations;

/// <summary>Several objectives from one preference set: each is trained and draws the same images, then one leaderboard compares them.</summary>
public sealed record Ablation
{
    public required long AblationId { get; init; }

    /// <summary>Its own name, and that of the linked studies to come.</summary>
    public required string Name { get; init; }

    public required long PreferenceSetId { get; init; }

    /// <summary>The model that every training begins with.</summary>
    public required long ModelId { get; init; }

    /// <summary>Prompts to draw; null for those of the study that the set was made from.</summary>
    public long? PromptSetId { get; init; }

    /// <summary>Seeds, separated by commas.</summary>
    public required string Seeds { get; init; }

    public required int InferenceSteps { get; init; }

    public required double GuidanceScale { get; init; }

    public required int VotesPerComparison { get; init; }

    /// <summary>Whether raters may begin as soon as there are studies.</summary>
    public required bool OpensAtOnce { get; init; }

    /// <summary>The linked studies; null until all images are there.</summary>
    public long? StudyGroupId { get; init; }

    /// <summary>Why there are no studies although all images are there.</summary>
    public string? Error { get; init; }

    public long? CreatedByAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One of the objectives, or the model as it was.</summary>
public sealed record AblationArm
{
    /// <summary>Place, from 1.</summary>
    public required int Position { get; init; }

    public required string Name { get; init; }

    /// <summary>Its training; null for the model as it was.</summary>
    public long? TrainJobId { get; init; }

    public RunState? TrainState { get; init; }

    /// <summary>The model that draws: what was trained, or the model as it was; null until it is there.</summary>
    public long? ModelId { get; init; }

    /// <summary>The job that draws its images; null until the training is done.</summary>
    public long? SampleJobId { get; init; }

    public RunState? SampleState { get; init; }

    /// <summary>What the images are filed as; null until they are all there.</summary>
    public long? SystemId { get; init; }

    /// <summary>Whether the comparison goes on without it.</summary>
    public required bool LeftOut { get; init; }
}
