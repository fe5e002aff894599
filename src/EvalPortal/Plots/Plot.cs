namespace PixelPost.EvalPortal.Plots;

/// <summary>A figure: how it is drawn at any width, and the numbers behind it. Pages, saved files and reports all draw it from here.</summary>
public sealed record Plot
{
    /// <summary>Width for a page on a desk and for files.</summary>
    public const double Wide = 640;

    /// <summary>Width for a phone.</summary>
    public const double Narrow = 340;

    private const int MostParts = 24; // that somebody listens to

    /// <summary>Its name in addresses and file names, such as <c>forest</c>.</summary>
    public required string Key { get; init; }

    /// <summary>What it shows, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What it says, in words: for those who do not see it.</summary>
    public required string Summary { get; init; }

    /// <summary>How to read it.</summary>
    public required string Note { get; init; }

    public required PlotTable Table { get; init; }

    /// <summary>A summary of parts: the first of them, and how many more the table has.</summary>
    internal static string Summarise(IReadOnlyList<string> parts) => parts.Count <= MostParts
        ? $"{string.Join("; ", parts)}."
        : $"{string.Join("; ", parts.Take(MostParts))}; and {parts.Count - MostParts} more in the table.";

    /// <summary>Draws it so wide; it may come out wider where much stands beside each other.</summary>
    public required Func<double, Drawing> Draw { get; init; }
}
