using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports.Layouts;

/// <summary>What is to be written.</summary>
/// <param name="Axis">Layouts hold the answers to one question.</param>
public sealed record LayoutOrder(PublicLayout Layout, Axis Axis, VoteSource Votes, ExportFormat Format);

/// <summary>What a layout left out, by reason.</summary>
public sealed record LeftOut(string Reason, long Count);

/// <summary>What was written in a layout, what was left out of it and why: the content of its manifest.</summary>
public sealed record LayoutReport
{
    public int FormatVersion => 1;

    public required string AppVersion { get; init; }

    public required string WrittenAt { get; init; }

    public required string Layout { get; init; }

    public required string Rule { get; init; }

    public required IReadOnlyList<string> HasNoPlaceFor { get; init; }

    public required long StudyId { get; init; }

    public required string Study { get; init; }

    public required string Axis { get; init; }

    /// <summary>Whose votes: of people, simulated, or both.</summary>
    public required string Votes { get; init; }

    /// <summary>The exclusions in force.</summary>
    public required string ExclusionSet { get; init; }

    /// <summary>What the rows were made from: <c>votes</c> or <c>comparisons</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>How many of them there are on the axis.</summary>
    public required long Read { get; init; }

    public required long Rows { get; init; }

    /// <summary>Adds up with <see cref="Rows"/> to <see cref="Read"/>.</summary>
    public required IReadOnlyList<LeftOut> Dropped { get; init; }

    /// <summary>Rows whose sides are drawn, as their votes do not tell them; null where the layout has no sides.</summary>
    public long? RowsWithDrawnSides { get; init; }

    public required string File { get; init; }

    public long Bytes { get; init; }

    public string? Sha256 { get; init; }
}
