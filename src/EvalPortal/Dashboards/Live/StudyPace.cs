using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Dashboards.Live;

/// <summary>How fast people's votes come in, and when a study ends if that goes on.</summary>
public sealed record StudyPace
{
    /// <summary>What is recent.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    /// <summary>Before a study is this old nothing is said about its end.</summary>
    public static readonly TimeSpan Earliest = TimeSpan.FromMinutes(15);

    /// <summary>With fewer recent votes nothing is said about its end.</summary>
    public const int FewestVotes = 20;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(60);

    /// <summary>People's counting votes in <see cref="Window"/>.</summary>
    public required int Votes { get; init; }

    /// <summary>The last hour, or since the study opened.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>People's votes that the study still asks for.</summary>
    public required int Left { get; init; }

    /// <summary>Whether raters may vote now.</summary>
    public required bool IsOpen { get; init; }

    public double PerHour => Votes / Math.Max(Window.TotalHours, 1 / 3600.0);

    /// <summary>How long it takes at this pace; null where that cannot be said.</summary>
    public TimeSpan? Remaining =>
        IsOpen && Left > 0 && Window >= Earliest && Votes >= FewestVotes && Left / PerHour is var hours && hours <= Longest.TotalHours
            ? TimeSpan.FromHours(hours)
            : null;

    /// <summary>When it ends, or why that is not said.</summary>
    public string EndInWords(DateTimeOffset now) => (Remaining, Left, IsOpen) switch
    {
        (_, 0, _) => "every vote that is wanted is there",
        (_, _, false) => "the study is paused",
        ({ } remaining, _, _) => $"in about {TimeText.Duration(remaining)} at this pace ({TimeText.Exact(now + remaining)})",
        _ when Window < Earliest || Votes < FewestVotes => $"too early to say: {Figures.Count(Votes, "vote")} in the last {TimeText.Duration(Window)}",
        _ => "not within two months at this pace",
    };
}
