using System.Text;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Reports.Formats;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Quality;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Reports.Documents;

/// <summary>The portal's report, the report on what it exports and the results page have the same numbers, in every format.</summary>
public sealed class SameNumbersTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-same-").FullName;
    private Db _db = null!;
    private Seeds _seeds = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _db = _portal.Services.GetRequiredService<Db>();
        _seeds = new Seeds(_db, TimeProvider.System);
        _browser = await _portal.SignedInClientAsync(Role.Admin);
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _portal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Report_StudyOfPairs_IsTheSameFromItsExportAndOnItsPage()
    {
        var judged = await JudgedStudy.AddAsync(_db, TimeProvider.System, _seeds, prompts: 24);
        var plans = _portal.Services.GetRequiredService<PlanStore>();
        var plan = new AnalysisPlan { Family = [Axis.Flaws], Test = PlannedTest.SignTest, PlannedComparisons = 30 };
        await plans.SaveAsync(judged.Study, plan);
        await plans.LockAsync(judged.Study, judged.Researcher);
        await plans.AmendAsync(judged.Study, plan with { Family = [Axis.Flaws, Axis.Appeal] }, "Appeal matters | too", judged.Researcher);
        await SimulateAsync(judged.Study, raters: 6);
        var rater = (await _portal.Services.GetRequiredService<RecordedVoteStore>().ReadAsync(judged.Study.StudyId).FirstAsync()).RaterId;
        await judged.Exclusions.ExcludeAsync(judged.Study.StudyId, rater, flag: null, "answers at random & fast", judged.Researcher);

        var rows = await AssertSameAsync($"/studies/{judged.Study.StudyId}", [judged.Study]);

        Assert.Contains(rows, row => row.Contains("by hand ¦ answers at random & fast ¦", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("2 ¦", StringComparison.Ordinal) && row.Contains("Appeal matters | too", StringComparison.Ordinal));
        Assert.Contains("24 of the planned 30 comparisons are compared. This is a look before the planned n.", await _browser.GetStringAsync($"/studies/{judged.Study.StudyId}/report.md?votes=simulated"), StringComparison.Ordinal);
        var page = await TextAsync($"/studies/{judged.Study.StudyId}/results?votes=simulated");
        foreach (var row in rows.Where(row => row.StartsWith("Visual", StringComparison.Ordinal)).Take(2).Select(row => row.Split(" ¦ ")))
        {
            Assert.Contains(ReportTables.Dense($"{row[1]} compared"), page, StringComparison.Ordinal);
            Assert.Contains(ReportTables.Dense(row[7]), page, StringComparison.Ordinal); // the net win rate with its interval
            Assert.Contains(row[9].StartsWith('<') ? $"p{row[9]}".Replace(" ", "", StringComparison.Ordinal) : $"p={row[9]}", page, StringComparison.Ordinal);
        }
        await AssertSameAsync($"/studies/{judged.Study.StudyId}", [judged.Study], "&exclusions=none", "--exclusions", "none");
    }

    [Fact]
    public async Task Report_StudyOfAlignment_IsTheSameFromItsExportAndOnItsPage()
    {
        var study = (await AlignmentStudy.AddAsync(_seeds, _db, TimeProvider.System, prompts: 24, votes: 2)).Study;
        await SimulateAsync(study, raters: 4);

        var rows = await AssertSameAsync($"/studies/{study.StudyId}", [study]);

        var page = await TextAsync($"/studies/{study.StudyId}/results?votes=simulated");
        var rates = rows.Where(row => row.StartsWith("A System", StringComparison.Ordinal) || row.StartsWith("B System", StringComparison.Ordinal)).Select(row => row.Split(" ¦ ")).ToList();
        Assert.Equal(2, rates.Count);
        Assert.All(rates, rate => Assert.Contains(ReportTables.Dense(rate[1]), page, StringComparison.Ordinal));
        Assert.Contains(ReportTables.Dense(rates[0][6]), page, StringComparison.Ordinal); // A less B
        Assert.Contains(rows, row => row.StartsWith("A no more than 5 points worse than B ¦", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("colour ¦ A System", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_StudyOfBestAndWorst_IsTheSameFromItsExportAndOnItsPage()
    {
        var study = (await PreferenceStudy.AddAsync(_seeds, _db, TimeProvider.System, prompts: 12)).Study;
        await SimulateAsync(study, raters: 4);

        var rows = await AssertSameAsync($"/studies/{study.StudyId}", [study]);

        var page = await TextAsync($"/studies/{study.StudyId}/results?votes=simulated");
        var picked = rows.Where(row => row.StartsWith("A System", StringComparison.Ordinal) || row.StartsWith("B System", StringComparison.Ordinal)).Select(row => row.Split(" ¦ ")).ToList();
        Assert.Equal(2, picked.Count);
        Assert.All(picked.SelectMany(cells => cells.Skip(1)), cell => Assert.Contains(ReportTables.Dense(cell), page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_LinkedStudies_AreOneReportFromTheirExportsToo()
    {
        var set = await _seeds.PromptSetAsync([.. Enumerable.Range(1, 12).Select(i => $"prompt {i}")]);
        var systems = new List<long>();
        for (var seed = 1; seed <= 3; seed++)
            systems.Add(await _seeds.SystemAsync(set, [seed]));
        var studies = _portal.Services.GetRequiredService<StudyStore>();
        var group = await studies.AddGroupAsync(new NewStudyGroup("Board", "leaderboard",
        [
            await _seeds.DraftAsync(systems[0], systems[1]) with { Preset = "leaderboard/two" },
            await _seeds.DraftAsync(systems[0], systems[2]) with { Preset = "leaderboard/two" },
            await _seeds.DraftAsync(systems[1], systems[2]) with { Preset = "leaderboard/two" },
        ]));
        var linked = await studies.ListGroupAsync(group);
        foreach (var study in linked)
        {
            await studies.SetStateAsync(study.StudyId, StudyState.Running);
            await SimulateAsync((await studies.FindAsync(study.StudyId))!, raters: 4);
        }

        var rows = await AssertSameAsync($"/groups/{group}", linked);

        Assert.Equal(3, rows.Count(row => row.Contains(" vs. ", StringComparison.Ordinal) && row.Split(" ¦ ").Length == 7)); // the paper's table
        Assert.Contains(rows, row => row.StartsWith("3 ¦", StringComparison.Ordinal) && row.Contains("System", StringComparison.Ordinal)); // the last of a ranking
        Assert.Contains("report.html?votes=simulated", await _browser.GetStringAsync($"/groups/{group}"), StringComparison.Ordinal);
    }

    /// <summary>Compares the portal's report with that on the export, in every format.</summary>
    /// <returns>The rows of its tables.</returns>
    private async Task<IReadOnlyList<string>> AssertSameAsync(string address, IReadOnlyList<Study> studies, string query = "", params string[] options)
    {
        var (exports, reports) = (Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))), Path.Combine(_folder, Guid.NewGuid().ToString("N")));
        foreach (var study in studies)
        {
            await _portal.Services.GetRequiredService<StudyExport>().WriteFolderAsync(
                study, studies.Count == 1 ? exports.FullName : Path.Combine(exports.FullName, $"study {study.StudyId}"), ExportFormat.Csv, DateTimeOffset.UnixEpoch);
        }
        Assert.Equal(0, await Program.Main(["report", exports.FullName, "--out", reports, "--votes", "simulated", .. options]));

        var rows = default(IReadOnlyList<string>);
        foreach (var format in DocumentFormat.All)
        {
            var portal = await _browser.GetByteArrayAsync($"{address}/report.{format.Extension}?votes=simulated{query}");
            var exported = await File.ReadAllBytesAsync(Path.Combine(reports, $"report.{format.Extension}"));
            if (format.Extension == "pdf")
            {
                foreach (var pdf in new[] { PdfText.Read(portal).Dense, PdfText.Read(exported).Dense })
                    Assert.All(rows!.SelectMany(row => row.Split(" ¦ ")).Where(cell => !cell.Contains("TIME", StringComparison.Ordinal)), cell => Assert.Contains(ReportTables.Dense(cell), pdf, StringComparison.Ordinal));
                continue;
            }
            if (format.Extension == "tex" && Latex.IsHere)
                await Latex.AssertCompilesAsync(Encoding.UTF8.GetString(portal));
            var (ours, theirs) = (Rows(format.Extension, portal), Rows(format.Extension, exported));
            Assert.Equal(ours, theirs);
            Assert.Equal(rows ?? ours, ours);
            rows = ours;
        }
        Assert.NotEmpty(rows!);
        return rows!;
    }

    private static IReadOnlyList<string> Rows(string format, byte[] file) => (format switch
    {
        "html" => ReportTables.OfHtml(Encoding.UTF8.GetString(file)),
        "md" => ReportTables.OfMarkdown(Encoding.UTF8.GetString(file)),
        _ => ReportTables.OfLatex(Encoding.UTF8.GetString(file)),
    }).WithoutTimes();

    private async Task<string> TextAsync(string address) =>
        ReportTables.Dense((await new HtmlParser().ParseDocumentAsync(await _browser.GetStringAsync(address))).Body!.TextContent);

    private Task<SimulationResult> SimulateAsync(Study study, int raters) => _portal.Services.GetRequiredService<SimulationRunner>().RunAsync(
        new SimulationOrder { Study = study, Raters = raters, Seed = 1, Traits = new RaterTraits { StrengthA = 1, StrengthB = 0, Reject = 0.05 } }, (_, _) => { });
}
