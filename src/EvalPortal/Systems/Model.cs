namespace PixelPost.EvalPortal.Systems;

/// <summary>A set of weights in diffusers layout.</summary>
public sealed record Model
{
    public required long ModelId { get; init; }

    public required string Name { get; init; }

    /// <summary>Where it lies; see <see cref="DataFolder.Resolve"/>.</summary>
    public required string Folder { get; init; }

    /// <summary>SHA-256 over the hashes of its weight files in name order, lower-case hex.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>The model it was trained from; null for one that came from outside.</summary>
    public long? ParentModelId { get; init; }

    /// <summary>The job that trained it.</summary>
    public long? JobId { get; init; }

    /// <summary>The job of which it is a checkpoint that was kept; it is a copy, so that the job may go on.</summary>
    public long? CheckpointJobId { get; init; }

    /// <summary>After how many optimizer steps of that job.</summary>
    public int? CheckpointStep { get; init; }

    /// <summary>Where it is from; empty where nobody has said.</summary>
    public string Source { get; init; } = "";

    /// <summary>Under which licence it may be used; empty where nobody has said.</summary>
    public string Licence { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The job that it came of, finished or not.</summary>
    public long? MadeByJobId => JobId ?? CheckpointJobId;
}

/// <summary>A model to add, whose folder is in place.</summary>
public sealed record NewModel
{
    public required string Name { get; init; }

    public required string Folder { get; init; }

    public required string WeightsSha256 { get; init; }

    public long? ParentModelId { get; init; }

    public long? JobId { get; init; }

    public long? CheckpointJobId { get; init; }

    public int? CheckpointStep { get; init; }

    public string Source { get; init; } = "";

    public string Licence { get; init; } = "";
}
