using System.Text.Json;
using Bunit;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Shell;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Rounds;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class JobPagesTests : LoopPageTests
{
    private JobStore Jobs => Get<JobStore>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
    }

    [Fact]
    public async Task Job_Running_FollowsItsMetrics()
    {
        var job = await RunningAsync();
        var page = Open(job);
        Assert.Equal("Running", page.Find(".state").TextContent.Trim());
        Assert.Contains("Nothing measured yet.", page.Markup, StringComparison.Ordinal);

        Report(job, done: 120);
        Log(job, steps: 120);
        Clock.Advance(LivePage.Beat);

        await page.WaitForAssertionAsync(() => Assert.Contains("step 120 of 300, 3 min left", page.Find(".lead").TextContent, StringComparison.Ordinal));
        Assert.Equal(("120", "300"), (page.Find("progress").GetAttribute("value"), page.Find("progress").GetAttribute("max")));
        Assert.Contains("8.1 images/s", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Contains("412 MB", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Loss", "Implicit accuracy", "Margin", "Latent error"], page.FindAll(".curves figcaption > b").Select(title => title.TextContent));
        Assert.Equal("Loss: total 0.700, latent 0.600, pixel × 8 0.400 at step 120 of 300", page.Find(".curves > svg").GetAttribute("aria-label"));
        Assert.Equal("120", page.Find("details table tbody tr:last-child td").TextContent);
    }

    [Fact]
    public async Task Job_PixelTermChosenByTheWorker_TellsItAndWeighsItsCurve()
    {
        var job = await RunningAsync();
        var chosen = new PixelChoice { Budget = 0.1, Share = 0.5, PixelWeight = 4, PixelEvery = 13, PixelBelow = 0.41, PixelAtOnce = PixelAtOnce.Image, PixelControlVariate = PixelControlVariate.Decoder, Cost = 0.09, StandInCost = 0.03 };
        ContractJson.WriteFile(Folder(job).Options, new JobOptions
        {
            Job = new JobSpec { JobId = "job", Kind = JobKind.Train, Model = "model" },
            ModelSha256 = "",
            DataSha256 = "",
            Examples = 41,
            WorkerVersion = "",
            Torch = "",
            Threads = 2,
            Pixels = chosen,
        });
        Log(job, steps: 120);

        var page = Open(job);

        Assert.Contains("weight 4, 1 example in 13, cleaner 41 % of the schedule, a small decoder for the others, for 9 % more time", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Equal("Loss: total 0.700, latent 0.600, pixel × 4 0.200 at step 120 of 300", page.Find(".curves > svg").GetAttribute("aria-label"));

        ContractJson.WriteFile(Folder(job).Result, new JobResult { Output = "checkpoints/000300", ModelSha256 = "", PixelCost = 0.12, Done = 300, Elapsed = 60, FinishedAt = DateTimeOffset.UnixEpoch });
        Assert.Contains("for 9 % more time (it came to 12 %)", Open(job).Find(".facts").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_WorkerWarns_SaysSoAsLongAsItDoes()
    {
        var job = await RunningAsync();
        Log(job, steps: 5, line => line.Step == 5 ? line with { Warning = "It is forgetting how to draw." } : line);
        Assert.Equal("It is forgetting how to draw.", Assert.Single(Open(job).FindAll(".mud-alert")).TextContent.Trim());

        Log(job, steps: 6, line => line.Step == 5 ? line with { Warning = "It is forgetting how to draw." } : line);

        Assert.Empty(Open(job).FindAll(".mud-alert"));
    }

    [Fact]
    public async Task Job_LeftAndOpenedAgain_ShowsTheSame()
    {
        var job = await RunningAsync();
        Report(job, done: 120);
        Log(job, steps: 120);

        var page = Open(job);

        Assert.Contains("step 120 of 300", page.Find(".lead").TextContent, StringComparison.Ordinal);
        Assert.Equal(4, page.FindAll(".curves > svg").Count);
    }

    [Fact]
    public async Task Cancel_Clicked_IsAskedForOnce()
    {
        var job = await RunningAsync();
        var page = Open(job);

        await Button(page, "Cancel").ClickAsync();

        Assert.NotNull((await Jobs.FindAsync(job.JobId))!.CancelRequestedAt);
        Assert.Equal("Stopping", page.Find(".state").TextContent.Trim());
        Assert.False(HasButton(page, "Cancel"));
    }

    [Theory]
    [InlineData(RunState.Interrupted, "The worker was killed (signal 9, SIGKILL) at 120 of 300 (training).")]
    [InlineData(RunState.Failed, "Step 120: the loss is NaN, with '7'.")]
    [InlineData(RunState.Cancelled, null)]
    public async Task Resume_AfterAnEnd_QueuesTheSameJobAgain(RunState state, string? error)
    {
        var job = await RunningAsync();
        Report(job, done: 120);
        Directory.CreateDirectory(Folder(job).Checkpoint(100));
        await Jobs.FinishAsync(job.JobId, state, exitCode: 1, error);
        var page = Open(job);
        Assert.Equal(error is not null, page.FindAll(".mud-alert").Any(alert => alert.TextContent.Contains(error ?? "", StringComparison.Ordinal)));
        Assert.Contains("Goes on after step 100", page.Markup, StringComparison.Ordinal);

        await Button(page, "Resume").ClickAsync();

        Assert.Equal((RunState.Queued, job.Folder), ((await Jobs.FindAsync(job.JobId))!.State, job.Folder));
        Assert.Equal("Waiting", page.Find(".state").TextContent.Trim());
        Assert.False(HasButton(page, "Resume"));
    }

    [Fact]
    public async Task Job_Done_OffersTheComparisonAndNamesTheModel()
    {
        await TrainAsync();
        var job = await SucceedAsync();

        var page = Open(job);

        Assert.Equal($"/jobs/{job.JobId}/compare", Button(page, "Compare old and new").GetAttribute("href"));
        Assert.Contains("2 min", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Equal(("300", "tuned"), (page.Find("h2 ~ .mud-table td").TextContent, page.Find("h2 ~ .mud-table td:last-child").TextContent.Trim()));
        Assert.False(HasButton(page, "Resume"));
    }

    [Fact]
    public async Task Job_StatusThatCannotBeRead_IsASentence()
    {
        var job = await RunningAsync();
        File.WriteAllText(Folder(job).Status, "nonsense");

        var page = Open(job);

        Assert.StartsWith("The job's folder cannot be read", page.Find(".mud-alert").TextContent.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_Checkpoints_HaveTheirAccuracyAndTheBestIsNamed()
    {
        var job = await RunningAsync();
        foreach (var step in (int[])[50, 100, 150]) Directory.CreateDirectory(Folder(job).Checkpoint(step));
        Log(job, steps: 150, line => line.Step == 100 ? line with { HeldOutAccuracy = 0.7 } : line);

        var rows = Open(job).FindAll("td[data-label='Held-out accuracy']").Select(cell => cell.TextContent.Replace('\u00A0', ' '));

        Assert.Equal(["60.0 %", "70.0 %, best", "60.0 %"], rows);
    }

    [Fact]
    public async Task Job_Previews_AreShownNewestFirstWithTheirPrompts()
    {
        var job = await RunningAsync();
        foreach (var step in (int[])[100, 200])
        {
            Directory.CreateDirectory(Folder(job).Preview(step));
            File.WriteAllText(Path.Combine(Folder(job).Preview(step), "000000.png"), "");
        }
        Directory.CreateDirectory(Folder(job).Preview(300) + ".tmp");
        File.WriteAllText(Folder(job).PreviewPrompts, JsonSerializer.Serialize(new PromptLine { PromptId = "0", Prompt = "a fox", Seed = 0 }, ContractJson.Line) + "\n");

        var images = Open(job).FindAll(".gallery img");

        Assert.Equal([($"/jobs/{job.JobId}/previews/200/000000.png", "a fox"), ($"/jobs/{job.JobId}/previews/100/000000.png", "a fox")],
            images.Select(image => (image.GetAttribute("src"), image.GetAttribute("alt"))));
    }

    [Fact]
    public async Task Job_Log_ShowsItsLastLines()
    {
        var job = await RunningAsync();
        File.WriteAllLines(Folder(job).Log, Enumerable.Range(1, 500).Select(i => $"line {i}"));

        var log = Open(job).FindAll(".log")[^1].TextContent;

        Assert.EndsWith("line 499\nline 500", log, StringComparison.Ordinal);
        Assert.DoesNotContain("line 400\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_OnSimulatedVotes_IsMarked()
    {
        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "a", simulated: true);
        await TrainAsync("simulated", VoteSource.Simulated);
        var job = (await Jobs.ListAsync())[0];

        Assert.NotEmpty(Open(job).FindAll("h1 .simulated"));
        Assert.Equal("simulated", Browser.Render<JobsPage>().Find("tr:has(.simulated) a").TextContent);
    }

    [Fact]
    public async Task Jobs_List_SaysWhatEachIsAtAndLeadsThere()
    {
        var first = await RunningAsync();
        Report(first, done: 120);
        await TrainAsync("second");

        var page = Browser.Render<JobsPage>();

        Assert.Equal(["second"], page.FindAll(".queue a").Select(link => link.TextContent));
        Assert.Equal(["second", "tuned"], page.FindAll("tbody a").Select(link => link.TextContent));
        Assert.Equal($"/jobs/{first.JobId}", page.FindAll("tbody a")[1].GetAttribute("href"));
        Assert.Contains("1 job comes first", page.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("step 120 of 300", page.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);

        Report(first, done: 130);
        Clock.Advance(LivePage.Beat);
        await page.WaitForAssertionAsync(() => Assert.Contains("step 130 of 300", page.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Queue_Buttons_MoveAndCancelWaitingJobs()
    {
        foreach (var name in (string[])["one", "two", "three"])
            await TrainAsync(name);
        var page = Browser.Render<JobsPage>();
        Assert.Equal(["one", "two", "three"], Waiting(page));
        Assert.Equal(["Move one up", "Move three down"], page.FindAll(".queue button[disabled]").Select(button => button.GetAttribute("aria-label")));

        await page.Find("button[aria-label='Move three up']").ClickAsync();
        Assert.Equal(["one", "three", "two"], Waiting(page));
        await page.Find("button[aria-label='Move one down']").ClickAsync();
        Assert.Equal(["three", "one", "two"], Waiting(page));
        await page.Find("button[aria-label='Cancel one']").ClickAsync();
        Assert.Equal(["three", "two"], Waiting(page));
        Assert.Equal("three", (await Jobs.ClaimAsync())!.Name);
    }

    [Fact]
    public async Task TwoRuns_LaidOverEachOther_StandInTheAddressAndInEveryChart()
    {
        var job = await RunningAsync();
        Log(job, steps: 120);
        await TrainAsync("second");
        var other = (await Jobs.ClaimAsync())!;
        Log(other, steps: 200, line => line with { Loss = 0.5 });
        var page = Open(job);
        Assert.Empty(page.FindAll(".curves .other"));

        await page.Find(".field select").ChangeAsync($"{other.JobId}");
        Assert.Equal($"/jobs/{job.JobId}?with={other.JobId}", Address);

        page = Open<JobPage>(Address, p => p.Add(x => x.JobId, job.JobId));
        Assert.All(page.FindAll(".charts > figure"), chart => Assert.NotEmpty(chart.QuerySelectorAll("path.line.other")));
        Assert.StartsWith("Loss: total 0.700, latent 0.600, pixel × 8 0.400, other run, total 0.500", page.Find(".curves > svg").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Contains("A total", page.Find(".curves figcaption").TextContent, StringComparison.Ordinal);
        Assert.Contains("B total", page.Find(".curves figcaption").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be compared", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAgain_Clicked_OrdersANewJobAndOpensIt()
    {
        var job = await RunningAsync();
        await Jobs.FinishAsync(job.JobId, RunState.Failed, exitCode: 1, "Step 3: the loss is NaN.");

        await Button(Open(job), "Run again").ClickAsync();

        var again = (await Jobs.ListAsync())[0];
        Assert.Equal(("tuned (2)", RunState.Queued, $"/jobs/{again.JobId}"), (again.Name, again.State, Address));
        Assert.Equal(RunState.Failed, (await Jobs.FindAsync(job.JobId))!.State);
    }

    private static IEnumerable<string> Waiting(IRenderedComponent<JobsPage> page) => page.FindAll(".queue a").Select(link => link.TextContent);

    [Fact]
    public void Jobs_None_SaysHowToGetOne() =>
        Assert.Contains("Train from these votes", Browser.Render<JobsPage>().Markup, StringComparison.Ordinal);

    [Fact]
    public void Job_ThatIsNotThere_SaysSo() =>
        Assert.Contains("There is no such job", Browser.Render<JobPage>(page => page.Add(p => p.JobId, 99)).Markup, StringComparison.Ordinal);

    private IRenderedComponent<JobPage> Open(Job job) => Open<JobPage>($"/jobs/{job.JobId}", page => page.Add(p => p.JobId, job.JobId));

    private async Task<Job> RunningAsync()
    {
        await TrainAsync();
        return (await Jobs.ClaimAsync())!;
    }

    private void Report(Job job, int done) => ContractJson.WriteFile(Folder(job).Status, new JobStatus
    {
        State = JobState.Running,
        Phase = "training",
        Done = done,
        Total = 300,
        ImagesPerSecond = 8.1,
        SecondsLeft = 190,
        ResidentBytes = 412_000_000,
        UpdatedAt = Clock.GetUtcNow(),
    });

    private void Log(Job job, int steps, Func<MetricsLine, MetricsLine>? edit = null) => File.WriteAllText(Folder(job).Metrics, string.Concat(Enumerable.Range(1, steps).Select(step =>
        JsonSerializer.Serialize(
            (edit ?? (line => line))(JobWordsTests.Line(step, error: 0.2) with { LatentLoss = 0.6, PixelLoss = 0.05, ImplicitAccuracy = 0.75, ChosenError = 0.19, RejectedError = 0.21, Margin = 0.01, HeldOutAccuracy = step % 50 == 0 ? 0.6 : null }),
            ContractJson.Line) + "\n")));
}
