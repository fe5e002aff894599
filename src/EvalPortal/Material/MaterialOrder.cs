namespace PixelPost.EvalPortal.Material;

/// <summary>What is to be made of a folder or zip.</summary>
public sealed record MaterialOrder
{
    /// <summary>
    /// The prompt set that the images are for. One that is not there yet is made of the manifest's prompts.
    /// </summary>
    public required string PromptSet { get; init; }

    /// <summary>The system that all images are of; null where the manifest says, or each folder at the top is a system of its own.</summary>
    public string? System { get; init; }

    /// <summary>What cannot be right, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(PromptSet))
            yield return "Say which prompt set the images are for.";
        if (System is not null && SystemFault(System) is { } fault)
            yield return fault;
    }

    /// <summary>Why this cannot be a system's name; null when it can.</summary>
    internal static string? SystemFault(string name) => name switch
    {
        _ when string.IsNullOrWhiteSpace(name) => "The system has no name.",
        _ when name.Length > MaterialLimits.SystemName => $"The system's name has {name.Length} characters. It may have {MaterialLimits.SystemName}.",
        _ when name.Any(char.IsControl) => "The system's name has control characters.",
        _ => null,
    };
}
