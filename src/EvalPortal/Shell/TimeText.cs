using System.Globalization;

namespace PixelPost.EvalPortal.Shell;

/// <summary>Times and sizes as a person says them.</summary>
public static class TimeText
{
    /// <summary><c>45 s</c>, <c>3 min</c>, <c>2 h 10 min</c>, <c>3 days</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 59.5 } => $"{Math.Round(duration.TotalSeconds):0} s",
        { TotalMinutes: < 59.5 } => $"{Math.Round(duration.TotalMinutes):0} min",
        { TotalHours: < 10 } => Hours((int)Math.Round(duration.TotalMinutes)),
        { TotalHours: < 48 } => $"{Math.Round(duration.TotalHours):0} h",
        _ => $"{Math.Round(duration.TotalDays):0} days",
    };

    /// <summary><c>just now</c>, <c>3 min ago</c>, <c>2 h 10 min ago</c>.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now) =>
        now - time < TimeSpan.FromSeconds(5) ? "just now" : $"{Duration(now - time)} ago";

    /// <summary><c>24 Nov 2026, 04:12:31 UTC</c>, to be shown where the mouse rests.</summary>
    public static string Exact(DateTimeOffset time) =>
        time.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-24, 04:12:31 UTC</c>: without the name of a month, for raters' pages, which are in any language.</summary>
    public static string Numeric(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>412 MB</c>, <c>1.3 GB</c>.</summary>
    public static string Bytes(long bytes) => bytes < 999_500_000
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(bytes / 1e6)):0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");

    private static string Hours(int minutes) => minutes % 60 == 0 ? $"{minutes / 60} h" : $"{minutes / 60} h {minutes % 60} min";
}
