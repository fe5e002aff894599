namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>The systems that a table names, where no manifest says which of them is A.</summary>
internal sealed class SystemNames
{
    private readonly HashSet<string> _names = [];
    private (string A, string B)? _pair;

    /// <summary>A system that a row is about.</summary>
    public void Note(string system) => _names.Add(system);

    /// <summary>The two systems that a row compares.</summary>
    /// <exception cref="RefusedException">Another row compares others.</exception>
    public void Note(ExportedTable table)
    {
        var pair = (table.Text("system_a"), table.Text("system_b"));
        _pair ??= pair;
        if (_pair != pair)
            throw new RefusedException($"{table.Name} compares {_pair.Value.A} with {_pair.Value.B} and also {pair.Item1} with {pair.Item2}: these are votes of several studies. Report each export, or the folder that they are in.");
    }

    /// <summary>A and B as every row has them.</summary>
    /// <exception cref="RefusedException">There is no row.</exception>
    public (string A, string B) OfPair(string table) => _pair ?? throw NoRow(table);

    /// <summary>The one or two systems in alphabetical order; the second is empty where there is one.</summary>
    /// <exception cref="RefusedException">There are more than two, or none.</exception>
    public (string A, string B) Alphabetical(string table) => _names.Order(StringComparer.Ordinal).ToList() switch
    {
        [] => throw NoRow(table),
        [var one] => (one, ""),
        [var a, var b] => (a, b),
        var more => throw new RefusedException($"{table} is about {more.Count} systems, and a study is about one or two: {string.Join(", ", more)}."),
    };

    /// <summary>The systems that are asked for.</summary>
    /// <exception cref="RefusedException">They are not those of the table.</exception>
    public static (string A, string B) Choose(string? wantedA, string? wantedB, string a, string b, string table)
    {
        if (b.Length == 0)
            throw new RefusedException($"--a and --b: {table} is about one system, {a}.");
        return (wantedA, wantedB) switch
        {
            _ when (wantedA is null || wantedA == a) && (wantedB is null || wantedB == b) => (a, b),
            _ when (wantedA is null || wantedA == b) && (wantedB is null || wantedB == a) => (b, a),
            _ => throw new RefusedException($"--a and --b: {table} is about {a} and {b}."),
        };
    }

    private static RefusedException NoRow(string table) => new($"{table} has no row that counts.");
}
