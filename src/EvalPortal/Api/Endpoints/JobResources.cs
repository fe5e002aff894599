using System.Text.Json;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A training to queue.</summary>
public sealed record NewTraining
{
    /// <summary>Name of the job and of the model that it makes.</summary>
    public required string Name { get; init; }

    /// <summary>What it trains on.</summary>
    public required long PreferenceSetId { get; init; }

    /// <summary>Name of the model to start from; left out, the one that drew the images that were voted on.</summary>
    public string? Model { get; init; }

    /// <summary>Key of a preset of the paper's values, such as <c>paper-dit</c>; left out, every setting is as a new training has it.</summary>
    public string? Preset { get; init; }

    /// <summary>Hyper-parameters by their names in <c>job.json</c> (docs/job-contract.md), over those of the preset.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }
}

/// <summary>Images to draw with a model.</summary>
public sealed record NewGeneration
{
    /// <summary>What the images will be called in studies: name of the system.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the prompt set.</summary>
    public required string PromptSet { get; init; }

    /// <summary>Each makes an image per prompt.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1];
    public int? InferenceSteps { get; init; }
    public double? GuidanceScale { get; init; }
    public int? BatchSize { get; init; }
}

/// <summary>A preset of training settings.</summary>
/// <param name="Preset">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="About">What it sets.</param>
public sealed record TrainPresetResource(string Preset, string Name, string About);

/// <summary>A piece of work for the training worker.</summary>
public sealed record JobResource
{
    public required long JobId { get; init; }
    public required JobKind Kind { get; init; }
    public required string Name { get; init; }

    /// <summary>Where it is, as the portal sees it.</summary>
    public required RunState State { get; init; }

    /// <summary>The model it starts from, or draws with.</summary>
    public required long ModelId { get; init; }

    /// <summary>What it trains on.</summary>
    public long? PreferenceSetId { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it can go on from its last checkpoint.</summary>
    public required bool CanResume { get; init; }
    public required bool CancelRequested { get; init; }

    /// <summary>Where its worker is; null before it has said so, and in lists.</summary>
    public JobStatus? Progress { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    internal static JobResource Of(Job job) => new()
    {
        JobId = job.JobId,
        Kind = job.Kind,
        Name = job.Name,
        State = job.State,
        ModelId = job.ModelId,
        PreferenceSetId = job.PreferenceSetId,
        Error = job.Error,
        CanResume = job.CanResume,
        CancelRequested = job.CancelRequestedAt is not null,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
    };
}
