using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>One part of the stacked bar of decisions.</summary>
internal sealed record ChartSegment
{
    /// <summary>What was decided.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Where the part starts, as a share of the bar.</summary>
    public required double From { get; init; }

    /// <summary>Its width, as a share of the bar.</summary>
    public required double Share { get; init; }

    /// <summary>Its centre, as a share of the bar.</summary>
    public double Middle => From + Share / 2;

    /// <summary>Fill colour.</summary>
    public required string Colour { get; init; }

    /// <summary>Colour of text on the fill.</summary>
    public string TextColour => Decision == Decision.A ? "#ffffff" : "#1b1b1f";

    /// <summary>Percent, without the sign.</summary>
    public required string Label { get; init; }

    /// <summary>What to write under the part; null for the systems, which are named over the bar.</summary>
    public string? Name => Decision switch
    {
        Decision.Tie => "tie",
        Decision.Split => "split",
        _ => null,
    };

    /// <summary>The whole of it in words.</summary>
    public required string Title { get; init; }

    /// <summary>The parts that are not empty, from left to right; they fill the bar.</summary>
    public static IReadOnlyList<ChartSegment> Of(OutcomeCounts decisions, string systemA, string systemB)
    {
        (Decision Decision, int Count, string Colour, string Words)[] parts =
        [
            (Decision.B, decisions.B, Colours.B, $"{systemB} wins"),
            (Decision.Tie, decisions.Tie, Colours.Tie, "tie"),
            (Decision.Split, decisions.Split, Colours.Split, "split"),
            (Decision.A, decisions.A, Colours.A, $"{systemA} wins"),
        ];
        var segments = new List<ChartSegment>();
        var before = 0;
        foreach (var (decision, count, colour, words) in parts.Where(part => part.Count > 0))
        {
            segments.Add(new ChartSegment
            {
                Decision = decision,
                From = (double)before / decisions.Compared,
                Share = (double)count / decisions.Compared,
                Colour = colour,
                Label = Figures.PercentNumber((double)count / decisions.Compared),
                Title = $"{words}: {Figures.Percent(count, decisions.Compared)}, {count} of {decisions.Compared}",
            });
            before += count;
        }
        return segments;
    }
}
