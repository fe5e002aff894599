using System.Globalization;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>How closely a rater looked before a vote, as far as their browser told it.</summary>
internal static class VoteEvidence
{
    public static string Of(RecordedVote vote) => string.Join(", ", LookParts(vote).Concat(DeviceParts(vote)));

    /// <summary>How closely the images were looked at; empty where the page did not tell.</summary>
    public static string Looked(RecordedVote vote) => string.Join(", ", LookParts(vote));

    /// <summary>With what and on what it was given; empty where the page did not tell.</summary>
    public static string Device(RecordedVote vote) => string.Join(", ", DeviceParts(vote));

    private static IEnumerable<string> LookParts(RecordedVote vote)
    {
        if (vote.VisibleMs is { } visible && visible < vote.ResponseMs)
            yield return $"page seen for {Figures.Seconds(visible)}";
        if (vote.MaxZoom is { } zoom and not 1)
            yield return string.Create(CultureInfo.InvariantCulture, $"zoom up to {100 * zoom:0} %");
        if ((vote.NativeSeenLeft, vote.NativeSeenRight) is (not null, _) or (_, not null))
            yield return (vote.NativeSeenLeft, vote.NativeSeenRight) switch
            {
                (true, true) => "both at 1:1",
                (true, null) or (null, true) => "seen at 1:1",
                (true, _) => "left at 1:1",
                (_, true) => "right at 1:1",
                _ => "never at 1:1",
            };
        if (vote.Toggles is > 0 and var toggles)
            yield return Figures.Count(toggles, "flicker");
    }

    private static IEnumerable<string> DeviceParts(RecordedVote vote)
    {
        if (vote.Input is { } input)
            yield return $"by {input}";
        if (vote is { ViewportW: { } width, ViewportH: { } height })
            yield return string.Create(CultureInfo.InvariantCulture, $"{width} × {height} px{(vote.Dpr is { } dpr and not 1 ? $" at {dpr:0.##}" : "")}");
        if (vote.UserAgentFamily is { } family)
            yield return family;
    }
}
