using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
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

    /// <summary>Null where several images were judged.</summary>
    public long? ImageAId { get; init; }

    /// <summary>Null but in pairs.</summary>
    public long? ImageBId { get; init; }

    /// <summary>What was pressed: <c>left</c>, <c>right</c>, <c>tie</c> or <c>reject</c>; <c>answered</c> where no pair was judged.</summary>
    public required string ChoiceScreen { get; init; }

    /// <summary>Null where no pair was judged.</summary>
    public Outcome? Winner { get; init; }

    /// <summary><c>style_mismatch</c>, <c>not_loaded</c>, <c>unsafe</c> or <c>other</c>; null unless rejected.</summary>
    public string? RejectReason { get; init; }

    /// <summary>From images shown to answer, in milliseconds.</summary>
    public required int ResponseMs { get; init; }

    public required DateTimeOffset ShownAt { get; init; }

    public DateTimeOffset? DecodedLeftAt { get; init; }

    public DateTimeOffset? DecodedRightAt { get; init; }

    /// <summary>When all images of something that is no pair could be painted.</summary>
    public DateTimeOffset? DecodedAt { get; init; }

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

    /// <summary>How long of <see cref="ResponseMs"/> the page was visible.</summary>
    public int? VisibleMs { get; init; }

    /// <summary>The largest zoom the pair was shown at; 1 shows both images whole.</summary>
    public double? MaxZoom { get; init; }

    /// <summary>Whether the image was shown with at least one device pixel for each of its own.</summary>
    public bool? NativeSeenLeft { get; init; }

    /// <inheritdoc cref="NativeSeenLeft"/>
    public bool? NativeSeenRight { get; init; }

    /// <summary>How often one image was put in the place of the other.</summary>
    public int? Toggles { get; init; }

    /// <summary><c>hands</c>, <c>face</c>, <c>text</c>, <c>edges</c>, <c>texture</c> or <c>other</c>; null when the rater named none.</summary>
    public string? FlawType { get; init; }

    /// <summary><c>minor</c> or <c>major</c>.</summary>
    public string? FlawSeverity { get; init; }

    /// <summary>Side of the image that the rater clicked on as flawed, <c>left</c> or <c>right</c>.</summary>
    public string? FlawSide { get; init; }

    /// <summary>The image on that side.</summary>
    public long? FlawImageId => FlawSide is null ? null : (FlawSide == "left") == LeftIsB ? ImageBId : ImageAId;

    /// <summary>Where on it, from 0 at the left edge to 1 at the right.</summary>
    public double? FlawX { get; init; }

    /// <summary>Where on it, from 0 at the upper edge to 1 at the lower.</summary>
    public double? FlawY { get; init; }

    public required string AppVersion { get; init; }

    public DateTimeOffset? RetractedAt { get; init; }

    /// <summary>Whether a later vote on the same pair replaces it.</summary>
    public required bool Superseded { get; init; }

    /// <summary>Whether it came late, when others had given all the votes that were wanted.</summary>
    public required bool Surplus { get; init; }

    /// <summary>What the pair was to the study; answers to checks count nowhere.</summary>
    public required PairKind Kind { get; init; }

    /// <summary>The rater's first vote on the pair, where this is on a repeat and that one stands.</summary>
    public Guid? RepeatOfVoteId { get; init; }

    /// <summary>Whether it came from a file and was given elsewhere.</summary>
    public bool Imported { get; init; }

    /// <summary>Whether an imported vote's file says which image stood left; null for votes that were given here.</summary>
    public bool? Sided { get; init; }

    /// <summary>Whether it says how long the answer took.</summary>
    public bool? Timed { get; init; }

    /// <summary>Whether it says when the vote was given.</summary>
    public bool? Dated { get; init; }

    /// <summary>Whether this tie was given as "both are bad" where that could be said.</summary>
    public bool BothBad { get; init; }

    /// <summary>Whether <see cref="LeftIsB"/> and <see cref="ChoiceScreen"/> tell what a rater saw and pressed.</summary>
    public bool KnowsSides => Sided ?? true;

    /// <summary>Whether <see cref="ResponseMs"/> was measured.</summary>
    public bool KnowsResponse => Timed ?? true;

    /// <summary>Whether <see cref="VotedAt"/> is when it was given.</summary>
    public bool KnowsTime => Dated ?? true;

    /// <summary>Whether results are made from it.</summary>
    public bool Counts => RetractedAt is null && !Superseded && !Surplus && Kind == PairKind.Item;

    /// <summary>The part that results of pairs need.</summary>
    public CountingVote ToCounting() => new()
    {
        ComparisonId = ComparisonId,
        Axis = Axis,
        RaterId = RaterId,
        Winner = Winner!.Value,
        LeftIsB = LeftIsB,
        Simulated = Simulated,
        ReceivedAt = ReceivedAt,
        Input = Input is null ? null : ColumnTypes.ToEnum<InputKind>(Input),
        Screen = CountingVote.ScreenOf(ViewportW, ViewportH),
    };
}
