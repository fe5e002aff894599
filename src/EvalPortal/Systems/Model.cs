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

    public DateTimeOffset CreatedAt { get; init; }
}
