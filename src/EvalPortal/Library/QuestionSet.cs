namespace PixelPost.EvalPortal.Library;

/// <summary>The answer that says that an image shows what was asked for.</summary>
public enum ExpectedAnswer
{
    Yes,
    No,
}

/// <summary>A named set of yes/no questions about the prompts of a prompt set.</summary>
public sealed record QuestionSet
{
    public required long QuestionSetId { get; init; }

    public required string Name { get; init; }

    public required long PromptSetId { get; init; }

    /// <summary>Name of the prompt set.</summary>
    public required string PromptSet { get; init; }

    /// <summary>SHA-256 of what it asks, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Prompts with at least one question.</summary>
    public required int PromptCount { get; init; }

    public required int QuestionCount { get; init; }
}

/// <summary>A question about images of one prompt.</summary>
public sealed record Question
{
    public required long QuestionId { get; init; }

    public required long PromptId { get; init; }

    /// <summary>Place among the prompt's questions, from 1; parents stand before their children.</summary>
    public required int Position { get; init; }

    /// <summary>Its id in the file it came from.</summary>
    public required string Label { get; init; }

    public required string Text { get; init; }

    public required ExpectedAnswer Expected { get; init; }

    public string? Category { get; init; }

    /// <summary>The questions of the same prompt that must be answered yes for this one to be asked.</summary>
    public IReadOnlyList<long> ParentIds { get; init; } = [];
}

/// <summary>A question set to add.</summary>
public sealed record NewQuestionSet
{
    public required string Name { get; init; }

    public required long PromptSetId { get; init; }

    public long? CreatedByAccountId { get; init; }

    /// <summary>By prompt, in the order of the prompt set.</summary>
    public required IReadOnlyList<(long PromptId, IReadOnlyList<NewQuestion> Questions)> Prompts { get; init; }
}

/// <summary>A question of a set to add.</summary>
public sealed record NewQuestion
{
    /// <summary>Unlike those of the prompt's other questions.</summary>
    public required string Label { get; init; }

    public required string Text { get; init; }

    public ExpectedAnswer Expected { get; init; }

    public string? Category { get; init; }

    /// <summary>Labels of questions of the same prompt that stand before it.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];
}
