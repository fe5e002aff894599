using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Exports.Layouts;

/// <summary>A vote with the names of what it compares.</summary>
public sealed record LaidVote(RecordedVote Vote, string SystemA, string SystemB, string ImageA, string ImageB)
{
    public string LeftSystem => Vote.LeftIsB ? SystemB : SystemA;

    public string RightSystem => Vote.LeftIsB ? SystemA : SystemB;

    public string LeftImage => Vote.LeftIsB ? ImageB : ImageA;

    public string RightImage => Vote.LeftIsB ? ImageA : ImageB;

    /// <summary>1 where A won, 0 where B won, 0.5 for a tie.</summary>
    public double ShareOfA => Vote.Winner switch { Outcome.A => 1, Outcome.B => 0, _ => 0.5 };
}

/// <summary>A decisive majority with the names of what it chose between.</summary>
public sealed record LaidDecision(
    Comparison Comparison, string ChosenSystem, string RejectedSystem, string ChosenImage, string RejectedImage, int VotesChosen, int VotesRejected);

/// <summary>
/// The columns of a public data set, with what they cannot hold: a row for each vote, or one for each comparison that a majority decided.
/// </summary>
public sealed record PublicLayout
{
    /// <summary>In addresses and on the command line.</summary>
    public required string Key { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>What the data set itself comes as.</summary>
    public required ExportFormat Usual { get; init; }

    /// <summary>What becomes of votes, in one sentence.</summary>
    public required string Rule { get; init; }

    /// <summary>What these columns have no place for.</summary>
    public required IReadOnlyList<string> Lacks { get; init; }

    /// <summary>A row for each vote; null where majorities are written.</summary>
    public ExportTable<LaidVote>? Votes { get; init; }

    /// <summary>A row for each majority; null where votes are written.</summary>
    public ExportTable<LaidDecision>? Decisions { get; init; }

    /// <summary>Whether ties have a place.</summary>
    public bool HoldsTies { get; init; }

    /// <summary>Whether the first of a row is the one that stood left.</summary>
    public bool TellsSides { get; init; }

    /// <summary>The kinds of file that can hold it: lists need more than CSV.</summary>
    public IReadOnlyList<ExportFormat> Formats =>
        Votes?.Columns.Any(column => column.Wholes is not null || column.Texts is not null) == true || Decisions?.Columns.Any(column => column.Wholes is not null) == true
            ? [ExportFormat.Json, ExportFormat.Jsonl, ExportFormat.Parquet]
            : [ExportFormat.Csv, ExportFormat.Spreadsheet, ExportFormat.Jsonl, ExportFormat.Json, ExportFormat.Parquet];
}
