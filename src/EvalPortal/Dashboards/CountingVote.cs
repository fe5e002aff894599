using System.Runtime.InteropServices;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>On what a rater looked at the images.</summary>
public enum ScreenKind
{
    /// <summary>The page did not tell, as for simulated raters.</summary>
    Unknown,

    /// <summary>A window whose shorter side is below <see cref="CountingVote.PhoneSide"/>.</summary>
    Phone,

    /// <summary>A larger one.</summary>
    Large,
}

/// <summary>A vote that counts, as far as results need it. A value of few bytes (32): a large study has a million.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CountingVote
{
    /// <summary>The shorter side, in CSS pixels, from which on a window is no phone's.</summary>
    public const int PhoneSide = 500;

    private readonly long _receivedMs;
    private readonly byte _axis;
    private readonly byte _winner;
    private readonly byte _input;
    private readonly byte _screen;

    /// <summary>What was voted on.</summary>
    public required long ComparisonId { get; init; }

    /// <summary>The question.</summary>
    public required Axis Axis
    {
        get => (Axis)_axis;
        init => _axis = (byte)value;
    }

    /// <summary>Who voted.</summary>
    public required long RaterId { get; init; }

    /// <summary>The answer, told by system.</summary>
    public required Outcome Winner
    {
        get => (Outcome)_winner;
        init => _winner = (byte)value;
    }

    /// <summary>Whether system B's image stood left.</summary>
    public required bool LeftIsB { get; init; }

    /// <summary>Whether no person voted.</summary>
    public required bool Simulated { get; init; }

    /// <summary>When it arrived, to the millisecond.</summary>
    public required DateTimeOffset ReceivedAt
    {
        get => DateTimeOffset.FromUnixTimeMilliseconds(_receivedMs);
        init => _receivedMs = value.ToUnixTimeMilliseconds();
    }

    /// <summary>With what the rater answered; null where the page did not tell, as for simulated raters.</summary>
    public InputKind? Input
    {
        get => _input == 0 ? null : (InputKind)(_input - 1);
        init => _input = (byte)(value is { } input ? 1 + (int)input : 0);
    }

    public ScreenKind Screen
    {
        get => (ScreenKind)_screen;
        init => _screen = (byte)value;
    }

    /// <summary>What screen a window of this size stands for.</summary>
    public static ScreenKind ScreenOf(int? width, int? height) =>
        width is { } w && height is { } h ? Math.Min(w, h) < PhoneSide ? ScreenKind.Phone : ScreenKind.Large : ScreenKind.Unknown;

    /// <summary>Votes as scores, rejects left out.</summary>
    /// <param name="promptOf">The prompt of a comparison.</param>
    internal static IEnumerable<ClusteredScore> Scores(IEnumerable<CountingVote> votes, IReadOnlyDictionary<long, long> promptOf) =>
        from vote in votes
        where vote.Winner != Outcome.Reject
        select new ClusteredScore(promptOf[vote.ComparisonId], vote.RaterId, vote.Winner.Score()!.Value);

    /// <summary>The order of <see cref="VoteTable.Sorted"/>, in which no two votes of a study are equal.</summary>
    internal static int Compare(CountingVote left, CountingVote right)
    {
        var order = left.ComparisonId.CompareTo(right.ComparisonId);
        order = order == 0 ? left.RaterId.CompareTo(right.RaterId) : order;
        return order == 0 ? left._axis.CompareTo(right._axis) : order;
    }
}
