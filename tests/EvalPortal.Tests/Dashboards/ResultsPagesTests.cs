using System.Net;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Quality;

namespace PixelPost.EvalPortal.Tests.Dashboards;

/// <summary>The pages of results are links all the way down: the tests follow them as a person does.</summary>
public sealed class ResultsPagesTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private Seeds _seeds = null!;
    private Study _study = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _seeds = new Seeds(_portal.Services.GetRequiredService<Db>(), TimeProvider.System);
        _study = await _seeds.StudyAsync("a fox", "a hen", "a cat");
        _browser = await _portal.SignedInClientAsync(Role.Admin);
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _portal.DisposeAsync();
    }

    private string Results => $"/studies/{_study.StudyId}/results";

    [Fact]
    public async Task Results_NoVotes_SaysSoAndLeadsToTheLink()
    {
        var page = await OpenAsync(Results);

        Assert.Contains("No person has voted yet.", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(3, page.QuerySelectorAll(".comparisons tbody tr").Length);
        Assert.Contains("How raters get in", (await ClickAsync(page, "Send raters the link")).Body!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>Flaws: a, a, tie, so that net = 2/3; the interval is where Tango's score statistic is ±1.96.</summary>
    [Fact]
    public async Task Results_ClickOnOutcomes_LeadsToComparisonsAndVotes()
    {
        await VoteAsync((1, Axis.Flaws, "a"), (2, Axis.Flaws, "a"), (3, Axis.Flaws, "tie"), (2, Axis.Appeal, "b"));

        var page = await OpenAsync(Results);
        Assert.Contains("+66.7 [−26.9, 93.9]", Text(page.QuerySelector("svg.chart")), StringComparison.Ordinal);
        Assert.Contains("wins: 66.7 %, 2 of 3", Text(page.QuerySelector("svg.chart")!.QuerySelectorAll("title")[^1]), StringComparison.Ordinal);

        page = await ClickAsync(page, "A wins 2");
        Assert.Equal(["a fox", "a hen"], Prompts(page));
        page = await ClickAsync(page, "a fox");
        Assert.Equal(["Flaws: A wins", "Appeal: no votes"], page.QuerySelectorAll("h2").Select(Text));
        Assert.Equal(["left", "A", "A", "4.0 s"], page.QuerySelectorAll("tbody tr td").Skip(1).Take(4).Select(Text));
        Assert.Contains("1 of 2", page.Body!.TextContent, StringComparison.Ordinal);

        page = await ClickAsync(page, "Next");
        Assert.Equal("a hen", Text(page.QuerySelector("h1")));
        Assert.DoesNotContain(page.Links, link => Text(link) == "Next");
        page = await ClickAsync(page, _study.Name);
        Assert.Equal(["a fox", "a hen"], Prompts(page));
    }

    [Fact]
    public async Task Results_SimulatedVotes_AreLeftOutUntilAskedFor()
    {
        await VoteAsync((1, Axis.Flaws, "a"));
        await _seeds.VoteAsync(_study, 2, Axis.Flaws, "b", simulated: true);

        var page = await OpenAsync(Results);
        Assert.Null(page.QuerySelector(".simulated"));
        Assert.Equal(["All 3", "A wins 1", "B wins 0", "Tie 0", "Split 0", "Rejected 0", "No votes 2"], Outcomes(page));

        page = await ClickAsync(page, "Simulated votes 1");
        Assert.NotNull(page.QuerySelector(".simulated"));
        Assert.Equal(["All 3", "A wins 0", "B wins 1", "Tie 0", "Split 0", "Rejected 0", "No votes 2"], Outcomes(page));

        page = await ClickAsync(page, "Both 2");
        Assert.NotNull(page.QuerySelector(".simulated"));
        page = await ClickAsync(await ClickAsync(page, "B wins 1"), "a hen");
        Assert.Contains("S-", Text(page.QuerySelector("tbody td")), StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector("h2 .simulated"));
    }

    [Fact]
    public async Task Results_OnlySimulatedVotes_PeoplesAreEmptyAndTheOthersMarked()
    {
        var order = new SimulationOrder { Study = _study, Raters = 3, Seed = 1, Traits = new RaterTraits { StrengthB = 10, Lapse = 0, Reject = 0 } };
        await _portal.Services.GetRequiredService<SimulationRunner>().RunAsync(order, (_, _) => { });

        var page = await OpenAsync(Results);
        Assert.Contains("No person has voted yet.", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector(".simulated"));
        Assert.Contains("No votes 3", Outcomes(page));

        page = await ClickAsync(page, "Simulated votes 18");
        Assert.Contains("B wins 3", Outcomes(page));
        Assert.NotNull(page.QuerySelector(".simulated"));
        page = await ClickAsync(page, "a fox");
        Assert.Equal(2, page.QuerySelectorAll("h2 .simulated").Length);
    }

    [Fact]
    public async Task Results_VoteAfterTheFirstLook_IsCounted()
    {
        await VoteAsync((1, Axis.Flaws, "a"));
        await OpenAsync(Results);

        await VoteAsync((2, Axis.Flaws, "a"));

        Assert.Contains("A wins 2", Outcomes(await OpenAsync(Results)));
    }

    [Fact]
    public async Task Results_SortedByAxis_PutsTheClearestWinFirst()
    {
        await VoteAsync((1, Axis.Appeal, "b"), (2, Axis.Appeal, "a"), (3, Axis.Appeal, "tie"));

        var page = await ClickAsync(await OpenAsync(Results), "Appeal", within: "thead");
        Assert.Equal(["a hen", "a cat", "a fox"], Prompts(page));
        page = await ClickAsync(page, "Appeal ↓", within: "thead");
        Assert.Equal(["a fox", "a cat", "a hen"], Prompts(page));
    }

    [Fact]
    public async Task Results_SixtyComparisons_ArePaged()
    {
        _study = await _seeds.StudyAsync([.. Enumerable.Range(1, 60).Select(i => $"prompt {i}")]);

        var page = await OpenAsync(Results);
        Assert.Equal(50, Prompts(page).Count());
        Assert.Equal("prompt 51", Prompts(await ClickAsync(page, "2")).First());
    }

    [Fact]
    public async Task Comparison_ReplacedVote_IsShownAsSuch()
    {
        var raters = _portal.Services.GetRequiredService<RaterStore>();
        var session = await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _study.StudyId);
        var pair = await _seeds.AssignAsync(_study, 1, Axis.Flaws, session);
        var first = Guid.CreateVersion7();
        await _seeds.VoteAsync(pair, first, "a");
        await _seeds.VoteAsync(pair, Guid.CreateVersion7(), "reject", supersedes: first);

        var page = await ClickAsync(await OpenAsync(Results), "a fox");

        Assert.Equal("Flaws: rejected", Text(page.QuerySelector("h2")));
        Assert.Equal(["replaced by a later vote", ""], page.QuerySelectorAll("tbody tr td:last-child").Select(Text));
        Assert.Equal(["left", "reject: other"], page.QuerySelectorAll("tbody tr td:nth-child(2)").Select(Text));
    }

    [Fact]
    public async Task Results_ExcludedRater_IsNamedLeftOutAndCountedOnRequest()
    {
        var judged = await JudgedStudy.AddAsync(_portal.Services.GetRequiredService<Db>(), TimeProvider.System, _seeds, prompts: 2);
        var excluded = await judged.RateAsync("aa");
        await judged.RateAsync("bb");
        var address = $"/studies/{judged.Study.StudyId}/results";
        Assert.Contains("No rater is excluded.", Text((await OpenAsync(address)).Body), StringComparison.Ordinal);
        await judged.ExcludeAsync(excluded);

        var page = await OpenAsync(address);
        Assert.Contains("Figures are without 1 excluded rater (2 votes).", Text(page.Body), StringComparison.Ordinal);
        Assert.Contains("B wins 2", Outcomes(page));
        Assert.Contains("without 1 excluded rater (2 votes)", await FigureAsync(page), StringComparison.Ordinal);
        var comparison = await ClickAsync(page, "prompt 1");
        Assert.Equal("Flaws: B wins", Text(comparison.QuerySelector("h2")));
        Assert.Equal(["rater excluded: not counted", ""], comparison.QuerySelectorAll("tbody tr td:last-child").Select(Text));
        Assert.Equal(["void", null], comparison.QuerySelectorAll("tbody tr").Select(row => row.GetAttribute("class")));

        page = await ClickAsync(page, "Count them too");
        Assert.Contains("with 1 excluded rater (2 votes), as if nobody were excluded.", Text(page.Body), StringComparison.Ordinal);
        Assert.Contains("Split 2", Outcomes(page));
        Assert.Contains("with 1 excluded rater (2 votes)", await FigureAsync(page), StringComparison.Ordinal);
        comparison = await ClickAsync(page, "prompt 1");
        Assert.Equal("Flaws: split", Text(comparison.QuerySelector("h2")));
        Assert.Equal(["rater excluded, counted here", ""], comparison.QuerySelectorAll("tbody tr td:last-child").Select(Text));

        page = await ClickAsync(page, "Leave them out");
        Assert.Contains("B wins 2", Outcomes(page));
    }

    [Fact]
    public async Task Results_LockedPlan_SaysWhatIsAsPlannedAndWhatIsNot()
    {
        var judged = await JudgedStudy.AddAsync(_portal.Services.GetRequiredService<Db>(), TimeProvider.System, _seeds, prompts: 2);
        var (plans, address) = (_portal.Services.GetRequiredService<PlanStore>(), $"/studies/{judged.Study.StudyId}/results");
        Assert.Contains("No analysis plan is locked", Text((await OpenAsync(address)).Body), StringComparison.Ordinal);
        await plans.SaveAsync(judged.Study, new AnalysisPlan { Family = [Axis.Flaws], Test = PlannedTest.SignTest, PlannedComparisons = 2 });
        await plans.LockAsync(judged.Study, judged.Researcher);
        await judged.RateAsync("a");

        var page = await OpenAsync(address);
        Assert.Contains("Flaws: 1 of the planned 2 comparisons are compared. This is a look before the planned n.", Departures(page));
        Assert.Contains("not as planned, plan 1", await FigureAsync(page), StringComparison.Ordinal);

        await judged.RateAsync("aa");
        page = await OpenAsync(address);
        Assert.DoesNotContain(Departures(page), departure => departure.StartsWith("Flaws", StringComparison.Ordinal));
        await judged.ExcludeAsync(await judged.RateAsync("bb"));
        page = await OpenAsync(address);
        Assert.Contains("1 rater left out by a rule that the plan does not name: by hand.", Departures(page));
        page = await ClickAsync(page, "Count them too");
        Assert.Contains("1 excluded rater counted all the same: the plan leaves excluded raters out.", Departures(page));
        Assert.Contains("rule that the plan does not name", Text((await OpenAsync($"/studies/{judged.Study.StudyId}/quality")).Body), StringComparison.Ordinal);

        static IEnumerable<string> Departures(IHtmlDocument results) => results.QuerySelectorAll(".departures li").Select(Text);
    }

    [Fact]
    public async Task Results_QuestionOutsideThePlannedFamily_IsMarkedWhereItStands()
    {
        var judged = await JudgedStudy.AddAsync(_portal.Services.GetRequiredService<Db>(), TimeProvider.System, _seeds, prompts: 1);
        var plans = _portal.Services.GetRequiredService<PlanStore>();
        await plans.SaveAsync(_study, new AnalysisPlan { Family = [Axis.Flaws], Test = PlannedTest.VoteNetWinRate });
        await plans.LockAsync(_study, judged.Researcher);
        await VoteAsync((1, Axis.Flaws, "a"), (2, Axis.Flaws, "b"), (1, Axis.Appeal, "b"));

        var page = await OpenAsync(Results);

        Assert.Equal(["Flaws", "Appeal not planned"], page.QuerySelectorAll(".card h2").Select(Text));
        Assert.Equal(["Appeal is outside the planned family: its test is exploratory."], page.QuerySelectorAll(".departures li").Select(Text));
        Assert.Contains("Test of the net win rate in votes", page.QuerySelectorAll(".card dt").Select(Text));
    }

    [Fact]
    public async Task Results_EveryRaterExcluded_SaysWhyThereIsNothing()
    {
        var judged = await JudgedStudy.AddAsync(_portal.Services.GetRequiredService<Db>(), TimeProvider.System, _seeds, prompts: 1);
        await judged.ExcludeAsync(await judged.RateAsync("a"));

        var page = await OpenAsync($"/studies/{judged.Study.StudyId}/results");

        Assert.Contains("Every vote there is, is one of an excluded rater.", Text(page.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/studies/99")]
    [InlineData("/studies/99/results")]
    [InlineData("/studies/1/results/99")]
    [InlineData("/studies/99/figures")]
    [InlineData("/studies/99/figures/outcomes.svg")]
    [InlineData("/studies/1/figures/nonsense.svg")]
    [InlineData("/studies/1/figures/outcomes.gif")]
    [InlineData("/groups/99/systems")]
    public async Task Page_UnknownStudyOrComparison_IsNotFound(string address)
    {
        var answer = await _browser.GetAsync(address);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no such page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?votes=both", true)]
    public async Task Figure_SavedAsSvg_IsWellFormedAndSaysWhatItCounts(string query, bool simulated)
    {
        await VoteAsync((1, Axis.Flaws, "a"));
        await _seeds.VoteAsync(_study, 1, Axis.Appeal, "b", simulated: true);

        var answer = await _browser.GetAsync($"/studies/{_study.StudyId}/figures/outcomes.svg{query}");

        Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType!.MediaType);
        var svg = XDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("http://www.w3.org/2000/svg", svg.Root!.Name.NamespaceName);
        Assert.Contains("Flaws", svg.Root.Value, StringComparison.Ordinal);
        Assert.Contains("font/woff2;base64,d09GMg", svg.Root.Value, StringComparison.Ordinal); // the magic number of WOFF2
        Assert.Equal(simulated, svg.Root.Value.Contains("simulated votes", StringComparison.Ordinal));
        Assert.Empty(svg.Descendants().Attributes("href"));
    }

    private async Task<string> FigureAsync(IHtmlDocument page) =>
        await _browser.GetStringAsync(page.QuerySelectorAll("main a").First(anchor => Text(anchor) == "Figure").GetAttribute("href"));

    private async Task VoteAsync(params (int Comparison, Axis Axis, string Winner)[] votes)
    {
        foreach (var (comparison, axis, winner) in votes)
            await _seeds.VoteAsync(_study, comparison, axis, winner);
    }

    private async Task<IHtmlDocument> OpenAsync(string address) => await new HtmlParser().ParseDocumentAsync(await _browser.GetStringAsync(address));

    private Task<IHtmlDocument> ClickAsync(IHtmlDocument page, string link, string within = "main") =>
        OpenAsync(page.QuerySelectorAll($"{within} a").First(anchor => Text(anchor) == link).GetAttribute("href")!);

    private static IEnumerable<string> Prompts(IHtmlDocument page) => page.QuerySelectorAll(".row-link span").Select(Text);

    private static IEnumerable<string> Outcomes(IHtmlDocument page) => page.QuerySelectorAll("nav[aria-label=Outcome] a").Select(Text);

    /// <summary>The words a person reads.</summary>
    private static string Text(INode? node) => string.Join(' ', node!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
