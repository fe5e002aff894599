namespace PixelPost.EvalPortal.Fonts;

/// <summary>The typeface of the pages, as font files that the program has inside: what is drawn with them is the same on every machine.</summary>
internal static class Inter
{
    private static readonly string[] Subsets = ["latin", "latin-ext", "greek", "cyrillic", "cyrillic-ext", "vietnamese"];

    public static IReadOnlyList<NamedFont> Regular { get; } = OfWeight(400);

    public static IReadOnlyList<NamedFont> Bold { get; } = OfWeight(600);

    private static List<NamedFont> OfWeight(int weight) =>
        [.. Subsets.Select(subset => $"inter-{subset}-{weight}").Select(name => new NamedFont(name, WoffFont.OfProgram($"{name}.woff")))];
}

/// <summary>A font and its name.</summary>
internal sealed record NamedFont(string Name, WoffFont Font);
