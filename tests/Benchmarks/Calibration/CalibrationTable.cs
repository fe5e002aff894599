using System.Globalization;

namespace PixelPost.Benchmarks.Calibration;

/// <summary>What is looked for in each study: whether an interval covered, or a test claimed; null where the figure is undefined.</summary>
internal sealed record Figure<TStudy>(string Name, Func<TStudy, bool?> Happened);

/// <summary>A kind of study and how the one with a number is drawn.</summary>
internal sealed record Column<TStudy>(string Name, Func<int, TStudy> Draw);

/// <summary>A table to be filled by simulation.</summary>
internal interface ICalibrationTable
{
    /// <summary>Simulates and prints the table as Markdown; the same numbers on every machine.</summary>
    /// <param name="studies">Studies per column.</param>
    void Run(int studies);
}

/// <summary>How often something happened in simulated studies: a row per figure, a column per scenario.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Promised">The share that the figures promise.</param>
/// <param name="Columns">Kinds of study.</param>
/// <param name="Figures">Rows.</param>
internal sealed record CalibrationTable<TStudy>(string Title, double Promised, IReadOnlyList<Column<TStudy>> Columns, IReadOnlyList<Figure<TStudy>> Figures)
    : ICalibrationTable
{
    /// <inheritdoc/>
    public void Run(int studies)
    {
        var luck = 1.96 * Math.Sqrt(Promised * (1 - Promised) / studies);
        Console.WriteLine(FormattableString.Invariant($"\n### {Title}\n\nPromised {100 * Promised:F0} %; luck of the draw in {studies:N0} studies ±{100 * luck:F1}.\n"));
        Console.WriteLine($"| % of studies | {string.Join(" | ", Columns.Select(column => column.Name))} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", Columns.Count))}");
        var cells = Columns.Select(column => Cells(column, studies)).ToList();
        for (var row = 0; row < Figures.Count; row++)
            Console.WriteLine($"| {Figures[row].Name} | {string.Join(" | ", cells.Select(column => column[row]))} |");
    }

    private List<string> Cells(Column<TStudy> column, int studies)
    {
        var (happened, defined) = (new int[Figures.Count], new int[Figures.Count]);
        Parallel.For(0, studies, number =>
        {
            var study = column.Draw(number);
            for (var i = 0; i < Figures.Count; i++)
            {
                if (Figures[i].Happened(study) is not { } value)
                    continue;
                Interlocked.Increment(ref defined[i]);
                if (value) Interlocked.Increment(ref happened[i]);
            }
        });
        return [.. Figures.Select((_, i) => Cell(happened[i], defined[i], studies))];
    }

    // undefined in some studies: how many had the figure stands beside the share
    private static string Cell(int happened, int defined, int studies)
    {
        if (defined == 0)
            return "–";
        var share = (100.0 * happened / defined).ToString("F1", CultureInfo.InvariantCulture);
        return defined == studies ? share : FormattableString.Invariant($"{share} (of {defined})");
    }
}
