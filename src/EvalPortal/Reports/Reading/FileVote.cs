using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>
/// A row that counts: one rater's answer to one comparison on one axis, as numbers. A million of them take 50 MB.
/// </summary>
internal readonly record struct FileVote
{
    /// <summary>Line of the file on which the row starts, from 1.</summary>
    public required int Line { get; init; }

    public required int Axis { get; init; }

    /// <summary>What was compared on this axis: item, systems and images, whichever stood first.</summary>
    public required int Comparison { get; init; }

    /// <summary>The prompt; below 0, and like no other, where the row names none.</summary>
    public required int Prompt { get; init; }

    /// <summary>The rater; below 0, and like no other, where the row names none.</summary>
    public required int Rater { get; init; }

    /// <summary>The system of the two that comes first in the file's list of systems.</summary>
    public required int SystemA { get; init; }

    public required int SystemB { get; init; }

    public required Outcome Winner { get; init; }

    /// <summary>Whether A stood on the left; null when nobody knows.</summary>
    public bool? LeftIsA { get; init; }

    /// <summary>Whether this tie was given as "both are bad".</summary>
    public bool BothBad { get; init; }

    /// <summary>Whether the rater had voted on this comparison before.</summary>
    public bool IsRepeat { get; init; }

    public bool Simulated { get; init; }

    /// <summary>From images shown to answer, in milliseconds; null when it was not measured.</summary>
    public int? ResponseMs { get; init; }

    /// <summary>The same vote with the systems exchanged.</summary>
    public FileVote Swapped() => this with
    {
        SystemA = SystemB,
        SystemB = SystemA,
        Winner = Winner switch { Outcome.A => Outcome.B, Outcome.B => Outcome.A, var neither => neither },
        LeftIsA = !LeftIsA,
    };
}
