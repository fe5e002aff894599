using System.Globalization;
using System.Text;
using PixelPost.Training.Metrics;

namespace PixelPost.Training.Ablation;

/// <summary>Results as Markdown: per network what each method measures, and what it gains over the method it extends.</summary>
internal static class AblationTable
{
    private sealed record Column(string Title, Func<CellResult, double?> Value, double Scale, string Format);

    private static readonly Column[] Columns =
    [
        new("kernel distance × 1000 ↓", r => r.Measures.KernelDistance, 1000, "F2"),
        new("high-frequency error, dB ↓", r => r.Measures.HighFrequencyError, 1, "F2"),
        new("sharpness", r => r.Measures.Sharpness, 1, "F0"),
        new("caption retrieval, % ↑", r => r.Measures.Retrieval, 100, "F1"),
        new("one-step PSNR, dB ↑", r => r.Measures.OneStep.Psnr, 1, "F2"),
        new("one-step SSIM ↑", r => r.Measures.OneStep.Ssim, 1, "F4"),
        new("training, s", r => r.TrainingSeconds, 1, "F0"),
    ];

    /// <summary>Tables of every network.</summary>
    /// <param name="results">All that has been measured.</param>
    /// <param name="methods">Rows, in their order; those without results are left out.</param>
    public static string Markdown(IReadOnlyList<CellResult> results, IReadOnlyList<Method> methods)
    {
        var text = new StringBuilder();
        foreach (var network in results.Select(r => r.Network).Distinct(StringComparer.Ordinal))
        {
            var ofNetwork = results.Where(r => r.Network == network).ToLookup(r => r.Method, StringComparer.Ordinal);
            var columns = Columns.Where(c => results.Any(r => c.Value(r) is not null)).ToList();
            text.AppendLine(CultureInfo.InvariantCulture, $"### {network}\n");
            Header(text, "method", columns);
            if (ofNetwork.Contains(CellResult.Real)) Row(text, "real pictures, autoencoder alone", columns, c => Cell(c, Values(ofNetwork[CellResult.Real], c), signed: false));
            foreach (var method in methods.Where(m => ofNetwork.Contains(m.Name)))
                Row(text, $"`{method.Name}`: {method.Formula}", columns, c => Cell(c, Values(ofNetwork[method.Name], c), signed: false));
            text.AppendLine();
            Header(text, "difference, seed by seed", columns);
            foreach (var method in methods.Where(m => m.Baseline is not null && ofNetwork.Contains(m.Name) && ofNetwork.Contains(m.Baseline)))
                Row(text, $"`{method.Name}` − `{method.Baseline}`", columns, c => Cell(c, Differences(ofNetwork[method.Name], ofNetwork[method.Baseline!], c), signed: true));
            text.AppendLine();
        }
        return text.AppendLine(Legend).ToString();
    }

    private const string Legend =
        "Means over seeds ± half the 95 % interval (Student's t over seeds; none of one seed). ↓ less is better, ↑ more is better; sharpness is best near that of real pictures. "
        + "Differences are taken between runs of one seed, which share their noise and the order of their data. "
        + "Real pictures: pictures of training captions against the held-out ones, and the held-out ones through the autoencoder alone in place of one-step reconstructions.";

    private static List<double> Values(IEnumerable<CellResult> results, Column column) => [.. results.Select(column.Value).OfType<double>()];

    private static List<double> Differences(IEnumerable<CellResult> results, IEnumerable<CellResult> baseline, Column column) =>
        [.. results.Join(baseline, r => r.Seed, b => b.Seed, (r, b) => column.Value(r) - column.Value(b)).OfType<double>()];

    private static void Header(StringBuilder text, string first, List<Column> columns)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"| {first} | {string.Join(" | ", columns.Select(c => c.Title))} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(columns.Select(_ => "---:|"))}");
    }

    private static void Row(StringBuilder text, string name, List<Column> columns, Func<Column, string> cell) =>
        text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", columns.Select(cell))} |");

    private static string Cell(Column column, List<double> values, bool signed)
    {
        if (values.Count == 0) return "";
        var interval = MeanInterval.Of([.. values.Select(v => v * column.Scale)]);
        var mean = (signed && interval.Mean >= 0 ? "+" : "") + interval.Mean.ToString(column.Format, CultureInfo.InvariantCulture).Replace('-', '−');
        return interval.HalfWidth is { } half ? $"{mean} ± {half.ToString(column.Format, CultureInfo.InvariantCulture)}" : mean;
    }
}
