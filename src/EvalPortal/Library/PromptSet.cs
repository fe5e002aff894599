namespace PixelPost.EvalPortal.Library;

/// <summary>A named list of prompts.</summary>
public sealed record PromptSet
{
    public required long PromptSetId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>Where the prompts are from.</summary>
    public required string Source { get; init; }

    public required string Licence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required int PromptCount { get; init; }
}

/// <summary>A text that images are made for.</summary>
public sealed record Prompt
{
    public required long PromptId { get; init; }

    public required long PromptSetId { get; init; }

    /// <summary>Place in the set, from 1.</summary>
    public required int Position { get; init; }

    public required string Text { get; init; }

    public string? Category { get; init; }

    /// <summary>Its id in the file it came from, unlike those of the set's other prompts.</summary>
    public string? Label { get; init; }
}

/// <summary>What stands on a prompt set.</summary>
public sealed record PromptSetUse
{
    public required long PromptSetId { get; init; }

    /// <summary>Its categories by name; empty where its prompts have none.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Names of the systems with images for it.</summary>
    public required IReadOnlyList<string> Systems { get; init; }

    /// <summary>Names of the question sets about it.</summary>
    public required IReadOnlyList<string> QuestionSets { get; init; }

    /// <summary>The studies that show images for it.</summary>
    public required IReadOnlyList<(long StudyId, string Name)> Studies { get; init; }
}

/// <summary>A prompt set to add.</summary>
public sealed record NewPromptSet
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public string Source { get; init; } = "";

    public string Licence { get; init; } = "";

    /// <summary>In the order they are to have.</summary>
    public required IReadOnlyList<NewPrompt> Prompts { get; init; }
}

/// <summary>A prompt of a set to add.</summary>
/// <param name="Label">Its id, unlike those of the set's other prompts.</param>
public sealed record NewPrompt(string Text, string? Category = null, string? Label = null);
