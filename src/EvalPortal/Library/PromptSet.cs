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
public sealed record NewPrompt(string Text, string? Category = null);
