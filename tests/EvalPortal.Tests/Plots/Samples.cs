using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Plots;
using PixelPost.EvalPortal.Reports;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Plots;

/// <summary>One figure of each kind, of as many rows as are asked for.</summary>
internal static class Samples
{
    /// <summary>Forty characters, some of which mean something to XML.</summary>
    public const string HostileName = "<script>alert('x')</script> & \"quoted\" ]]>";

    public static Plot Outcomes(int axes = 2, string systemA = "pixel-dpo", string systemB = "base") => OutcomePlot.Of(
        [.. Enumerable.Range(0, axes).Select(i => new OutcomeBar
        {
            Name = $"Axis {i + 1}",
            Decisions = new OutcomeCounts(a: 31 + i, b: 17, tie: 8, reject: 3, split: 4),
            Net = NetWinRate.Tango(new OutcomeCounts(a: 31 + i, b: 17, tie: 8, reject: 3, split: 4)),
        })],
        systemA, systemB);

    public static Plot Forest(int rows, string name = "system") => ForestPlot.OfNetWinRates(
        "forest", "net win rates", "Dot: net win rate; thick line: 95 % interval.",
        [.. Enumerable.Range(0, rows).Select(i => new ForestLine
        {
            Label = $"{name} {i + 1} over base",
            Estimate = NetWinRate.Tango(new OutcomeCounts(a: 20 + i % 30, b: 25, tie: 10)),
            Joint = NetWinRate.Tango(new OutcomeCounts(a: 20 + i % 30, b: 25, tie: 10), level: 0.99).Interval,
            Count = 55 + i % 30,
            IsSecond = i % 2 == 1,
        })],
        "Comparisons");

    public static Plot Ranking(int systems, string name = "system") => RankingPlot.Of(new RankingResult
    {
        Method = "Bradley-Terry",
        ModelsTies = false,
        Replicates = 1000,
        Systems = [.. Enumerable.Range(0, systems).Select(i => new RankedSystem
        {
            System = $"{name} {i + 1}",
            Rank = i + 1,
            BestRank = Math.Max(1, i),
            WorstRank = Math.Min(systems, i + 3),
            ProbabilityBest = 1.0 / systems,
            LogStrength = NetWinRate.Tango(new OutcomeCounts(a: 2 * systems - i, b: systems + i, tie: 5)),
        })],
    });

    public static Plot Matrix(int systems, string name = "system") => MatrixPlot.Of(
        [.. Enumerable.Range(0, systems).Select(i => $"{name} {i + 1}")],
        [.. from row in Enumerable.Range(0, systems)
            from column in Enumerable.Range(0, systems)
            where row != column && (row + column) % 7 != 6
            let strong = 10 + Math.Max(0, column - row) % 40
            let weak = 10 + Math.Max(0, row - column) % 40
            select new MatrixCell(row, column, new OutcomeCounts(strong, weak, tie: 4, reject: 1))]);

    public static FlawVote Flaw(long comparison, string? type, string? side = null, double x = 0.5, double y = 0.5, string? severity = null, bool leftIsB = false) => new()
    {
        VoteId = Guid.CreateVersion7(),
        ComparisonId = comparison,
        PromptId = comparison,
        Prompt = $"prompt {comparison}",
        Pseudonym = "R-1",
        Simulated = false,
        LeftIsB = leftIsB,
        FlawType = type,
        FlawSeverity = severity,
        FlawSide = side,
        FlawX = side is null ? null : x,
        FlawY = side is null ? null : y,
    };

    /// <summary>Twelve votes on four comparisons, ten of them with a flaw.</summary>
    public static Task<FlawReport> FlawsAsync() => FlawReport.OfAsync(new[]
    {
        Flaw(1, "hands", "left", 0.2, 0.3, "major"), Flaw(1, "hands", "left", 0.25, 0.32, "major"), Flaw(1, "face", "right", 0.5, 0.2, "minor"),
        Flaw(2, "text", "left", 0.9, 0.95, "minor"), Flaw(2, "text", "left", 0.9, 0.9, leftIsB: true), Flaw(2, null),
        Flaw(3, "edges", "right", 0.1, 0.1, "major"), Flaw(3, "texture", "right", 1, 1), Flaw(3, "other"),
        Flaw(4, "hands", "right", 0.22, 0.28, "major"), Flaw(4, null, "left", 0, 0), Flaw(4, null),
    }.ToAsyncEnumerable());

    /// <summary>Every kind by its name.</summary>
    public static async Task<IReadOnlyDictionary<string, Plot>> AllAsync(int rows, string name = "system")
    {
        var flaws = await FlawsAsync();
        return new Dictionary<string, Plot>
        {
            ["outcomes"] = Outcomes(Math.Clamp(rows, 1, 2), $"{name} A", $"{name} B"),
            ["forest"] = Forest(rows, name),
            ["ranking"] = Ranking(Math.Max(1, rows), name),
            ["matrix"] = Matrix(rows, name),
            ["flaw-types"] = FlawPlots.Types(flaws, $"{name} A", $"{name} B"),
            ["flaw-places"] = FlawPlots.Places(flaws, $"{name} A", $"{name} B"),
            ["flaw-map"] = FlawPlots.Map("1-flaws-a", name, [.. flaws.Items.SelectMany(item => item.Flaws).Where(flaw => flaw.IsOfA == true)], 512, 384, Chequered()),
        };
    }

    /// <summary>A PNG file of grey squares.</summary>
    public static byte[] Chequered()
    {
        var canvas = new Canvas(64, 48, new Rgb(120, 120, 120));
        for (var i = 0; i < 48; i++)
        {
            var (x, y) = (i % 8 * 8, i / 8 * 8);
            if ((i + i / 8) % 2 == 0)
                canvas.Fill([[new(x, y), new(x + 8, y), new(x + 8, y + 8), new(x, y + 8)]], new Rgb(180, 170, 150));
        }
        return canvas.ToPng();
    }
}
