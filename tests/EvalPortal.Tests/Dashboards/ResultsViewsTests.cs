using System.Diagnostics;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Quality;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards;

/// <summary>The views beside the summary, reached from it as a person does: by links and forms.</summary>
public sealed class ResultsViewsTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private JudgedStudy _judged = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        var db = _portal.Services.GetRequiredService<Db>();
        _judged = await JudgedStudy.AddAsync(db, TimeProvider.System, new Seeds(db, TimeProvider.System), prompts: 3);
        _browser = await _portal.SignedInClientAsync(Role.Admin);
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _portal.DisposeAsync();
    }

    private string Results => $"/studies/{_judged.Study.StudyId}/results";

    [Fact]
    public async Task Results_RunningStudy_TellsHowItGoesAndWhichIntervalMayBeRead()
    {
        var plans = _portal.Services.GetRequiredService<PlanStore>();
        await plans.SaveAsync(_judged.Study, new AnalysisPlan { Family = [Axis.Flaws], Test = PlannedTest.SignTest, PlannedComparisons = 3 });
        await plans.LockAsync(_judged.Study, _judged.Researcher);
        foreach (var letters in (string[])["aa", "ab", "aa"])
            await _judged.RateAsync(letters);

        var page = await OpenAsync(Results);
        var until = Stopwatch.StartNew();
        while (Text(page.QuerySelector(".live")) == "Counting votes…" && until.Elapsed < TimeSpan.FromMinutes(1)) // which a page says when the machine is busy
            page = await OpenAsync(Results);

        var live = Text(page.QuerySelector(".live"));
        Assert.Contains("Progress on flaws 66.7 % 6 of 9 votes; planned n not reached: 2 of 3 comparisons", live, StringComparison.Ordinal);
        Assert.Contains("too early to say: 6 votes", live, StringComparison.Ordinal);
        Assert.Contains("6 stored, 0 not sent yet, 0 lost", live, StringComparison.Ordinal);
        Assert.Contains("for any number of looks; 2 prompts with all votes", Text(page.QuerySelector(".card")), StringComparison.Ordinal);
        Assert.Contains("Until then only the always-valid interval may be read", Text(page.QuerySelector(".card")), StringComparison.Ordinal);

        await _portal.Services.GetRequiredService<StudyStore>().SetStateAsync(_judged.Study.StudyId, StudyState.Closed);
        Assert.Null((await OpenAsync(Results)).QuerySelector(".live"));
    }

    [Fact]
    public async Task Votes_BehindANumber_AreThoseOfTheNumber()
    {
        await _judged.RateAsync("aab");
        await _judged.RateAsync("atr", Axis.Appeal);
        var excluded = await _judged.RateAsync("b");
        await _judged.ExcludeAsync(excluded);

        var page = await ClickAsync(await OpenAsync(Results), "3 votes");
        Assert.Equal(["a", "a", "b"], Winners(page));
        Assert.Equal("prompt 1", Text((await ClickAsync(page, "prompt 1")).QuerySelector("h1")));

        page = await OpenAsync($"/studies/{_judged.Study.StudyId}/votes?show=excluded");
        Assert.Equal([await _judged.PseudonymAsync(excluded)], page.QuerySelectorAll(".votes tbody td:nth-child(2)").Select(Text));
        Assert.Equal("rater excluded: not counted", Text(page.QuerySelector(".votes tbody td:last-child")));
        page = await OpenAsync($"/studies/{_judged.Study.StudyId}/votes?axis=appeal&outcome=reject");
        Assert.Equal("reject: other", Text(page.QuerySelector(".votes tbody td:nth-child(5)")));
        Assert.Equal("reject", page.QuerySelector("select[name=outcome] option[selected]")!.GetAttribute("value"));
        Assert.Contains("No vote of this study is of this kind.", Text((await OpenAsync($"/studies/{_judged.Study.StudyId}/votes?rater=nobody")).Body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync("/studies/99/votes")).StatusCode);
    }

    [Fact]
    public async Task Slices_EachKind_LeadsToItsVotes()
    {
        await _judged.ExecuteAsync("UPDATE prompt SET category = 'animals' WHERE text = 'prompt 2'");
        for (var i = 0; i < 4; i++)
            await _judged.RateAsync("aab");
        await _judged.RateAsync("a", simulated: true);

        var page = await ClickAsync(await OpenAsync(Results), "Slices");
        Assert.Equal(["animals", "without a category"], Names(page));
        Assert.Equal(["4", "4", "0", "0", "0"], page.QuerySelectorAll(".slices tbody tr:first-child td").Take(5).Select(Text));
        Assert.Equal(["+100.0", "too few", "1 prompt, 4 raters"], page.QuerySelectorAll(".slices tbody tr:first-child td").Skip(5).Select(Text));
        Assert.Equal(["a", "a", "a", "a"], Winners(await ClickAsync(page, "4")));

        page = await ClickAsync(page, "Prompt");
        Assert.Equal(["prompt 1", "prompt 2", "prompt 3"], Names(page));
        Assert.Equal("prompt 3", Names(await ClickAsync(await ClickAsync(page, "Net win rate of A in votes, % [95 %]"), "Net win rate of A in votes, % [95 %] ↓")).ElementAt(0));
        page = await ClickAsync(page, "How raters came");
        Assert.Equal(["open link"], Names(page));
        Assert.Equal(12, Winners(await ClickAsync(page, "12")).Count());
        page = await ClickAsync(page, "Both 13");
        Assert.Equal(["open link", "simulated"], Names(page));
        Assert.Equal(["none named"], Names(await ClickAsync(page, "Worst flaw named")));
        Assert.Equal(["not known"], Names(await ClickAsync(page, "Screen")));
        Assert.Contains("No person has voted yet.", Text((await OpenAsync($"{Results}/slices?axis=appeal")).Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exclusions_TwoSets_AreShownBesideEachOther()
    {
        await _judged.RateAsync("aaa");
        await _judged.RateAsync("aab");
        Assert.Contains("No rater of this study is excluded", Text((await OpenAsync($"{Results}/exclusions")).Body), StringComparison.Ordinal);
        await _judged.ExcludeAsync(await _judged.RateAsync("bb"), RaterFlagKind.SideBias);
        await _judged.ExcludeAsync(await _judged.RateAsync("bbb"));

        var page = await ClickAsync(await OpenAsync(Results), "Compare exclusions");
        Assert.Equal(["before: all raters", "after: without all who are excluded"], Counted(page));
        Assert.Contains("Flaws: 5 votes fewer; 3 comparisons decided otherwise", Text(page.Body), StringComparison.Ordinal);

        page = await ClickAsync(page, "without those excluded by hand 1", within: "nav[aria-label=Before]");
        Assert.Equal(["before: without those excluded by hand", "after: without all who are excluded"], Counted(page));
        Assert.Contains("Flaws: 2 votes fewer", Text(page.Body), StringComparison.Ordinal);

        static IEnumerable<string> Counted(IHtmlDocument page) => page.QuerySelectorAll(".effect tbody tr td:nth-child(2)").Take(2).Select(Text);
    }

    private async Task<IHtmlDocument> OpenAsync(string address) => await new HtmlParser().ParseDocumentAsync(await _browser.GetStringAsync(address));

    private Task<IHtmlDocument> ClickAsync(IHtmlDocument page, string link, string within = "main") =>
        OpenAsync(page.QuerySelectorAll($"{within} a").First(anchor => Text(anchor) == link).GetAttribute("href")!);

    private static IEnumerable<string> Winners(IHtmlDocument page) => page.QuerySelectorAll(".votes tbody .swatch").Select(swatch => swatch.ClassList[swatch.ClassList.Length - 1]).Order();

    private static IEnumerable<string> Names(IHtmlDocument page) => page.QuerySelectorAll(".slices tbody th").Select(Text);

    /// <summary>The words a person reads.</summary>
    private static string Text(INode? node) => string.Join(' ', node!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
