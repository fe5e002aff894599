using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Output;

namespace PixelPost.EvalPortal.Tests.Reports;

public sealed class ReportOutputTests
{
    private static readonly string[] Loading = ["src", "href", "srcset", "data", "action", "poster", "xlink:href"];

    [Fact]
    public async Task Text_TwoSystems_IsThePaperReadyMethodsParagraph()
    {
        var report = await VoteText.ReportAsync(
            "axis,item_id,rater_id,system_a,system_b,winner\nappeal,1,ann,x,y,a\nappeal,1,ben,x,y,a\nappeal,2,ann,x,y,tie\nflaws,1,ann,x,y,b\nflaws,1,ben,x,y,reject\n",
            new ReportRequest { Margin = 0.05 });

        Assert.Equal(
            "x was compared with y on appeal (3 votes by 2 raters, 2 comparisons, 2 prompts), flaws (2 votes by 2 raters, 1 comparison, 1 prompt). "
            + "A comparison is decided by the answer that most of its raters gave, and is a split where two answers share the first place. "
            + "The net win rate is (wins − losses)/n, with ties and splits in n and rejects left out. "
            + "Net win rates of decisions have 95 % Tango score intervals (Tango 1998), shares 95 % Wilson intervals (Wilson 1927). "
            + "That neither is better was tested by exact two-sided sign tests on the decisions, ties and splits dropped (Dixon and Mood 1946), with p-values adjusted over 2 axes by Holm's method (Holm 1979). "
            + "Net win rates of votes have 95 % t intervals with standard errors cluster-robust by prompt and rater (cr1; Liang and Zeger 1986; Cameron, Gelbach and Miller 2011), checked by BCa bootstrap intervals over prompts (10,000 resamples; Efron 1987). "
            + "Whether x is worse than y by less than 5.0\u00A0% in net win rate was tested by two one-sided tests at the 5 % level (Schuirmann 1987), not adjusted over axes. "
            + "Agreement between raters is given as the share of agreeing pairs of raters, Krippendorff's alpha (Krippendorff 2011), nominal and ordinal, and Gwet's AC1 (Gwet 2008), with 95 % percentile bootstrap intervals over comparisons (Efron and Tibshirani 1993). "
            + "Each rater's agreement with the majority of the others was compared with that of the other raters by Fisher's exact test, adjusted over raters by Holm's method (Holm 1979); no rater was left out for it. "
            + "As a check, the consensus of raters was fitted by the model of Dawid and Skene (Dawid and Skene 1979). "
            + $"Computed with PixelPost 0.1.0 from votes.csv (SHA-256 {report.File.Sha256}).",
            report.Methods.Text);
    }

    [Fact]
    public async Task Text_AnyReport_CitesExactlyWhatItLists()
    {
        foreach (var request in new[] { new ReportRequest(), new ReportRequest { SystemA = "s0", SystemB = "s1", Margin = 0.1 } })
        {
            var methods = (await VoteText.ReportAsync(VoteReportTests.Rows(seed: 1, systems: 4), request)).Methods;

            Assert.All(methods.References, reference => Assert.Contains(reference.Key, methods.Text, StringComparison.Ordinal));
            Assert.All(methods.References, reference => Assert.Contains($"({reference.Key[^4..]})", reference.Text, StringComparison.Ordinal));
            Assert.Equal(methods.References.Count, methods.References.Distinct().Count());
        }
    }

    [Fact]
    public async Task Terminal_ManyUnusableRows_AreCutWithACount()
    {
        var report = await VoteText.ReportAsync(VoteText.Pairs(
            [.. Enumerable.Range(0, 30).Select(i => $"p{i} ann x y oops{i}"), "p1 ann x y a", "p2 ann x y b"]));

        var text = Terminal(report);

        Assert.Contains("Rows that cannot be used: 30 of 32", text, StringComparison.Ordinal);
        Assert.Contains("2 'oops0', 3 'oops1'", Unwrapped(text), StringComparison.Ordinal);
        Assert.Contains("and 20 more, all in the JSON", Unwrapped(text), StringComparison.Ordinal);
        Assert.DoesNotContain("oops10", text, StringComparison.Ordinal);
        Assert.Equal(30, report.File.Unusable[0].Lines.Count);
    }

