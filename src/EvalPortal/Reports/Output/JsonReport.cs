using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

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

    public static async Task WriteAsync(VoteReport report, Stream stream)
    {
        await JsonSerializer.SerializeAsync(stream, new { FormatVersion, AppVersion = MethodsText.Version, Report = report }, Json);
        stream.WriteByte((byte)'\n');
    }
}
