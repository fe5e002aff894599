namespace PixelPost.Stats;

/// <summary>Whether the votes suffice to rank all systems on one scale, and if not, why.</summary>
/// <remarks>
/// Finite strengths exist exactly if a chain of wins (where ties count, of wins or ties) leads from every system to every other:
/// Ford (1957), "Solution of a ranking problem from binary comparisons", Amer. Math. Monthly 64. Side effect and tie parameter ask
/// for more, which <see cref="Separation"/> checks.
/// </remarks>
public sealed record ComparisonGraph
{
    // A reason that lists more names than this is not read.
    private const int MostNames = 5;

    /// <summary>For each system its component, from 0: the systems that chains of wins join both ways.</summary>
    public required IReadOnlyList<int> ComponentOf { get; init; }

    /// <summary>For each system its group, from 0: the systems that comparisons join, whoever won.</summary>
    public required IReadOnlyList<int> GroupOf { get; init; }

    /// <summary>Number of components: 1 if all systems can be ranked.</summary>
    public int Components => ComponentOf.Max() + 1;

    /// <summary>Number of groups: 1 if all systems have a common scale.</summary>
    public int Groups => GroupOf.Max() + 1;

    /// <summary>Which systems cannot be ranked and why; null if all can.</summary>
    public required string? Reason { get; init; }

    /// <summary>The graph of a table of votes.</summary>
    /// <param name="table">Votes by pair.</param>
    /// <param name="ties">Unless they are dropped, a tie joins its two systems both ways.</param>
    public static ComparisonGraph Of(PairTable table, TieTreatment ties)
    {
        var cells = new PairCells(table, folded: true);
        var graph = new BeatGraph(table.Systems);
        graph.Fill(cells, cells.Counts(table), ties != TieTreatment.Dropped);
        var (components, groups) = (graph.Components(), graph.Groups());
        return new ComparisonGraph
        {
            ComponentOf = components,
            GroupOf = groups,
            Reason = groups.Max() > 0 ? NoCommonScale(table, groups, ties)
                : components.Max() > 0 ? NoLimit(table, graph, components, ties)
                : null,
        };
    }

    private static string NoCommonScale(PairTable table, int[] groups, TieTreatment ties)
    {
        var vote = ties == TieTreatment.Dropped ? "decided vote" : "vote";
        return $"No {vote} compares {Names(table, groups, 0)} with {Names(table, groups, null)}, so their strengths have no common scale.";
    }

    /// <summary>Some component never lost to the others, some other never won; the smaller one is named.</summary>
    private static string NoLimit(PairTable table, BeatGraph graph, int[] components, TieTreatment ties)
    {
        var all = Enumerable.Range(0, components.Max() + 1).OrderBy(component => components.Count(other => other == component)).ToList();
        var top = all.First(component => !graph.LosesOutside(components, component));
        var bottom = all.First(component => !graph.WinsOutside(components, component));
        var nameTop = all.IndexOf(top) <= all.IndexOf(bottom);
        var named = nameTop ? top : bottom;
        var (lost, won) = ties == TieTreatment.Dropped ? ("lost to", "won against") : ("lost to or tied with", "won or tied against");
        var are = components.Count(component => component == named) == 1 ? "it is" : "they are";
        return $"{Names(table, components, named)} never {(nameTop ? lost : won)} any other system, "
            + $"so nothing limits how {(nameTop ? "strong" : "weak")} {are}.";
    }

    /// <summary>The systems of a label, or those of every label but 0.</summary>
    private static string Names(PairTable table, int[] labels, int? label)
    {
        var names = table.Names.Where((_, system) => label is { } one ? labels[system] == one : labels[system] != 0).ToList();
        if (names.Count > MostNames)
            names = [.. names.Take(MostNames - 1), $"{names.Count - MostNames + 1} more"];
        return names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
    }
}
