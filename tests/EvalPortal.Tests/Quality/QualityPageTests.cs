using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class QualityPageTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private readonly BunitContext _browser = new();
    private JudgedStudy _judged = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 12);
        _browser.Services.AddMudServices();
        _browser.Services.AddSingleton(Db).AddSingleton<TimeProvider>(Clock);
        _browser.Services.AddSingleton<StudyStore>().AddSingleton<ComparisonStore>().AddSingleton<SystemStore>().AddSingleton<LineageStore>();
        _browser.Services.AddSingleton<ResultsStore>().AddSingleton<ExclusionStore>().AddSingleton<RaterAnswerStore>().AddSingleton<PlanStore>();
        _browser.Services.AddStudyPages();
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _browser.AddAuthorization().SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, $"{_judged.Researcher}"));
        _browser.Render<MudPopoverProvider>();
    }

    public override async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Page_Raters_ShowsWhatIsKnownAndSaysWhatIsNot()
    {
        await _judged.RateAsync("aab");
        var rater = await _judged.PseudonymAsync(await _judged.RateAsync("bbb"));

        var page = Open();

        var row = Row(page, rater);
        Assert.Equal(["3", "33.3 % [6.1, 79.2] others 33.3 %", "0.0 % [0.0, 56.1]", "unknown", "unknown", "4.0 s", "3 of 3"], row.QuerySelectorAll("td").Take(7).Select(Text));
        Assert.Equal("This rater has answered no gold comparison.", row.QuerySelectorAll("td")[4].GetAttribute("title"));
        Assert.Contains("No rater stands out.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("No rater of this study was ever excluded.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("no rater excluded", Text(page.Find("#effect ~ p")), StringComparison.Ordinal);
    }

    /// <summary>By hand: a a b against b b b is split, split, b, so net = −1/3; without the first rater b wins three times: −1.</summary>
    [Fact]
    public async Task Exclude_WithReason_ShowsBeforeAndAfterUntilItIsLifted()
    {
        var rater = await _judged.PseudonymAsync(await _judged.RateAsync("aab"));
        await _judged.RateAsync("bbb");
        var page = Open();
        Assert.Equal(["all raters"], page.FindAll(".effect tbody tr").Take(1).Select(row => Text(row.QuerySelector("td"))));

        await Button(page, $"Exclude {rater}").ClickAsync();
        await page.Find(".exclusion-form textarea").ChangeAsync("Answered during a call.");
        await page.Find(".exclusion-form").SubmitAsync();

        Assert.Contains("without 1 excluded rater (3 votes)", Text(page.Find("#effect ~ p")), StringComparison.Ordinal);
        Assert.Equal(
            ["before: all raters −33.3 3 6 0", "after: without the excluded −100.0 3 3 3"],
            page.FindAll(".effect tbody tr").Take(2).Select(Effect));
        Assert.Contains("Exclusion by hand alone leaves out 50.0 %", Text(page.FindAll(".mud-alert")[1]), StringComparison.Ordinal);
        var listed = page.FindAll(".exclusions tbody tr").Single();
        Assert.Equal([rater, "in force", "by hand", "Answered during a call.", "just now by Ada", ""], listed.QuerySelectorAll("th, td").Take(6).Select(Text));

        await Button(page, $"Count again: {rater}").ClickAsync();

        Assert.Contains("no rater excluded", Text(page.Find("#effect ~ p")), StringComparison.Ordinal);
        Assert.Equal([rater, "lifted", "by hand", "Answered during a call.", "just now by Ada", "just now by Ada"], page.FindAll(".exclusions tbody tr").Single().QuerySelectorAll("th, td").Take(6).Select(Text));
        Assert.Empty(page.FindAll(".mud-alert"));
        Assert.NotNull(Button(page, $"Exclude {rater}"));
    }

    [Fact]
    public async Task Exclude_WithoutReason_SaysThatOneIsNeeded()
    {
        var rater = await _judged.PseudonymAsync(await _judged.RateAsync("aab"));
        var page = Open();

        await Button(page, $"Exclude {rater}").ClickAsync();
        await page.Find(".exclusion-form").SubmitAsync();

        Assert.Contains("Say why this rater is left out", page.Find(".exclusion-form .mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Empty(await _judged.Exclusions.ListAsync(_judged.Study.StudyId));

        await page.FindAll(".exclusion-form button").Single(button => Text(button) == "Cancel").ClickAsync();
        Assert.Empty(page.FindAll(".exclusion-form"));
    }

    [Fact]
    public async Task Exclude_ForAFlag_TakesItsRuleAndWords()
    {
        var rater = await _judged.RateAsync("aaaaaaaaaaaa"); // system A always stood left
        var pseudonym = await _judged.PseudonymAsync(rater);
        foreach (var letters in (string[])["abababababab", "abababababab", "abababababab"])
            await _judged.RateAsync(letters);
        var page = Open();
        var flag = page.FindAll(".flags li").Single(flag => flag.TextContent.Contains("Chose the left image 12 times and", StringComparison.Ordinal));

        await flag.QuerySelector("button")!.ClickAsync();
        await page.Find(".exclusion-form").SubmitAsync();

        var exclusion = Assert.Single(await _judged.Exclusions.ListAsync(_judged.Study.StudyId));
        Assert.Equal((rater.RaterId, RaterFlagKind.SideBias, "Ada"), (exclusion.RaterId, exclusion.Flag, exclusion.ExcludedBy));
        Assert.StartsWith("Chose the left image 12 times and the right one 0 times", exclusion.Reason, StringComparison.Ordinal);
        Assert.Contains("Excluded.", page.FindAll(".flags li")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("excluded", Text(Row(page, pseudonym).QuerySelector("th")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exclude_SomebodyElseWasFaster_SaysSoAndShowsIt()
    {
        var rater = await _judged.RateAsync("aab");
        var pseudonym = await _judged.PseudonymAsync(rater);
        var page = Open();
        await Button(page, $"Exclude {pseudonym}").ClickAsync();
        await page.Find(".exclusion-form textarea").ChangeAsync("Answered during a call.");
        await _judged.ExcludeAsync(rater);

        await page.Find(".exclusion-form").SubmitAsync();

        Assert.Contains("excluded already", page.Find(".exclusion-form .mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".exclusions tbody tr"));
    }

    [Fact]
    public async Task Page_SimulatedRaters_AreApartAndCanBeExcludedWithoutAlarm()
    {
        await _judged.RateAsync("aab");
        var rater = await _judged.PseudonymAsync(await _judged.RateAsync("aab", simulated: true));
        Assert.DoesNotContain(rater, Open().Markup, StringComparison.Ordinal);

        var page = Open("?votes=simulated");
        await Button(page, $"Exclude {rater}").ClickAsync();
        await page.Find(".exclusion-form textarea").ChangeAsync("Not needed.");
        await page.Find(".exclusion-form").SubmitAsync();

        Assert.Contains("without 1 excluded rater (3 votes)", Text(page.Find("#effect ~ p")), StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".mud-alert"));
        Assert.Contains("no rater excluded", Text(Open().Find("#effect ~ p")), StringComparison.Ordinal);
    }

    private IRenderedComponent<QualityPage> Open(string query = "")
    {
        _browser.Services.GetRequiredService<NavigationManager>().NavigateTo($"/studies/{_judged.Study.StudyId}/quality{query}");
        return _browser.Render<QualityPage>(page => page.Add(p => p.StudyId, _judged.Study.StudyId));
    }

    private static IElement Row(IRenderedComponent<QualityPage> page, string rater) =>
        page.FindAll(".raters tbody tr").First(row => row.QuerySelector("th")?.TextContent.Contains(rater, StringComparison.Ordinal) == true);

    private static IElement Button(IRenderedComponent<QualityPage> page, string label) =>
        page.FindAll($"button[aria-label='{label}']")[0];

    /// <summary>Who is counted, the net win rate without its interval, compared, votes, left out.</summary>
    private static string Effect(IElement row)
    {
        var cells = row.QuerySelectorAll("td").Select(Text).ToList();
        return $"{cells[0]} {cells[1].Split('[')[0].Trim()} {cells[3]} {cells[4]} {cells[5]}";
    }

    private static string Text(INode? node) => string.Join(' ', node!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
