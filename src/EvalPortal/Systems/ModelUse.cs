namespace PixelPost.EvalPortal.Systems;

/// <summary>Something that stands on a model.</summary>
public sealed record ModelUse
{
    /// <summary><c>model</c>, <c>job</c>, <c>system</c> or <c>ablation</c>.</summary>
    public required string Kind { get; init; }

    public required long Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Whether it belongs to a study that whoever asks may not see.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Its page.</summary>
    public string Address => Kind switch
    {
        "model" => $"/models/{Id}",
        "job" => $"/jobs/{Id}",
        "ablation" => $"/ablations/{Id}",
        _ => "/systems",
    };

    /// <summary>What it is and what it is called.</summary>
    public string ToWords() => $"the {(Kind == "ablation" ? "comparison of objectives" : Kind)} '{Name}'";
}

/// <summary>A study in which images of a model are judged.</summary>
public sealed record JudgedIn
{
    public required long StudyId { get; init; }

    public required string Name { get; init; }

    /// <summary>What the model's images are called there.</summary>
    public required string System { get; init; }

    /// <summary>People's votes.</summary>
    public required int Votes { get; init; }
}
