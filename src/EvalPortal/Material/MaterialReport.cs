using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;

namespace PixelPost.EvalPortal.Material;

/// <summary>The report of a check as a CSV file.</summary>
internal static class MaterialReport
{
    private static readonly ExportTable<ReportLine> Table = new(
        "report",
        [
            new("status", line => line.Status.ToText()),
            new("reason", line => line.Reason),
            new("system", line => line.System),
            new("file", line => line.File),
            new("manifest", line => line.Manifest),
            new("line", line => line.Line),
            new("prompt", line => line.Prompt),
            new("seed", line => line.Seed),
            new("width", line => line.Width),
            new("height", line => line.Height),
            new("sha256", line => line.Sha256),
        ]);

    /// <summary>Writes it, in a form that is safe to open in a spreadsheet: names of files are what others wrote.</summary>
    public static async Task WriteAsync(IReadOnlyList<ReportLine> lines, string path, CancellationToken cancel = default)
    {
        await using var stream = File.Create(path);
        await Table.WriteAsync(stream, lines.ToAsyncEnumerable(), ExportFormat.Spreadsheet, cancel);
    }
}
