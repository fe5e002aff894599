namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>A file of votes as it was read.</summary>
internal sealed record VoteFile
{
    public required FileFacts Facts { get; init; }

    /// <summary>The questions asked, in alphabetical order.</summary>
    public required IReadOnlyList<string> Axes { get; init; }

    /// <summary>The systems compared, in alphabetical order; the two places where the file names no systems.</summary>
    public required IReadOnlyList<string> Systems { get; init; }

    /// <summary>Who voted, by the number of the rater.</summary>
    public required IReadOnlyList<string> Raters { get; init; }

    /// <summary>The votes that count, in the order of the file.</summary>
    public required IReadOnlyList<FileVote> Votes { get; init; }

    /// <summary>The votes on an axis.</summary>
    public IReadOnlyList<FileVote> On(int axis) => Axes.Count == 1 ? Votes : [.. Votes.Where(vote => vote.Axis == axis)];

    /// <summary>The place of a system in <see cref="Systems"/>.</summary>
    public int Place(string system) => Systems.Index().First(known => known.Item == system).Index;
}

/// <summary>Where the votes of a report come from and what became of every row.</summary>
public sealed record FileFacts
{
    /// <summary>Name without its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Of the bytes on disk, in hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The set of columns that was recognised.</summary>
    public required string Format { get; init; }

    /// <summary>What was read from which column, by which convention.</summary>
    public required IReadOnlyList<Mapping> Mapping { get; init; }

    /// <summary>Whether systems are named; otherwise the first place is compared with the second.</summary>
    public required bool NamesSystems { get; init; }

    /// <summary>Whether the counted votes are those of simulated raters, alone or among others.</summary>
    public required bool CountsSimulated { get; init; }

    /// <summary>Rows under the heading; the counted, the unusable and the excluded ones add up to it.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows that count as votes.</summary>
    public required int Counted { get; init; }

    /// <summary>Rows that cannot be understood, by reason.</summary>
    public required IReadOnlyList<RowsLeftOut> Unusable { get; init; }

    /// <summary>Rows that are understood and left out, by reason.</summary>
    public required IReadOnlyList<RowsLeftOut> Excluded { get; init; }
}

/// <summary>One thing that a report needs and where a file has it.</summary>
public sealed record Mapping(string What, string From);
