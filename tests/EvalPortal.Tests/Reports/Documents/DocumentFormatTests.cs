using System.Text;
using System.Xml.Linq;
using AngleSharp.Html.Parser;
using PixelPost.EvalPortal.Plots;
using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Formats;

namespace PixelPost.EvalPortal.Tests.Reports.Documents;

/// <summary>What a document says is what each format shows, whatever the names in it try to be.</summary>
public sealed class DocumentFormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("</style></title><img src=x onerror=alert(1)>")]
    [InlineData("\" onmouseover=\"alert(1)")]
    [InlineData("a | b ** c __ d ` e ~~ f")]
    [InlineData("[here](http://example.org) ![x](http://example.org/x.png)")]
    [InlineData("# 1. - > | --- |")]
    [InlineData("\\input{/etc/passwd} \\write18{ls}")]
    [InlineData("50 % $x^2_1$ & #1 {a} ~ \"b\" <c> [d] -- `e")]
    [InlineData("</text></svg><script>alert(1)</script>")]
    [InlineData("=cmd|' /C calc'!A0")]
    public async Task Formats_HostileName_IsShownAsItIs(string name)
    {
        var document = Document(name, [DocumentRow.Heading(name), DocumentRow.Of(name, "+18.2\u00A0[13.1, 23.2]")]);
        var row = $"{name} ¦ +18.2\u00A0[13.1, 23.2]";

        var html = Encoding.UTF8.GetString(await BytesAsync(document, "html"));
        var page = new HtmlParser().ParseDocument(html);
        Assert.Equal([row], ReportTables.OfHtml(html));
        Assert.Equal((name, name), (page.Title, page.QuerySelector("h1")!.TextContent));
        Assert.Empty(page.QuerySelectorAll("script, img, link, iframe, object, [src], [href], [onerror], [onmouseover]"));
        Assert.Equal(name, page.QuerySelector("figure")!.GetAttribute("aria-label"));
        Assert.Contains(name, page.QuerySelector("figure svg")!.TextContent, StringComparison.Ordinal);

        var markdown = MarkdownDocument.Write(document);
        Assert.Equal([row], ReportTables.OfMarkdown(markdown));
        Assert.DoesNotMatch(@"(?<!\\)\]\(", markdown); // no link
        Assert.DoesNotContain("\n<", markdown, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?<!\\)<", markdown);

        var latex = LatexDocument.Write(document);
        Assert.Equal([row], ReportTables.OfLatex(latex));
        Assert.DoesNotContain("\\input", latex, StringComparison.Ordinal);
        Assert.DoesNotContain("\\write18", latex, StringComparison.Ordinal);
        Assert.Equal(latex.Count(letter => letter == '{') - Count(latex, "\\{"), latex.Count(letter => letter == '}') - Count(latex, "\\}"));

        var pdf = PdfText.Read(await BytesAsync(document, "pdf"));
        Assert.Contains(ReportTables.Dense(row.Replace(" ¦ ", "", StringComparison.Ordinal)), pdf.Dense, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_AsAFile_NeedsNothingElse()
    {
        var html = Encoding.UTF8.GetString(await BytesAsync(Document("Study", [DocumentRow.Of("a", "1")]), "html"));

        Assert.Empty(new HtmlParser().ParseDocument(html).QuerySelectorAll("script, link, img, iframe"));
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html.Replace("url(data:font", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Latex_HostileNamesAndLongTables_Compiles()
    {
        Skip.IfNot(Latex.IsHere, Latex.Missing);
        string[] names =
        [
            "50 % $x^2_1$ & #1 {a} ~ \"b\" <c> [d] -- `e", "\\input{/etc/passwd} \\write18{ls}", "# 1. - > | --- |", "Ženeva Ångström “quoted” … 1–2 − 3",
            new('a', 64), "α κ λ μ π ≥ ≤ × ± · → ← ² ³ ½ Δ ρ σ √ ∞ ≈ ≠ Москва 東京 🦊",
        ];
        var table = new DocumentTable(names[0], [new(names[1]), new("Number", true, "Group"), new("Other", true, "Group")], [.. names.Select(name => DocumentRow.Of(name, "1", "2"))]) { Notes = names };
        var rows = Enumerable.Range(1, 200).Select(i => DocumentRow.Of($"row {i}", names[i % names.Length], "1"));
        var high = new DocumentTable(names[3], [new("a"), new("b"), new("n", true)], [DocumentRow.Heading(names[0]), .. rows]) { Notes = names };

        await Latex.AssertCompilesAsync(LatexDocument.Write(new ReportDocument
        {
            Title = names[0],
            Facts = names,
            Warnings = names,
            Sections = [new(names[1], [new Paragraph(string.Join(", ", names)), new BulletList(names), new BulletList([]), table, high])],
        }.Numbered()));
    }

    [Fact]
    public void Latex_Hash_MayBeBroken() => Assert.Equal(
        "SHA-256 0123456789abcdef\\allowbreak{}0123456789abcdef\\allowbreak{}01, 0123456789abcdef0123456789abcdef",
        LatexDocument.Escape("SHA-256 0123456789abcdef0123456789abcdef01, 0123456789abcdef0123456789abcdef"));

    [Fact]
    public void Latex_GroupedColumns_StandUnderTheirRule()
    {
        var table = new DocumentTable("Win", [new("A vs. B"), new("Win", true, "Flaws"), new("Lose", true, "Flaws"), new("A", true, "Text")], [DocumentRow.Of("x", "1", "2", "3")]);

        var latex = LatexDocument.Write(new ReportDocument { Title = "T", Facts = [], Warnings = [], Sections = [new("S", [table])] }.Numbered());

        Assert.Contains(" & \\multicolumn{2}{c}{Flaws} & \\multicolumn{1}{c}{Text} \\\\\n\\cmidrule(lr){2-3}\\cmidrule(lr){4-4}\nA vs. B & Win & Lose & A \\\\\n\\midrule\nx & 1 & 2 & 3 \\\\\n\\bottomrule", latex, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pdf_LongTable_RunsOverPagesUnderItsHeading()
    {
        var document = Document("Long", [.. Enumerable.Range(1, 200).Select(i => DocumentRow.Of($"row {i}", $"{i}"))]);

        var pdf = PdfText.Read(await BytesAsync(document, "pdf"));

        Assert.InRange(pdf.Pages.Count, 4, 7);
        Assert.All(pdf.Pages.Take(pdf.Pages.Count - 1), page => Assert.Contains("Number\n", page, StringComparison.Ordinal));
        Assert.All(Enumerable.Range(1, 200), i => Assert.Single(pdf.Pages, page => page.Contains($"row {i}\n", StringComparison.Ordinal)));
        Assert.Contains($"Page 2 of {pdf.Pages.Count}\n", pdf.Pages[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pdf_RowHigherThanAPage_GoesOnOnTheNext()
    {
        var words = string.Join(' ', Enumerable.Range(1, 3000).Select(i => $"word{i}"));

        var pdf = PdfText.Read(await BytesAsync(Document("High", [DocumentRow.Of(words, "1")]), "pdf"));

        Assert.True(pdf.Pages.Count > 2);
        Assert.Contains("word1word2", pdf.Dense, StringComparison.Ordinal);
        Assert.Contains("word3000", pdf.Dense, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pdf_LettersOfManyScripts_AreTextAndOthersBoxesThatCopyAsTheLetters()
    {
        const string Name = "Ženeva Ångström Ελλάδα Москва Việt 東京 🦊 مرحبا";

        var pdf = PdfText.Read(await BytesAsync(Document(Name, [DocumentRow.Of(Name, "−1")]), "pdf"));

        Assert.Contains(ReportTables.Dense(Name), pdf.Dense, StringComparison.Ordinal);
        Assert.Contains("−1", pdf.Dense, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pdf_Paper_IsAsAskedAndBytesAreTheSame()
    {
        var document = Document("Study", [DocumentRow.Of("a", "1")]);

        Assert.Equal("595.28 841.89", PdfText.Read(await BytesAsync(document, "pdf")).Size);
        Assert.Equal("612 792", PdfText.Read(await BytesAsync(document, "pdf", Paper.Letter)).Size);
        Assert.Equal(await BytesAsync(document, "pdf"), await BytesAsync(document, "pdf"));
    }

    private static ReportDocument Document(string name, IReadOnlyList<DocumentRow> rows)
    {
        var figure = SvgWriter.ForDocument(new Drawing(640, 60, [new Words(0, 20, name, Tone.Text), new Box(150, 30, 100, 20, Tone.A) { Hint = name }]));
        Assert.Equal("svg", XDocument.Parse(figure).Root!.Name.LocalName);
        return new ReportDocument
        {
            Title = name,
            Facts = [name],
            Warnings = [name],
            Sections =
            [
                new(name, [new Paragraph(name), new BulletList([name]), new DocumentTable(name, [new(name), new("Number", true)], rows) { Notes = [name] }, new DocumentFigure(name, figure, name)]),
            ],
        }.Numbered();
    }

    private static async Task<byte[]> BytesAsync(ReportDocument document, string format, Paper paper = Paper.A4)
    {
        using var stream = new MemoryStream();
        await DocumentFormat.Find(format)!.WriteAsync(document, paper, Now, stream);
        return stream.ToArray();
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
