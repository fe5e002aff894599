using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>The report as one page to keep, to send and to print.</summary>
internal static class HtmlReport
{
    private const string Sheet = "report.css";
    private const string Font = "inter-latin.woff2";

    public static Task WriteAsync(VoteReport report, Stream stream) =>
        WriteAsync<VoteReportPage>(new() { [nameof(VoteReportPage.Report)] = report, [nameof(VoteReportPage.Style)] = Style() }, stream);

    /// <summary>Writes a page that is one component.</summary>
    /// <param name="parameters">Of the component, by name.</param>
    internal static async Task WriteAsync<T>(Dictionary<string, object?> parameters, Stream stream) where T : IComponent
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters));
            await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            root.WriteHtmlTo(writer);
        });
    }

    /// <summary>The style of a page, with its font inside.</summary>
    internal static string Style() =>
        $"@font-face {{ font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,{Convert.ToBase64String(Resource(Font))}) format('woff2'); }}\n"
        + Text(Sheet);

    /// <summary>A text that the program has inside.</summary>
    internal static string Text(string name) => Encoding.UTF8.GetString(Resource(name));

    private static byte[] Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
