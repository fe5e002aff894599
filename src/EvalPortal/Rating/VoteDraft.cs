using System.Diagnostics.CodeAnalysis;
using PixelPost.Stats;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What the rater pressed. On a narrow screen left is above right.</summary>
public enum Choice
{
    Left,
    Right,
    Tie,
    Reject,

    /// <summary>What is judged is no pair: the answers or picks say what the rater thinks.</summary>
    Answered,
}

/// <summary>Why a pair cannot be compared.</summary>
public enum RejectReason
{
    /// <summary>One image is photo-realistic and the other stylised.</summary>
    StyleMismatch,

    /// <summary>An image is broken or did not load.</summary>
    NotLoaded,

    /// <summary>An image should not be shown to anybody.</summary>
    Unsafe,

    Other,
}

/// <summary>What the rater answered with.</summary>
public enum InputKind
{
    Key,
    [SuppressMessage("Naming", "CA1720", Justification = "The browser's word for mouse and pen.")]
    Pointer,
    Touch,
}

/// <summary>A vote as the rater's browser tells it. Times are the browser's, in milliseconds.</summary>
public sealed record VoteDraft
{
    /// <summary>The longest <see cref="AppVersion"/>, in characters.</summary>
    public const int MaxAppVersion = 40;

    private const int LargestZoom = 1_000;
    private const int MostToggles = 100_000;

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public required Guid AssignmentId { get; init; }

    /// <summary>The vote on the same pair that this one replaces.</summary>
    public Guid? Supersedes { get; init; }

    public required Choice Choice { get; init; }

    /// <summary>Given with <see cref="Choice.Reject"/> only.</summary>
    public RejectReason? Reason { get; init; }

    /// <summary>From images shown to answer, by a clock that nobody sets.</summary>
    public required int ResponseMs { get; init; }

    public required DateTimeOffset ShownAt { get; init; }

    /// <summary>When the image could be painted in full; null when it never could.</summary>
    public DateTimeOffset? DecodedLeftAt { get; init; }

    /// <inheritdoc cref="DecodedLeftAt"/>
    public DateTimeOffset? DecodedRightAt { get; init; }

    /// <summary>When all images of something that is no pair could be painted in full.</summary>
    public DateTimeOffset? DecodedAt { get; init; }

    public required DateTimeOffset VotedAt { get; init; }

    /// <summary>What a rater of text alignment says to every question, those too that were not asked; null in other forms.</summary>
    public IReadOnlyList<QuestionAnswer>? Answers { get; init; }

    /// <summary>Best and worst of several images; null in other forms.</summary>
    public PickDraft? Picks { get; init; }

    public InputKind? Input { get; init; }

    /// <summary>Width of the browser's window in CSS pixels.</summary>
    public int? ViewportW { get; init; }

    /// <summary>Height of the browser's window in CSS pixels.</summary>
    public int? ViewportH { get; init; }

    /// <summary>Device pixels per CSS pixel.</summary>
    public double? Dpr { get; init; }

    /// <summary>How long of <see cref="ResponseMs"/> the page was visible: not behind another tab or window.</summary>
    public int? VisibleMs { get; init; }

    /// <summary>The largest zoom the pair was shown at; 1 shows both images whole.</summary>
    public double? MaxZoom { get; init; }

    /// <summary>Whether the image was shown with at least one device pixel for each of its own.</summary>
    public bool? NativeSeenLeft { get; init; }

    /// <inheritdoc cref="NativeSeenLeft"/>
    public bool? NativeSeenRight { get; init; }

    /// <summary>How often one image was put in the place of the other.</summary>
    public int? Toggles { get; init; }

    /// <summary>Version of the page that the rater saw.</summary>
    public required string AppVersion { get; init; }

    /// <summary>What cannot be right whatever the database holds, in a sentence; null when nothing is wrong.</summary>
    public string? Fault() => this switch
    {
        { Choice: Choice.Reject, Reason: null } => Say("Vote_ReasonMissing"),
        { Choice: Choice.Answered, Answers: null, Picks: null } => Say("Vote_ContentsMissing"),
        { Answers: not null, Picks: not null } or { Choice: not Choice.Answered, Answers: not null } or { Choice: not Choice.Answered, Picks: not null } => Say("Vote_ContentsTooMuch"),
        { Choice: not Choice.Reject, Reason: not null } => Say("Vote_ReasonTooMuch"),
        { ResponseMs: < 0 } => Say("Vote_ResponseMs"),
        { ViewportW: < 1 or > 100_000 } or { ViewportH: < 1 or > 100_000 } => Say("Vote_Viewport"),
        { Dpr: not (null or (> 0 and <= 100)) } => Say("Vote_Dpr"),
        { VisibleMs: < 0 } => Say("Vote_VisibleMs"),
        _ when VisibleMs > ResponseMs => Say("Vote_VisibleMsTooLong"),
        { MaxZoom: not (null or (> 0 and <= LargestZoom)) } => Say("Vote_MaxZoom", LargestZoom),
        { Toggles: < 0 or > MostToggles } => Say("Vote_Toggles", MostToggles),
        { AppVersion.Length: > MaxAppVersion } => Say("Vote_AppVersion", MaxAppVersion),
        _ when AppVersion.Any(char.IsControl) => Say("Vote_AppVersionControl"),
        { Reason: RejectReason.NotLoaded } => null,
        _ when !WereDecoded() => Say("Vote_NotLoaded"),
        _ => null,
    };

    private bool WereDecoded() => Choice switch
    {
        Choice.Answered => DecodedAt <= VotedAt,
        Choice.Reject when DecodedAt is not null => DecodedAt <= VotedAt,
        _ => DecodedLeftAt <= VotedAt && DecodedRightAt <= VotedAt,
    };

    /// <summary>Whether the browser's clock was wrong or set meanwhile, so that its times say little.</summary>
    /// <param name="assignedAt">When the pair was handed out, by the server's clock.</param>
    /// <param name="receivedAt">When the vote came in, by the server's clock.</param>
    public bool IsClockSuspect(DateTimeOffset assignedAt, DateTimeOffset receivedAt) =>
        ShownAt < assignedAt - ClockTolerance
        || VotedAt > receivedAt + ClockTolerance
        || (VotedAt - ShownAt - TimeSpan.FromMilliseconds(ResponseMs)).Duration() > Tolerance;

    /// <summary>The system that won, told from the side that was chosen; null for what is no pair.</summary>
    public Outcome? Winner(bool leftIsB) => (Choice, leftIsB) switch
    {
        (Choice.Left, false) or (Choice.Right, true) => Outcome.A,
        (Choice.Right, false) or (Choice.Left, true) => Outcome.B,
        (Choice.Tie, _) => Outcome.Tie,
        (Choice.Answered, _) => null,
        _ => Outcome.Reject,
    };
}
