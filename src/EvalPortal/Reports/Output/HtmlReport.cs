using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>The report as one page to keep, to send and to print.</summary>
internal static class HtmlReport
{
    private const string Sheet = "report.css";
    private const string Font = "inter-latin.woff2";

    public static async Task WriteAsync(VoteReport report, Stream stream)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(ReportDocument.Report)] = report,
            [nameof(ReportDocument.Style)] = Style(),
        });
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<ReportDocument>(parameters);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            root.WriteHtmlTo(writer);
        });
    }

    private static string Style() =>
        $"@font-face {{ font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,{Convert.ToBase64String(Resource(Font))}) format('woff2'); }}\n"
        + Encoding.UTF8.GetString(Resource(Sheet));

    private static byte[] Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
