using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Output;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>A document as one page to keep, to send and to print.</summary>
internal static class HtmlDocument
{
    public static Task WriteAsync(ReportDocument document, Stream stream) => WriteAsync(document, stream, links: []);

    /// <param name="links">To pages that lie beside it.</param>
    public static Task WriteAsync(ReportDocument document, Stream stream, IReadOnlyList<PageLink> links) => HtmlReport.WriteAsync<DocumentPage>(
        new() { [nameof(DocumentPage.Document)] = document, [nameof(DocumentPage.Style)] = HtmlReport.Style(), [nameof(DocumentPage.Links)] = links }, stream);
}

/// <summary>A link of a page.</summary>
/// <param name="Address">As seen from the page.</param>
public sealed record PageLink(string Words, string Address);
