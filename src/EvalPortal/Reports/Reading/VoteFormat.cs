namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>
/// A set of columns that is known to hold one comparison a row, and what stands in which. Where several columns are named for one
/// thing, the first that a file has is taken; a file need not have any.
/// </summary>
internal sealed record VoteFormat
{
    /// <summary>What it is called in the report.</summary>
    public required string Name { get; init; }

    /// <summary>The columns that tell it from the others: a file with all of them is of this format.</summary>
    public required IReadOnlyList<string> RecognisedBy { get; init; }

    /// <summary>The systems compared; a file without these columns, or with nothing in them, compares first against second.</summary>
    public required (string First, string Second) Systems { get; init; }

    /// <summary>How the answer is read.</summary>
    public required AnswerRule Answer { get; init; }

    /// <summary>Whether the first of a row is known to have stood on the left.</summary>
    public bool FirstIsLeft { get; init; }

    /// <summary>The system that stood on the left, where a column says it.</summary>
    public string? LeftSystem { get; init; }

    /// <summary>What was compared: with the two systems and images, a comparison.</summary>
    public IReadOnlyList<string> Item { get; init; } = [];

    /// <summary>The prompt, the first kind of cluster; without such a column the item is taken.</summary>
    public IReadOnlyList<string> Prompt { get; init; } = [];

    /// <summary>Who voted, the second kind of cluster.</summary>
    public IReadOnlyList<string> Rater { get; init; } = [];

    /// <summary>From images shown to answer, in milliseconds.</summary>
    public string? ResponseMs { get; init; }

    /// <summary>The question asked.</summary>
    public IReadOnlyList<string> Axis { get; init; } = [];

    public IReadOnlyList<string> FirstImage { get; init; } = [];

    public IReadOnlyList<string> SecondImage { get; init; } = [];

    /// <summary>Rows that are understood and yet do not count.</summary>
    public IReadOnlyList<ExclusionRule> Exclusions { get; init; } = [];

    /// <summary>Whether <c>vote_id</c> and <c>supersedes_vote_id</c> say which votes were replaced.</summary>
    public bool HasSuperseding { get; init; }

    /// <summary>Whether <c>simulated</c> says which votes are by programs.</summary>
    public bool HasSimulated { get; init; }

    /// <summary>What the two are called where the file names no systems.</summary>
    public (string First, string Second) Places => FirstIsLeft ? ("left", "right") : ("first", "second");
}

/// <summary>A column with a value that takes a row out.</summary>
/// <param name="When">true, false, or null for any text at all.</param>
internal sealed record ExclusionRule(string Column, bool? When, string Reason);
