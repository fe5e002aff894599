using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>A vote as it is kept, with what it was about: counting, superseded, taken back or surplus.</summary>
public sealed record RecordedVote
{
    public required Guid VoteId { get; init; }

    /// <summary>The vote on the same pair that this one replaces.</summary>
    public Guid? SupersedesVoteId { get; init; }

    public required Axis Axis { get; init; }

    public required long ComparisonId { get; init; }

    public required long PromptId { get; init; }

    public required string Prompt { get; init; }

    public required long RaterId { get; init; }

    /// <summary>The rater's name in results and exports.</summary>
    public required string Pseudonym { get; init; }

    public required bool Simulated { get; init; }

    public string? UserAgentFamily { get; init; }

    public required long SessionId { get; init; }

    /// <summary>Place of the pair among those handed to the rater.</summary>
    public required int Position { get; init; }

    public required bool LeftIsB { get; init; }

    public required long ImageAId { get; init; }

    public required long ImageBId { get; init; }

    /// <summary>What was pressed: <c>left</c>, <c>right</c>, <c>tie</c> or <c>reject</c>.</summary>
    public required string ChoiceScreen { get; init; }

    public required Outcome Winner { get; init; }

    /// <summary><c>style_mismatch</c>, <c>not_loaded</c>, <c>unsafe</c> or <c>other</c>; null unless rejected.</summary>
    public string? RejectReason { get; init; }

    /// <summary>From images shown to answer, in milliseconds.</summary>
    public required int ResponseMs { get; init; }

    public required DateTimeOffset ShownAt { get; init; }

    public DateTimeOffset? DecodedLeftAt { get; init; }

    public DateTimeOffset? DecodedRightAt { get; init; }

    /// <summary>By the rater's clock.</summary>
    public required DateTimeOffset VotedAt { get; init; }

    /// <summary>By the server's clock.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whether the rater's clock cannot be trusted.</summary>
    public required bool ClockSuspect { get; init; }

    public string? Input { get; init; }

    public int? ViewportW { get; init; }

    public int? ViewportH { get; init; }

    public double? Dpr { get; init; }

    public required string AppVersion { get; init; }

    public DateTimeOffset? RetractedAt { get; init; }

    /// <summary>Whether a later vote on the same pair replaces it.</summary>
    public required bool Superseded { get; init; }

    /// <summary>Whether it came late, when others had given all the votes that were wanted.</summary>
    public required bool Surplus { get; init; }

    /// <summary>Whether results are made from it.</summary>
    public bool Counts => RetractedAt is null && !Superseded && !Surplus;

    /// <summary>The part that results need.</summary>
    public CountingVote ToCounting() => new()
    {
        ComparisonId = ComparisonId,
        Axis = Axis,
        RaterId = RaterId,
        Winner = Winner,
        LeftIsB = LeftIsB,
        Simulated = Simulated,
    };
}
