using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;
using PixelPost.EvalPortal.VoteImports;
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
        _browser.Services.AddSingleton<StudyStore>().AddSingleton<ComparisonStore>().AddSingleton<SystemStore>().AddSingleton<LineageStore>().AddSingleton<StudyAccess>().AddSingleton<VoteImportStore>().AddSingleton<BundleStore>();
        _browser.Services.AddSingleton<ResultsStore>().AddSingleton<ExclusionStore>().AddSingleton<RaterAnswerStore>().AddSingleton<FormAnswerStore>();
        _browser.Services.AddSingleton<ProgressStore>().AddSingleton<RecordedPickStore>().AddSingleton<PlanStore>();
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
        Assert.Contains("Whether the study changes over its course is unknown: it asks for fewer than 100 votes", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Whether raters change over their answers is unknown: nobody has given 24 answers yet.", page.Markup, StringComparison.Ordinal);
    }

    /// <summary>Of 120 votes that are wanted on each axis two raters give 80; one says b to the first half and a to the second.</summary>
    [Fact]
    public async Task Page_RaterWhoChanges_IsToldCalmlyWithTheTableBehind()
    {
        _judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 40);
        await _judged.RateAsync(new string('a', 40));
        var rater = await _judged.PseudonymAsync(await _judged.RateAsync(new string('b', 20) + new string('a', 20)));

        var page = Open();

        Assert.Contains("unknown until two blocks of 60 votes are full", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["1", "2, not full"], page.FindAll(".course tbody th").Select(Text));
        Assert.Equal(["60", "2", "33.3 %", "0.0 %", "0.0 %", "0.0 %", "unknown", "unknown"], page.FindAll(".course tbody tr")[0].QuerySelectorAll("td").Skip(1).Select(Text));
        var told = page.FindAll(".flags li").Single(line => line.TextContent.Contains("at the end", StringComparison.Ordinal) && line.TextContent.Contains(rater, StringComparison.Ordinal) && line.TextContent.Contains("left", StringComparison.Ordinal));
        Assert.Equal($"{rater}: the left image in 0 of 13 cases at the start, in 13 of 13 at the end, p < 0.001.", Text(told));
        var row = page.FindAll(".drifts tbody tr").Single(row => row.TextContent.Contains(rater, StringComparison.Ordinal));
        Assert.Equal(["40", "4.0 s → 4.0 s", "0.0 → 100.0 %", "0.0 → 100.0 %", "unknown", "unknown"], row.QuerySelectorAll("td").Select(Text));
        Assert.Empty(page.FindAll(".mud-alert"));
    }

    [Fact]
    public async Task Page_TextAlignment_ShowsAgreementAndEveryRater()
    {
        var study = await AlignmentStudy.AddAsync(Seeds, Db, Clock);
        await using var writer = new DbWriter(Db);
        var (assignments, votes, random) = (new AssignmentStore(Db, writer, Clock), new VoteStore(Db, writer, Clock), new Random(1));
        for (var i = 0; i < 3; i++)
        {
            var rater = await study.AddRaterAsync();
            await assignments.TakeAsync(rater, ahead: 2, random);
            foreach (var sheet in (await new SheetStore(Db, writer).ListHeldAsync(rater, random)).Values)
                await votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(sheet, Answer.Yes, i == 0 ? Answer.No : Answer.Yes));
        }

        var page = Open(studyId: study.Study.StudyId);

        Assert.Equal(["Same answer", "Krippendorff's alpha", "Gwet's AC1"], page.FindAll(".figures dt").Select(Text));
        Assert.StartsWith("0.67", Text(page.Find(".figures dd b")), StringComparison.Ordinal); // all agree on one question, one pair of three on the other
        Assert.Equal(3, page.FindAll(".raters tbody tr").Count);
        var odd = page.FindAll(".raters tbody tr").Single(row => Text(row).Contains("50.0 % [", StringComparison.Ordinal));
        Assert.Equal(["2", "0", "50.0 % [15.0, 85.0] others 100.0 %", "2.5 s", "yes, 50.0 % expected 100.0 %", "0.0"], odd.QuerySelectorAll("td").Take(6).Select(Text));
        Assert.Contains("No rater stands out.", page.Markup, StringComparison.Ordinal);

        await odd.QuerySelector("button")!.ClickAsync();
        await page.Find(".exclusion-form textarea").ChangeAsync("Answered during a call.");
        await page.Find(".exclusion-form").SubmitAsync();

        Assert.Contains("Exclusion by hand alone leaves out 33.3 %", Text(page.FindAll(".mud-alert")[1]), StringComparison.Ordinal);
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

    private IRenderedComponent<QualityPage> Open(string query = "", long? studyId = null)
    {
        var id = studyId ?? _judged.Study.StudyId;
        _browser.Services.GetRequiredService<NavigationManager>().NavigateTo($"/studies/{id}/quality{query}");
        return _browser.Render<QualityPage>(page => page.Add(p => p.StudyId, id));
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
