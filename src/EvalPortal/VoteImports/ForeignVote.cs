using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>A vote as a file has it: a person's answer about a first and a second image of one prompt.</summary>
internal sealed record ForeignVote
{
    /// <summary>What the question is called where the file does not say.</summary>
    public const string Overall = "overall";

    /// <summary>Line, entry or row of the file.</summary>
    public required int Line { get; init; }

    /// <summary>The question, as the file calls it.</summary>
    public string Question { get; init; } = Overall;

    /// <summary>What was judged; with it the same comparison is known again.</summary>
    public required string Item { get; init; }

    /// <summary>Null where the file has no prompts.</summary>
    public string? Prompt { get; init; }

    /// <summary>Null where the file does not say who voted.</summary>
    public string? Rater { get; init; }

    /// <summary>Empty where the file names none.</summary>
    public string FirstSystem { get; init; } = "";

    public string SecondSystem { get; init; } = "";

    /// <summary>What the file calls the images; null where it does not name them.</summary>
    public string? FirstImage { get; init; }

    public string? SecondImage { get; init; }

    public required Answer Answer { get; init; }

    /// <summary>Whether the first stood left; null where nobody knows.</summary>
    public bool? FirstIsLeft { get; init; }

    /// <summary>Whether the first is the better one in every row, so that being first says nothing else.</summary>
    public bool FirstIsBetter { get; init; }

    public DateTimeOffset? VotedAt { get; init; }

    public int? ResponseMs { get; init; }

    /// <summary>The vote's id in the file.</summary>
    public string? SourceId { get; init; }

    /// <summary>Whether a program voted.</summary>
    public bool Simulated { get; init; }

    /// <summary>Whether nobody saw just these two: the vote follows from scores, a ranking or a pick of several.</summary>
    public bool Derived { get; init; }
}

/// <summary>What a row of a file gives.</summary>
/// <param name="Fault">Why it cannot be used; null where it can.</param>
/// <param name="LeftOut">Why it is understood and yet no vote; null where it is one.</param>
internal readonly record struct RowVotes(IReadOnlyList<ForeignVote> Votes, string? Fault = null, string? LeftOut = null)
{
    public static RowVotes Of(params IReadOnlyList<ForeignVote> votes) => new(votes);

    public static RowVotes Faulty(string fault) => new([], Fault: fault);

    public static RowVotes Left(string reason) => new([], LeftOut: reason);
}

/// <summary>Reads the votes of a format, row by row; made anew for each reading of a file.</summary>
internal interface IVoteReader
{
    RowVotes Read(SourceRow row);

    /// <summary>What could only be said once all rows were read.</summary>
    IEnumerable<ForeignVote> Finish() => [];
}
