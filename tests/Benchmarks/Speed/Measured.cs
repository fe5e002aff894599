using System.Diagnostics;
using System.Globalization;

namespace PixelPost.Benchmarks.Speed;

/// <summary>How long one estimate takes.</summary>
/// <param name="What">The estimate; peers that compute the same carry the same words.</param>
/// <param name="By">Who computes it.</param>
/// <param name="Seconds">Median.</param>
/// <param name="Goal">What it should take at most; null without a goal.</param>
/// <param name="Figure">A number out of the result, by which two implementations can be told to have computed the same; null without one.</param>
internal sealed record Measured(string What, string By, double Seconds, double? Goal, double? Figure)
{
    public const string Ours = "PixelPost";

    /// <summary>Runs until 1.5 s are spent, at least three times and once beforehand, and takes the median.</summary>
    public static Measured Of(string what, double? goal, Func<double> run)
    {
        var figure = run();
        var (seconds, whole) = (new List<double>(), Stopwatch.StartNew());
        while (seconds.Count < 3 || whole.Elapsed.TotalSeconds < 1.5)
        {
            var clock = Stopwatch.StartNew();
            figure = run();
            seconds.Add(clock.Elapsed.TotalSeconds);
        }

        seconds.Sort();
        return new(what, Ours, seconds[seconds.Count / 2], goal, figure);
    }

    /// <summary>A Markdown table; peers with how many times longer they took.</summary>
    public static void Print(IReadOnlyList<Measured> all)
    {
        Console.WriteLine("| what | by | time | goal | times ours | figure |\n|---|---|---:|---:|---:|---:|");
        foreach (var group in all.GroupBy(item => item.What))
        {
            var ours = group.FirstOrDefault(item => item.By == Ours)?.Seconds;
            foreach (var item in group)
            {
                var ratio = item.By != Ours && ours is { } own ? Text(item.Seconds / own, "0.0") : "";
                Console.WriteLine($"| {item.What} | {item.By} | {Time(item.Seconds)} | {(item.Goal is { } goal ? Time(goal) : "")} | {ratio} | {(item.Figure is { } figure ? Text(figure, "0.000000") : "")} |");
            }
        }
    }

    private static string Time(double seconds) => seconds < 1 ? $"{Text(seconds * 1000, "0.0")} ms" : $"{Text(seconds, "0.00")} s";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
