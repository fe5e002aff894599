using Bunit;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Quality;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class TrainPageTests : LoopPageTests
{
    [Fact]
    public async Task Start_AfterChoosing_QueuesThatJobAndOpensIt()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(Study, 2, Axis.Appeal, "b");
        var page = Open();

        await Choice(page, "DPO").ChangeAsync(true);
        await Input(page, "Steps").ChangeAsync("20");
        await page.Find("#setting-learning_rate").ChangeAsync("2e-5");
        await Input(page, "Name of the new model").ChangeAsync("my model");
        await Button(page, "Start training").ClickAsync();

        var job = Assert.Single(await Get<JobStore>().ListAsync());
        Assert.Equal(("my model", $"/jobs/{job.JobId}", Base.ModelId), (job.Name, Address, job.ModelId));
        Assert.Equal(
            new LoopSettings { Objective = Objective.Dpo, Steps = 20, LearningRate = 2e-5 },
            ContractJson.ReadFile<JobSpec>(Folder(job).Job).Training);
        var set = (await Get<PreferenceSetStore>().FindAsync(job.PreferenceSetId!.Value))!;
        Assert.Equal((AxisRule.FlawsThenAppeal, VoteSource.Real, 2), (set.AxisRule, set.VoteSource, set.PairCount));
        Assert.NotNull(set.CreatedByAccountId);
    }

    [Fact]
    public async Task Page_BeforeTheStart_ShowsPairsWhatIsLeftOutAndTheHash()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "tie");

        var page = Open("?decides=flaws");

        var material = (await Get<TrainOrders>().FindMaterialAsync(Study.StudyId, VoteSource.Real))!;
        Assert.Equal(material.Previews[0].Sha256, page.Find(".hash").TextContent);
        Assert.Equal(
            ["Pairs 1", "Ties 1", "Splits 0", "Rejected 0", "Undecided 1", "Comparisons 3"],
            page.FindAll(".left-out tr").Select(row => $"{row.QuerySelector("th")!.TextContent} {row.QuerySelector("td")!.TextContent}"));
        Assert.Equal("Chosen: a fox", page.Find(".pairs img.chosen").GetAttribute("alt"));
        Assert.Equal($"/images/{material.Previews[0].Pairs[0].ChosenSha256}.png", page.Find(".pairs img.chosen").GetAttribute("src"));
        Assert.Contains("flaws: 1 chosen, 0 rejected", page.Find(".pairs figcaption").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 of the pairs have fewer than the 3 votes", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decides_Clicked_StandsInTheAddress()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Appeal, "a");
        var page = Open();

        await Choice(page, "Appeal").ChangeAsync(true);

        Assert.Equal($"/studies/{Study.StudyId}/train?votes=real&decides=appeal", Address);
    }

    [Fact]
    public async Task Rules_Changed_StandInTheAddressAndAreCounted()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(Study, 1, Axis.Appeal, "b");
        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "a");
        var page = Open();

        await page.Find("#rule-conflicts").ChangeAsync("LeaveOut");
        Assert.Equal($"/studies/{Study.StudyId}/train?votes=real&decides=flaws_then_appeal&rules=conflicts.leave_out", Address);

        page = Open("?rules=conflicts.leave_out");
        Assert.Equal(
            ["Pairs 1", "Ties 0", "Splits 0", "Rejected 0", "In conflict 1", "Undecided 1", "Comparisons 3"],
            page.FindAll(".left-out tr").Select(row => $"{row.QuerySelector("th")!.TextContent} {row.QuerySelector("td")!.TextContent}"));
    }

    [Fact]
    public async Task OnlyFreeze_Clicked_MakesASetThatCanBeTrainedOnLater()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        await Button(Open("?rules=votes.1,agreement.50"), "Only freeze this set").ClickAsync();

        var set = Assert.Single(await Get<PreferenceSetStore>().ListAsync(Study.StudyId));
        Assert.Equal(($"/preference-sets/{set.PreferenceSetId}", 0.5), (Address, set.Rules.MinAgreement));
        Assert.Empty(await Get<JobStore>().ListAsync());

        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "a");
        var page = Open($"?set={set.PreferenceSetId}");
        Assert.Equal(set.Sha256, page.Find(".hash").TextContent);
        await Button(page, "Start training").ClickAsync();

        Assert.Equal(set.PreferenceSetId, Assert.Single(await Get<JobStore>().ListAsync()).PreferenceSetId);
    }

    [Fact]
    public async Task Preset_Chosen_SetsThePapersValues()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        var page = Open();

        await page.Find(".field select").ChangeAsync("paper-emu");

        Assert.Equal("2", Input(page, "Pixel weight").GetAttribute("value"));
        Assert.True(Choice(page, "SimPO + pixel").HasAttribute("checked"));
        Assert.Contains("100 epochs", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameThatIsTaken_IsSaidBeforeTheStart()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        var page = Open();

        await Input(page, "Name of the new model").ChangeAsync("base");

        Assert.Contains("There is a model called 'base' already", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void NoVotes_IsASentenceAndNoStart()
    {
        var page = Open();

        Assert.StartsWith("No comparison is decided", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.False(HasButton(page, "Start training"));
    }

    [Fact]
    public async Task OnlySimulatedVotes_AreNotTakenUnlessChosen_AndThenMarked()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a", simulated: true);

        var page = Open();
        Assert.Contains("choose the simulated votes", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".simulated"));

        page = Open("?votes=simulated");
        Assert.NotEmpty(page.FindAll("h1 .simulated"));
        await Button(page, "Start training").ClickAsync();

        var job = Assert.Single(await Get<JobStore>().ListAsync());
        Assert.Equal(VoteSource.Simulated, (await Get<PreferenceSetStore>().FindAsync(job.PreferenceSetId!.Value))!.VoteSource);
    }

    [Fact]
    public async Task WrongSetting_IsASentenceAndNoJob()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        var page = Open();

        await page.Find("#setting-beta").ChangeAsync("-1");
        await Button(page, "Start training").ClickAsync();

        Assert.Contains("beta is -1; it must be more than 0.", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Empty(await Get<JobStore>().ListAsync());
    }

    [Fact]
    public async Task VotesComeInWhileLooking_ShowsTheNewPairsInsteadOfStarting()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        var page = Open();
        var before = page.Find(".hash").TextContent;
        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "a");

        await Button(page, "Start training").ClickAsync();

        Assert.StartsWith("Votes have come in", page.Find(".mud-alert").TextContent.Trim(), StringComparison.Ordinal);
        Assert.NotEqual(before, page.Find(".hash").TextContent);
        await Button(page, "Start training").ClickAsync();
        Assert.Single(await Get<JobStore>().ListAsync());
    }

    [Fact]
    public async Task ExcludedRater_IsLeftOutNamedAndMakesASetOfItsOwn()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        await Button(Open(), "Start training").ClickAsync();
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 1);
        var raters = new RaterStore(Db, Clock);
        var rater = await raters.ConsentAsync((await raters.AddAsync(null)).RaterId, Study.StudyId);
        await Seeds.VoteAsync(await Seeds.AssignAsync(Study, 1, Axis.Flaws, rater), Guid.CreateVersion7(), "b");
        await judged.Exclusions.ExcludeAsync(Study.StudyId, rater.RaterId, null, "Pressed one key.", judged.Researcher);

        var page = Open();
        Assert.Contains("Decided without 1 excluded rater (1 vote).", page.Markup, StringComparison.Ordinal);
        await Input(page, "Name of the new model").ChangeAsync("another");
        await Button(page, "Start training").ClickAsync();

        // the pairs are the same, what was left out is not
        var sets = await Get<PreferenceSetStore>().ListAsync(Study.StudyId);
        Assert.Equal([("1", 1), ("none", 0)], sets.Select(set => (set.LeftOut.ExclusionSet, set.LeftOut.ExcludedVotes)));
        Assert.Single(sets.Select(set => set.Sha256).Distinct());
    }

    [Fact]
    public void StudyThatIsNotThere_SaysSo() =>
        Assert.Contains("There is no such study", Open<TrainPage>("/", page => page.Add(p => p.StudyId, 99)).Markup, StringComparison.Ordinal);

    private IRenderedComponent<TrainPage> Open(string query = "") =>
        Open<TrainPage>($"/studies/{Study.StudyId}/train{query}", page => page.Add(p => p.StudyId, Study.StudyId));
}
