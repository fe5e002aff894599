using Bunit;
using Microsoft.Extensions.Logging.Abstractions;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.Rounds;

/// <summary>The lineage of two rounds, the first of which trained twice on one set.</summary>
public sealed class LineagePathTests : LoopPageTests
{
    private long _first;
    private long _second;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        await TrainAsync("aside");
        await SucceedAsync();
        _first = await RoundAsync(Study, "tuned", Base);
        var study = (await Get<StudyStore>().FindByNameAsync("Round 2"))!;
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        _second = await RoundAsync(study, "tuned again", (await Get<ModelStore>().FindByJobAsync(_first))!);
    }

    [Fact]
    public async Task Graph_OfTheLastModel_LeadsBackToTheFirstVotesAndOnToItsReport()
    {
        var model = (await Get<ModelStore>().FindByJobAsync(_second))!;

        var rows = Rows(Open<LineageGraph>($"/models/{model.ModelId}", p => p.Add(x => x.ModelId, model.ModelId)));

        Assert.Equal(
            [
                ["Votes Round 1", "Preference set 1 pair", "Training tuned", "Checkpoint tuned", "Images 3 images", "Study Round 2", "Report Results"],
                ["Votes Round 2", "Preference set 1 pair", "Training tuned again", "Checkpoint tuned again", "Images 3 images", "Study Round 3", "Report Results"],
            ],
            rows.TakeLast(2).Select(row => row.Where(station => station.Length > 0)));
    }

    [Fact]
    public async Task Graph_OfTheBaseModel_DrawsWhatWaysShareOnce()
    {
        var graph = Open<LineageGraph>($"/models/{Base.ModelId}", p => p.Add(x => x.ModelId, Base.ModelId));

        var rows = Rows(graph);
        Assert.Equal(["Votes Round 1", "Preference set 1 pair", "Training aside", "Checkpoint aside"], rows[0]);
        Assert.Equal(["", "", "Training tuned"], rows[1].Take(3));
        var round = (await Get<StudyStore>().FindByNameAsync("Round 2"))!.StudyId;
        Assert.Contains(graph.FindAll("a"), link => link.GetAttribute("href") == $"/studies/{round}/results");
        Assert.All(graph.FindAll("a"), link => Assert.StartsWith("/", link.GetAttribute("href"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Graph_OfAKeptCheckpointAndItsImages_BelongsToItsTraining()
    {
        var job = (await Get<JobStore>().FindAsync(_first))!;
        var model = await Get<ModelStore>().AddAsync(new NewModel { Name = "step 100", Folder = "models/x", WeightsSha256 = "cc", CheckpointJobId = job.JobId, CheckpointStep = 100 });
        var system = await Get<SystemStore>().AddAsync("of step 100", model, "");

        var graph = Open<LineageGraph>($"/models/{model}", p => p.Add(x => x.ModelId, model));

        Assert.Equal(["Votes Round 1", "Preference set 1 pair", "Training tuned", "Checkpoint step 100", "Images 0 images"], Assert.Single(Rows(graph)));
        Assert.Equal("Checkpoint step 100", graph.Find("[aria-current=page]").TextContent);
        Assert.NotEqual(0, system);
    }

    private static List<List<string>> Rows(IRenderedComponent<LineageGraph> graph) =>
        [.. graph.FindAll("ol").Select(row => row.QuerySelectorAll("li").Select(station => station.TextContent.Trim()).ToList())];

    private async Task<long> RoundAsync(Study study, string name, Model model)
    {
        var preview = (await Get<TrainOrders>().FindMaterialAsync(study.StudyId, VoteSource.Real))!.Previews[0];
        var job = await Get<TrainOrders>().TrainAsync(
            new ChosenVotes(study, preview.Rule, VoteSource.Real, preview.Sha256), new TrainDraft { Name = name, ModelId = model.ModelId }, createdByAccountId: null);
        await SucceedAsync();
        var pair = (await Get<RoundOrders>().FindModelsAsync(job))!;
        var draft = await Get<RoundOrders>().DraftAsync(pair);
        draft.OpensAtOnce = true;
        await Get<RoundOrders>().CompareAsync(pair, draft, createdByAccountId: null);
        await SucceedAsync();
        await SucceedAsync();
        await new RoundRunner(Get<RoundStore>(), Get<SystemStore>(), Get<StudyStore>(), Get<ComparisonStore>(), Get<StudyItems>(), Clock, NullLogger<RoundRunner>.Instance).AdvanceAsync();
        return job;
    }
}
