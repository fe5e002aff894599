using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Reports.Documents;

public sealed class ReportEndpointTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-report-").FullName;
    private Seeds _seeds = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _seeds = new Seeds(_portal.Services.GetRequiredService<Db>(), TimeProvider.System);
        _browser = await _portal.SignedInClientAsync(Role.Admin);
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _portal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Report_EmptyStudy_SaysSoInEveryFormat()
    {
        var study = await _seeds.StudyAsync("a fox", "a hen");

        foreach (var (format, type) in new[] { ("html", "text/html"), ("pdf", "application/pdf"), ("md", "text/markdown"), ("tex", "application/x-tex") })
        {
            var answer = await _browser.GetAsync($"/studies/{study.StudyId}/report.{format}");

            Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            var text = format == "pdf" ? string.Concat(PdfText.Read(bytes).Pages) : Encoding.UTF8.GetString(bytes);
            Assert.Contains("There are no votes to report.", text, StringComparison.Ordinal);
            Assert.Equal(format == "html" ? null : $"{study.Name} report.{format}", answer.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        }
    }

    [Fact]
    public async Task Report_OneVote_SaysWhatIsMissingAndWhy()
    {
        var study = await _seeds.StudyAsync("a fox", "a hen");
        await _seeds.VoteAsync(study, 1, Axis.Flaws, "a");

        var html = await _browser.GetStringAsync($"/studies/{study.StudyId}/report.html");

        Assert.Contains(ReportTables.OfHtml(html), row => row.StartsWith("Visual flaws ¦ 1 ¦ 100.0 ¦ 0.0 ¦ 0.0 ¦ 0.0 ¦ 0.0 ¦ +100.0", StringComparison.Ordinal));
        Assert.Contains(ReportTables.OfHtml(html), row => row.StartsWith("Visual appeal ¦ 0 ¦ – ¦ – ¦ – ¦ – ¦ – ¦ – ¦ – ¦ –", StringComparison.Ordinal));
        Assert.Contains("1 comparison without votes.", html, StringComparison.Ordinal);
        Assert.Contains("No analysis plan is locked", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_NameThatIsMarkup_IsWordsOnThePage()
    {
        var (a, b) = await _seeds.SystemsAsync("a fox");
        var studies = _portal.Services.GetRequiredService<StudyStore>();
        var id = await studies.AddAsync(await _seeds.DraftAsync(a, b) with { Name = "</title><script>alert(2)</script>" });

        var answer = await _browser.GetAsync($"/studies/{id}/report.html");

        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;/title&gt;&lt;script&gt;", html, StringComparison.Ordinal);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_NoSuchStudyOrNobodySignedIn_IsNone()
    {
        var study = await _seeds.StudyAsync("a fox");
        using var nobody = _portal.Client();

        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync("/studies/99/report.html")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync("/groups/99/report.pdf")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await nobody.GetAsync($"/studies/{study.StudyId}/report.html")).StatusCode);
    }

    [Fact]
    public async Task Results_Page_LeadsToTheReportOnWhatItShows()
    {
        var study = await _seeds.StudyAsync("a fox");

        var page = await _browser.GetStringAsync($"/studies/{study.StudyId}/results?votes=both&exclusions=none");

        foreach (var format in new[] { "html", "pdf", "md", "tex" })
            Assert.Contains($"/studies/{study.StudyId}/report.{format}?votes=both&amp;exclusions=none", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_ExportThatWasChanged_SaysSoOrNamesTheLine()
    {
        var study = await _seeds.StudyAsync("a fox", "a hen");
        await _seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        await _seeds.VoteAsync(study, 2, Axis.Flaws, "b");
        var (export, reports) = (Path.Combine(_folder, "export"), Path.Combine(_folder, "reports"));
        await _portal.Services.GetRequiredService<StudyExport>().WriteFolderAsync(study, export, ExportFormat.Csv, DateTimeOffset.UnixEpoch);
        var votes = Path.Combine(export, "votes.csv");
        var text = await File.ReadAllTextAsync(votes);

        Assert.Equal(0, await Program.Main(["report", votes, "--out", reports, "--format", "md"]));
        var untouched = await File.ReadAllTextAsync(Path.Combine(reports, "report.md"));
        Assert.StartsWith($"# {study.Name}\n", untouched, StringComparison.Ordinal);
        Assert.Equal(["report.md"], Directory.GetFiles(reports).Select(Path.GetFileName));

        await File.WriteAllTextAsync(votes, text.Replace(",left,a,", ",left,tie,", StringComparison.Ordinal));
        Assert.Equal(0, await Program.Main(["report", votes, "--out", reports, "--format", "md"]));
        Assert.Contains("> votes.csv is not the file that manifest.json beside it is about", (await File.ReadAllTextAsync(Path.Combine(reports, "report.md"))).Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);

        await File.WriteAllTextAsync(votes, text.Replace(",left,a,", ",left,perhaps,", StringComparison.Ordinal));
        Assert.Equal(2, await Program.Main(["report", export, "--out", reports]));
    }
}