    [Fact]
    public async Task Terminal_TwoSystems_SaysWhichIsAAndWhatItRestsOn()
    {
        var text = Terminal(await VoteText.ReportAsync(VoteReportTests.Rows(seed: 1, systems: 2), new ReportRequest { Margin = 0.1 }));

        foreach (var expected in new[] { "A is s0 and B is s1, in alphabetical order", "Estimand.", "Ties.", "Clusters.", "Family.", "Left out.", "For a paper", "A less than 10.0\u00A0% worse", "- Tango, T. (1998)." })
            Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Html_AnyReport_NeedsNothingButItself(int systems)
    {
        var page = await PageAsync(await VoteText.ReportAsync(VoteReportTests.Rows(seed: 1, systems)));

        var loaded = page.All.SelectMany(element => element.Attributes).Where(attribute => Loading.Contains(attribute.Name)).Select(attribute => attribute.Value);
        Assert.Empty(loaded);
        Assert.Empty(page.QuerySelectorAll("script, link, iframe, object, embed, img, base"));
        var style = Assert.Single(page.QuerySelectorAll("style")).TextContent;
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
        Assert.All(style.Split("url(").Skip(1), url => Assert.StartsWith("data:font/woff2;base64,", url, StringComparison.Ordinal));
        Assert.Contains("prefers-color-scheme: dark", style, StringComparison.Ordinal);
        Assert.Contains("@media print", style, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Html_AnyReport_IsInOrder(int systems)
    {
        var page = await PageAsync(await VoteText.ReportAsync(VoteReportTests.Rows(seed: 1, systems)));

        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.All(page.QuerySelectorAll("svg.chart, .forest"), figure => Assert.NotEmpty(figure.GetAttribute("aria-label")!));
        Assert.All(page.QuerySelectorAll("table"), table =>
        {
            var columns = table.QuerySelectorAll("thead th").Length;
            Assert.All(table.QuerySelectorAll("tbody tr"), row => Assert.Equal(columns, row.Children.Length));
        });
        // nothing in a picture is drawn at a place that is no number
        Assert.DoesNotContain(page.QuerySelectorAll("svg *").SelectMany(element => element.Attributes), attribute => attribute.Value.Contains("NaN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Html_NamesFromTheFile_AreText()
    {
        var page = await PageAsync(await VoteText.ReportAsync("item_id,system_a,system_b,winner\n1,<b>x</b>,<script>y,a\n2,<b>x</b>,<script>y,b\n"));

        Assert.Empty(page.QuerySelectorAll("b:not(dd b), script"));
        Assert.Contains("<script>y", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_SimulatedVotes_AreMarked()
    {
        var page = await PageAsync(await VoteText.ReportAsync("item_id,system_a,system_b,winner,simulated\n1,x,y,a,true\n"));

        Assert.Contains("Simulated votes", page.QuerySelector(".simulated")!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>One vote: next to nothing can be computed, and all of it says why.</summary>
    [Fact]
    public async Task Html_OneVote_SaysWhyFiguresAreMissing()
    {
        var page = await PageAsync(await VoteText.ReportAsync("system_a,system_b,winner\nx,y,reject\n"));

        Assert.All(
            page.QuerySelectorAll(".figures > div").Where(figure => figure.QuerySelector("b")!.TextContent == "–"),
            figure => Assert.EndsWith(".", figure.QuerySelector("small")!.TextContent, StringComparison.Ordinal));
        Assert.NotEmpty(page.QuerySelectorAll(".figures"));
    }

    private static string Terminal(VoteReport report)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        TextReport.Write(report, writer);
        return writer.ToString();
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[]?)[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static async Task<IDocument> PageAsync(VoteReport report)
    {
        using var stream = new MemoryStream();
        await HtmlReport.WriteAsync(report, stream);
        var html = Encoding.UTF8.GetString(stream.ToArray());
        Assert.StartsWith("<!DOCTYPE html>", html.TrimStart(), StringComparison.Ordinal);
        return new HtmlParser().ParseDocument(html);
    }
}
