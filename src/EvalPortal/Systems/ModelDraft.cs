namespace PixelPost.EvalPortal.Systems;

/// <summary>What is said about a model that is being added.</summary>
public sealed class ModelDraft
{
    public string Name { get; set; } = "";

    /// <summary>Where it is from.</summary>
    public string Source { get; set; } = "";

    /// <summary>Under which licence it may be used.</summary>
    public string Licence { get; set; } = "";

    /// <summary>For weights of a single part: the model that all the rest is taken from.</summary>
    public long? RestOfModelId { get; set; }

    /// <summary>The model to add.</summary>
    /// <exception cref="RefusedException">It has no name.</exception>
    public NewModel ToModel(string folder, string sha256) => new()
    {
        Name = CheckedName(),
        Folder = folder,
        WeightsSha256 = sha256,
        Source = Source.Trim(),
        Licence = Licence.Trim(),
    };

    /// <summary>The name.</summary>
    /// <exception cref="RefusedException">There is none, or it is too long.</exception>
    public string CheckedName() => Name.Trim() switch
    {
        "" => throw new RefusedException("Give the model a name."),
        { Length: > 200 } => throw new RefusedException("A model's name may have 200 characters."),
        var name => name,
    };
}

/// <summary>How far the adding of a model is.</summary>
/// <param name="What">What is being done.</param>
/// <param name="Done">Bytes so far; 0 where they are not counted.</param>
/// <param name="Total">Bytes in all; 0 where they are not counted.</param>
public sealed record IntakeProgress(string What, long Done = 0, long Total = 0);
