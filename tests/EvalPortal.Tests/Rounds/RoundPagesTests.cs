using Bunit;
using Microsoft.Extensions.Logging.Abstractions;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Shell;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.Rounds;

/// <summary>The pages after a training: comparing, the round, preference sets, models.</summary>
public sealed class RoundPagesTests : LoopPageTests
{
    private long _job;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        _job = await TrainAsync();
        await SucceedAsync();
    }

    [Fact]
    public async Task Compare_Clicked_OrdersBothModelsAndOpensTheRound()
    {
        var page = OpenCompare();
        Assert.Equal(["a fox", "a hen", "a cat"], page.FindAll(".prompts li").Select(prompt => prompt.TextContent));

        await Input(page, "Seeds").ChangeAsync("5, 6");
        await Input(page, "Name of the new study").ChangeAsync("After training");
        await page.Find("input[type=checkbox]").ChangeAsync(true);
        await Button(page, "Compare old and new").ClickAsync();

        var round = (await Get<RoundStore>().FindByStudyNameAsync("After training"))!;
        Assert.Equal(($"/rounds/{round.RoundId}", true), (Address, round.OpensAtOnce));
        var job = (await Get<JobStore>().FindAsync(round.OldJobId))!;
        Assert.Equal(6, File.ReadLines(Folder(job).Prompts).Count());
    }

    [Fact]
    public async Task Compare_WrongSeeds_IsASentenceAndNoJob()
    {
        var page = OpenCompare();

        await Input(page, "Seeds").ChangeAsync("some");
        await Button(page, "Compare old and new").ClickAsync();

        Assert.Contains("'some' is not a whole number", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Single(await Get<JobStore>().ListAsync());
    }

    [Fact]
    public async Task Compare_JobThatIsNotDone_SaysThereIsNothing()
    {
        var waiting = await TrainAsync("waiting");

        var page = Open<ComparePage>($"/jobs/{waiting}/compare", p => p.Add(x => x.JobId, waiting));

        Assert.Contains("There is nothing to compare", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Round_FollowsFromImagesToStudyByItself()
    {
        var round = await CompareAsync();
        var page = Open<RoundPage>($"/rounds/{round.RoundId}", p => p.Add(x => x.RoundId, round.RoundId));
        Assert.Equal(["Waiting", "Waiting"], States(page));

        await SucceedAsync();
        await NextBeatAsync(page, () => Assert.Equal(["Done", "Waiting"], States(page)));
        await SucceedAsync();
        await Runner().AdvanceAsync();

        var study = (await Get<RoundStore>().FindAsync(round.RoundId))!.StudyId;
        await NextBeatAsync(page, () => Assert.NotEmpty(page.FindAll($".steps a[href='/studies/{study}']")));
    }

    [Fact]
    public async Task Round_Error_IsTriedAgainByAClick()
    {
        var round = await CompareAsync();
        await Get<RoundStore>().SetErrorAsync(round.RoundId, "The name is taken.");
        var page = Open<RoundPage>($"/rounds/{round.RoundId}", p => p.Add(x => x.RoundId, round.RoundId));
        Assert.Contains("The name is taken.", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);

        await Button(page, "Try again").ClickAsync();

        Assert.Null((await Get<RoundStore>().FindAsync(round.RoundId))!.Error);
        Assert.Empty(page.FindAll(".mud-alert"));
    }

    [Fact]
    public async Task Round_FailedJob_LeadsToItsPage()
    {
        var round = await CompareAsync();
        await Get<JobStore>().ClaimAsync();
        await Get<JobStore>().FinishAsync(round.OldJobId, RunState.Failed, exitCode: 2, "prompts.jsonl has no lines.");

        var page = Open<RoundPage>($"/rounds/{round.RoundId}", p => p.Add(x => x.RoundId, round.RoundId));

        Assert.Contains("prompts.jsonl has no lines.", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("a"), link => link.TextContent == "Resume this job" && link.GetAttribute("href") == $"/jobs/{round.OldJobId}");
    }

    [Fact]
    public async Task PreferenceSet_ShowsWhatWasFrozen()
    {
        var set = Assert.Single(await Get<PreferenceSetStore>().ListAsync(Study.StudyId));

        var page = Open<PreferenceSetPage>($"/preference-sets/{set.PreferenceSetId}", p => p.Add(x => x.PreferenceSetId, set.PreferenceSetId));

        Assert.Equal(set.Sha256, page.Find(".hash").TextContent);
        Assert.Single(page.FindAll(".pairs figure"));
        Assert.Equal("1 pair", page.Find("[aria-current=page]").TextContent);
        Assert.Empty(page.FindAll(".simulated"));
    }

    [Fact]
    public async Task Models_ListWhereEachIsFrom_AndMarkSimulatedVotes()
    {
        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "a", simulated: true);
        await TrainAsync("by simulation", VoteSource.Simulated);
        await SucceedAsync();

        var page = Open<ModelsPage>("/models", _ => { });

        Assert.Equal(["by simulation", "tuned", "base"], page.FindAll("td:first-child a").Select(link => link.TextContent));
        Assert.Equal([true, false, false], page.FindAll("tbody tr").Select(row => row.QuerySelector(".simulated") is not null));
        Assert.Equal(["training of base", "training of base", "outside"], page.FindAll("td[data-label=From]").Select(from => from.TextContent.Trim()));
    }

    [Fact]
    public void Lineage_OfAJob_LinksEveryStationAndMarksThisOne()
    {
        var trail = Open<LineageTrail>($"/jobs/{_job}", p => p.Add(x => x.JobId, _job));

        Assert.Equal(["Votes of Round 1", "1 pair", "Training", "tuned"], trail.FindAll("li").Select(station => station.TextContent.Trim()));
        Assert.Equal("Training", trail.Find("[aria-current=page]").TextContent);
        Assert.Equal($"/studies/{Study.StudyId}", trail.Find("a").GetAttribute("href"));
    }

    private IRenderedComponent<ComparePage> OpenCompare() => Open<ComparePage>($"/jobs/{_job}/compare", page => page.Add(p => p.JobId, _job));

    private async Task<Round> CompareAsync()
    {
        var orders = Get<RoundOrders>();
        var pair = (await orders.FindModelsAsync(_job))!;
        return (await Get<RoundStore>().FindAsync(await orders.CompareAsync(pair, await orders.DraftAsync(pair), createdByAccountId: null)))!;
    }

    private RoundRunner Runner() =>
        new(Get<RoundStore>(), Get<SystemStore>(), Get<StudyStore>(), Get<ComparisonStore>(), Get<StudyItems>(), Clock, NullLogger<RoundRunner>.Instance);

    private static IEnumerable<string> States(IRenderedComponent<RoundPage> page) => page.FindAll(".state").Select(state => state.TextContent.Trim());

    private async Task NextBeatAsync(IRenderedComponent<RoundPage> page, Action assert)
    {
        Clock.Advance(LivePage.Beat);
        await page.WaitForAssertionAsync(assert);
    }
}
