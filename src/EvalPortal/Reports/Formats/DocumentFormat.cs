using System.Net.Mime;
using System.Text;
using PixelPost.EvalPortal.Reports.Documents;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>In what a document is written.</summary>
internal sealed record DocumentFormat
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>End of the file's name, and what the command line calls it.</summary>
    public required string Extension { get; init; }

    public required string MediaType { get; init; }

    /// <summary>Writes a document; the paper and the time matter to a PDF only.</summary>
    public required Func<ReportDocument, Paper, DateTimeOffset, Stream, Task> WriteAsync { get; init; }

    /// <summary>All of them, in the order in which they are offered.</summary>
    public static IReadOnlyList<DocumentFormat> All { get; } =
    [
        new()
        {
            Extension = "html",
            MediaType = $"{MediaTypeNames.Text.Html}; charset=utf-8",
            WriteAsync = (document, _, _, stream) => HtmlDocument.WriteAsync(document, stream),
        },
        new()
        {
            Extension = "pdf",
            MediaType = MediaTypeNames.Application.Pdf,
            WriteAsync = (document, paper, now, stream) =>
            {
                PdfDocument.Write(document, paper, now, stream);
                return Task.CompletedTask;
            },
        },
        new()
        {
            Extension = "md",
            MediaType = $"{MediaTypeNames.Text.Markdown}; charset=utf-8",
            WriteAsync = (document, _, _, stream) => WriteTextAsync(MarkdownDocument.Write(document), stream),
        },
        new()
        {
            Extension = "tex",
            MediaType = "application/x-tex; charset=utf-8",
            WriteAsync = (document, _, _, stream) => WriteTextAsync(LatexDocument.Write(document), stream),
        },
    ];

    /// <summary>The format with this extension, or null.</summary>
    public static DocumentFormat? Find(string extension) => All.FirstOrDefault(format => format.Extension == extension);

    private static Task WriteTextAsync(string text, Stream stream) => stream.WriteAsync(Utf8.GetBytes(text)).AsTask();
}
