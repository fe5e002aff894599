namespace PixelPost.EvalPortal.Studies;

/// <summary>Studies that were made together from one preset.</summary>
public sealed record StudyGroup
{
    public required long StudyGroupId { get; init; }

    public required string Name { get; init; }

    /// <summary>Key of the preset.</summary>
    public required string Preset { get; init; }

    /// <summary>Null for what the program made itself.</summary>
    public long? CreatedByAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A group to add, with the studies in it.</summary>
/// <param name="Name">Unlike that of any other group.</param>
/// <param name="Preset">Key of the preset.</param>
/// <param name="Studies">At least one.</param>
public sealed record NewStudyGroup(string Name, string Preset, IReadOnlyList<NewStudy> Studies);
