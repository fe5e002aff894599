using System.Globalization;
using System.Text;
using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Formats;
using PixelPost.EvalPortal.Reports.Output;
using PixelPost.EvalPortal.Reports.Sources;

namespace PixelPost.EvalPortal.Bundles.Pages;

/// <summary>The pages of a bundle: the report, and every item with its images, votes and flaws. They are plain files without a script, which open from a disk.</summary>
/// <param name="services">Of a portal that holds the bundle's rows.</param>
internal sealed class BundlePages(IServiceProvider services, PreparedBundle bundle)
{
    public const string Index = "index.html";

    /// <summary>Items of one page.</summary>
    public const int PageSize = 20;

    private const string Sheet = "style.css";

    /// <summary>Writes them all.</summary>
    public async Task WriteAsync(ReportDocument report, IReadOnlyList<StudyData> studies, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        var reader = new BundleItemReader(services);
        var links = new List<PageLink>();
        foreach (var (number, data) in studies.Index())
        {
            var ids = await reader.ListAsync(data.Study.StudyId, cancel);
            var pages = ids.Chunk(PageSize).ToList();
            foreach (var (page, items) in pages.Index())
            {
                tell?.Invoke(new BundleProgress("Drawing its pages", page, pages.Count));
                var read = new List<BundleItem>();
                foreach (var item in items)
                    read.Add(await reader.ReadAsync(data, item, cancel));
                await using var file = bundle.Create(PathOf(number, page));
                await HtmlReport.WriteAsync<ItemsPage>(
                    new()
                    {
                        [nameof(ItemsPage.Study)] = data.Study.Name,
                        [nameof(ItemsPage.Items)] = read,
                        [nameof(ItemsPage.Page)] = page + 1,
                        [nameof(ItemsPage.Pages)] = pages.Count,
                        [nameof(ItemsPage.Previous)] = page == 0 ? null : Path.GetFileName(PathOf(number, page - 1)),
                        [nameof(ItemsPage.Next)] = page + 1 == pages.Count ? null : Path.GetFileName(PathOf(number, page + 1)),
                    }, file);
            }
            if (pages.Count > 0)
                links.Add(new PageLink($"Every item of {data.Study.Name} with its images, votes and flaws", PathOf(number, 0)));
        }
        await using (var sheet = bundle.Create($"items/{Sheet}"))
            await sheet.WriteAsync(Encoding.UTF8.GetBytes(HtmlReport.Style() + HtmlReport.Text("bundle.css")), cancel);
        await using var index = bundle.Create(Index);
        await HtmlDocument.WriteAsync(report, index, [.. links, new PageLink("What is in this folder", "README.txt")]);
    }

    private static string PathOf(int study, int page) => string.Create(CultureInfo.InvariantCulture, $"items/{study + 1}-{page + 1:0000}.html");
}
