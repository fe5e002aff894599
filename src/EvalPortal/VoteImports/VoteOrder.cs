using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>What is to be imported, and as what.</summary>
internal sealed record VoteOrder
{
    /// <summary>Where the file lies.</summary>
    public required string Path { get; init; }

    /// <summary>What it was called where it came from.</summary>
    public required string FileName { get; init; }

    /// <summary>Name of the study or, where there are several systems or questions, of the linked studies.</summary>
    public required string Study { get; init; }

    /// <summary>Key of the format; null where the file is to tell.</summary>
    public string? Format { get; init; }

    /// <summary>What an answer is kept as where the file does not say what was asked, or says "overall".</summary>
    public Axis Overall { get; init; } = Axis.Appeal;

    public long? AccountId { get; init; }
}

/// <summary>How far a reading is.</summary>
/// <param name="Done">Bytes read.</param>
/// <param name="Total">Bytes of the file.</param>
internal readonly record struct VoteProgress(long Done, long Total, long Votes);
