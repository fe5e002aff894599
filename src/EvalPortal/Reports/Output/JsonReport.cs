using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PixelPost.EvalPortal.Reports.Documents;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>The report for machines. Its keys are described in <c>docs/report.md</c>; the same file gives the same bytes.</summary>
internal static class JsonReport
{
    private const int FormatVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, not part of a page
        WriteIndented = true,
        NewLine = "\n",
    };

    public static Task WriteAsync(VoteReport report, Stream stream) =>
        WriteAsync(new { FormatVersion, AppVersion = MethodsText.Version, Report = report }, stream);

    /// <summary>Writes the numbers of studies; those of single comparisons and prompts are left to the tables they come from.</summary>
    public static Task WriteAsync(IReadOnlyList<StudyResult> studies, Stream stream) => WriteAsync(new
    {
        FormatVersion,
        AppVersion = MethodsText.Version,
        Studies = studies.Select(study => new
        {
            study.Data.Study.Name,
            study.Data.SystemA,
            study.Data.SystemB,
            study.Data.File,
            Votes = study.View.Source,
            Excluded = new { study.Left.Exclusions, study.Left.Raters, study.Left.Votes },
            Plan = study.Reading is { } reading ? new { reading.Version.Version, reading.Version.Sha256, reading.Version.LockedAt, reading.Departures } : null,
            study.Data.Deviations,
            Pairs = study.Pairs?.Axes,
            study.Alignment,
            BestAndWorst = study.Preference is { } picks ? new { picks.Systems, picks.Votes, picks.Raters, picks.FlawOverrides, study.Rejected } : null,
        }),
    }, stream);

    private static async Task WriteAsync<T>(T content, Stream stream)
    {
        await JsonSerializer.SerializeAsync(stream, content, Json);
        stream.WriteByte((byte)'\n');
    }
}
