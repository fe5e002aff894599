using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using PixelPost.EvalPortal.Api.Endpoints;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Exports;
using PixelPost.EvalPortal.Tests.Material;
using PixelPost.EvalPortal.Tests.Systems;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>Once round by the API alone; raters are simulated, and what is read is compared with what the pages' stores say.</summary>
public sealed class ApiLoopTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    private const int Prompts = 6;

    [Fact]
    public async Task Loop_FromImagesToATraining_RunsThroughTheApi()
    {
        using var script = await portal.ScriptAsync();
        using var images = new SourceFolder();
        await ImportAsync(script, images, "Birds", "old", "new");

        var study = (long)(await (await script.PostAsync("studies", """{"name": "Old or new", "preset": "two-models", "system_a": "old", "system_b": "new", "votes_per_comparison": 4}""")).JsonAsync())["study_id"]!;
        Assert.Contains("study " + study, await (await script.PostAsync("studies", """{"name": "Old or new", "system_a": "old", "system_b": "new"}""")).RefusalAsync(409), StringComparison.Ordinal);
        await ChangeAndStartAsync(script, study);
        await SimulateAsync(study);

        await AssertStatusAsync(script, study);
        await AssertResultsAsync(script, study);
        await AssertVotesAsync(script, study);
        foreach (var (extension, start) in new[] { ("html", "<!DOCTYPE html>"), ("pdf", "%PDF"), ("md", "#"), ("tex", "%") })
            Assert.StartsWith(start, await script.GetStringAsync($"studies/{study}/report.{extension}?votes=simulated"), StringComparison.Ordinal);
        await TrainAsync(script, await FreezeAsync(script, study));
    }

    [Fact]
    public async Task Leaderboard_OfThreeSystems_IsMadeAndRanked()
    {
        using var script = await portal.ScriptAsync();
        using var images = new SourceFolder();
        await ImportAsync(script, images, "Trees", "x", "y", "z");

        var group = await (await script.PostAsync("study-groups", """{"name": "All", "preset": "leaderboard", "systems": ["x", "y", "z"], "votes_per_comparison": 3}""")).JsonAsync();
        foreach (var study in group["studies"]!.AsArray())
        {
            await (await script.PostAsync($"studies/{study!["study_id"]}/start", "")).JsonAsync();
            await SimulateAsync((long)study["study_id"]!);
        }

        Assert.Equal(3, group["studies"]!.AsArray().Count);
        var ranking = (await script.ReadAsync($"study-groups/{group["study_group_id"]}/ranking?votes=simulated"))[0]!;
        Assert.Equal("appeal", (string?)ranking["axis"]);
        Assert.Equal(["x", "y", "z"], ranking["systems"]!.AsArray().Select(system => (string)system!["system"]!).Order());
        Assert.Equal(3 * Prompts * 3, (int)ranking["votes"]!);
        Assert.Contains("Linked studies", await (await script.PostAsync("study-groups", """{"name": "Two", "preset": "two-models"}""")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("called 'All' already", await (await script.PostAsync("study-groups", """{"name": "All", "preset": "leaderboard", "systems": ["x", "y", "z"]}""")).RefusalAsync(409), StringComparison.Ordinal);
    }

    private static async Task ImportAsync(HttpClient script, SourceFolder images, string set, params string[] systems)
    {
        var prompts = string.Concat(Enumerable.Range(1, Prompts).Select(i => $"p{i},{set} number {i}\n"));
        for (var i = 0; i < 2; i++) // sent twice, it is one
            Assert.Equal(i == 0 ? HttpStatusCode.Created : HttpStatusCode.OK, (await script.PostAsync($"prompt-sets?name={set}&file=prompts.csv", new StringContent($"prompt_id,prompt\n{prompts}"))).StatusCode);
        foreach (var (s, system) in systems.Index())
        {
            for (var i = 1; i <= Prompts; i++)
                images.AddImage($"{system}/p{i}.png", (s * 40) + i + (set.Length * 5));
        }
        var import = (long)(await (await script.PostAsync("imports", $$"""{"prompt_set": "{{set}}"}""", set)).JsonAsync())["import_id"]!;
        var zip = await File.ReadAllBytesAsync(images.ToZip());
        var half = zip.Length / 2;
        await script.PutAsync($"imports/{import}/files?path=images.zip", new ByteArrayContent(zip, 0, half));
        Assert.Contains($"at={half}", await (await script.PutAsync($"imports/{import}/files?path=images.zip&at=1", new ByteArrayContent(zip))).RefusalAsync(409), StringComparison.Ordinal);
        var sent = await (await script.PutAsync($"imports/{import}/files?path=images.zip&at={half}", new ByteArrayContent(zip, half, zip.Length - half))).JsonAsync();
        Assert.Equal(zip.Length, (int)sent["length"]!);
        Assert.Contains("from there it cannot", await (await script.PostAsync($"imports/{import}/take", "")).RefusalAsync(409), StringComparison.Ordinal);
        await (await script.PostAsync($"imports/{import}/check", "")).JsonAsync();
        var found = await WaitAsync(script, $"imports/{import}", "checked");
        Assert.Equal(Prompts * systems.Length, (int)found["summary"]!["new"]!);
        Assert.Equal(Prompts * systems.Length, CsvText.Read(await script.GetStringAsync($"imports/{import}/report.csv")).Count);
        await (await script.PostAsync($"imports/{import}/take", "")).JsonAsync();
        await WaitAsync(script, $"imports/{import}", "taken");
        Assert.Equal("taken", (string?)(await (await script.PostAsync($"imports/{import}/take", "")).JsonAsync())["state"]);
        var made = (await script.ReadAsync("systems")).AsArray().Where(system => systems.Contains((string)system!["name"]!)).ToList();
        Assert.All(made, system => Assert.Equal(Prompts, (int)system!["images"]!));
        Assert.Equal(Prompts, (await script.ReadAsync($"systems/{made[0]!["system_id"]}/images")).AsArray().Count);
    }

    private static async Task ChangeAndStartAsync(HttpClient script, long study)
    {
        var draft = await (await script.SendAsync(HttpMethod.Patch, $"studies/{study}", """{"votes_per_comparison": 3, "axes": [{"axis": "flaws", "flaw_strip": true}]}""")).JsonAsync();
        Assert.Equal((3, "draft", 2), ((int)draft["votes_per_comparison"]!, (string?)draft["state"], draft["axes"]!.AsArray().Count));
        Assert.True((bool)draft["axes"]![0]!["flaw_strip"]!);
        Assert.Equal("Votes per comparison", (string?)draft["deviations"]!.AsArray().Single(deviation => (string?)deviation!["study"] == "3")!["setting"]);
        for (var i = 0; i < 2; i++) // what runs stays as it is
            Assert.Equal("running", (string?)(await (await script.PostAsync($"studies/{study}/start", "")).JsonAsync())["state"]);
        await (await script.SendAsync(HttpMethod.Patch, $"studies/{study}", """{"name": "late"}""")).RefusalAsync(409);
        Assert.Contains(draft["rater_link"]!.ToString(), await LinksAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await script.DeleteAsync($"studies/{study}/personal-links/2")).StatusCode);
        Assert.Equal("revoked", (string?)(await script.ReadAsync($"studies/{study}/personal-links"))[1]!["state"]);

        async Task<string> LinksAsync()
        {
            for (var i = 0; i < 2; i++)
                Assert.Equal(3, (await (await script.SendAsync(HttpMethod.Put, $"studies/{study}/personal-links", """{"total": 3}""")).JsonAsync()).AsArray().Count);
            return (string)(await script.ReadAsync($"studies/{study}/personal-links"))[0]!["link"]!;
        }
    }

    private async Task SimulateAsync(long studyId) => await portal.Get<SimulationRunner>().RunAsync(
        new SimulationOrder { Study = (await portal.Get<StudyStore>().FindAsync(studyId))!, Raters = 6, Seed = 3, Traits = new RaterTraits { StrengthB = 2, TieWidth = 0.1 } },
        (_, _) => { });

    private async Task AssertStatusAsync(HttpClient script, long study)
    {
        var status = await script.ReadAsync($"studies/{study}/status");
        var stored = (await portal.Get<ProgressStore>().ListAsync(study)).ToDictionary(axis => axis.Axis);
        foreach (var axis in status["axes"]!.AsArray())
        {
            var (known, name) = (stored[Enum.Parse<Axis>((string)axis!["axis"]!, ignoreCase: true)], (string)axis["axis"]!);
            Assert.Equal((name, known.SimulatedVotes, known.VotesWanted, 0), (name, (int)axis["simulated_votes"]!, (int)axis["votes_wanted"]!, (int)axis["votes"]!));
        }
        Assert.Equal(0, (int)status["loss_ledger"]!["lost"]!);
    }

    private async Task AssertResultsAsync(HttpClient script, long studyId)
    {
        var results = await script.ReadAsync($"studies/{studyId}/results?votes=simulated");
        var study = (await portal.Get<StudyStore>().FindAsync(studyId))!;
        var report = StudyReport.Of(await portal.Get<ResultsStore>().ReadAsync(study), VoteSource.Simulated, Exclusions.Applied);
        Assert.Equal(("old", "new", "simulated", true, "none"), (
            (string?)results["system_a"], (string?)results["system_b"], (string?)results["votes"], (bool)results["counts_simulated"]!, (string?)results["exclusions"]!["exclusion_set"]));
        foreach (var (axis, told) in report.Axes.Zip(results["axes"]!.AsArray()))
        {
            var decisions = told!["decisions"]!;
            Assert.Equal(
                (axis.Decisions.A, axis.Decisions.B, axis.Decisions.Tie, axis.Decisions.Split, axis.Decisions.Reject),
                ((int)decisions["a"]!, (int)decisions["b"]!, (int)decisions["tie"]!, (int)decisions["split"]!, (int)decisions["reject"]!));
            Assert.Equal(Prompts, axis.Decisions.Total + (int)told["undecided"]!);
            Assert.Equal(axis.NetWinRate.Value, (double?)told["net_win_rate"]!["value"]);
            Assert.Equal(axis.NetWinRate.Interval?.Lower, (double?)told["net_win_rate"]!["low"]);
            Assert.Equal(axis.AdjustedPValue, (double?)told["adjusted_p_value"]);
        }
        Assert.All((await script.ReadAsync($"studies/{studyId}/results"))["axes"]!.AsArray(), axis => Assert.Equal(Prompts, (int)axis!["undecided"]!)); // nobody voted
    }

    private static async Task AssertVotesAsync(HttpClient script, long study)
    {
        await Task.Delay(VoteEndpoints.Settles + TimeSpan.FromMilliseconds(200));
        var (followed, after, more) = (new List<JsonNode>(), "", true);
        while (more)
        {
            var page = await script.ReadAsync($"studies/{study}/votes?limit=7&after={after}");
            followed.AddRange(page["votes"]!.AsArray().Select(vote => vote!));
            (after, more) = ((string)page["next"]!, (bool)page["more"]!);
        }
        Assert.Empty((await script.ReadAsync($"studies/{study}/votes?after={after}"))["votes"]!.AsArray());
        var table = CsvText.Read(await script.GetStringAsync($"studies/{study}/export/votes.csv"));
        Assert.Equal(2 * 3 * Prompts, table.Count(row => row["counts"] == "true"));
        Assert.Equal(table.Select(row => row["vote_id"]), followed.Select(vote => (string)vote["vote_id"]!));
        Assert.Equal(table[0].Keys.Order(), followed[0].AsObject().Select(field => field.Key).Order());
        var lines = (await script.GetStringAsync($"studies/{study}/export/votes.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(table.Count, lines.Length);
        Assert.StartsWith("PAR1", await script.GetStringAsync($"studies/{study}/export/decisions.parquet"), StringComparison.Ordinal);
    }

    private static async Task<long> FreezeAsync(HttpClient script, long study)
    {
        const string Rules = """{"votes": "simulated", "min_votes": 2}""";
        var preview = await (await script.PostAsync($"studies/{study}/preference-sets/preview", Rules)).JsonAsync();
        var left = preview["left_out"]!;
        Assert.Equal(Prompts, (int)preview["pairs"]! + new[] { "ties", "splits", "rejects", "unvoted", "too_few_votes", "conflicts", "low_agreement" }.Sum(reason => (int)left[reason]!));
        var first = await script.PostAsync($"studies/{study}/preference-sets", Rules);
        var second = await script.PostAsync($"studies/{study}/preference-sets", Rules);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var set = await first.JsonAsync();
        Assert.Equal(set.ToJsonString(), (await second.JsonAsync()).ToJsonString());
        Assert.Equal((string?)preview["sha256"], (string?)set["sha256"]);
        await (await script.PostAsync($"studies/{study}/preference-sets", """{"votes": "simulated", "min_votes": 2, "sha256": "00"}""")).RefusalAsync(409);
        Assert.Equal((int)set["pairs"]!, CsvText.Read(await script.GetStringAsync($"preference-sets/{set["preference_set_id"]}/pairs.csv")).Count);
        return (long)set["preference_set_id"]!;
    }

    private async Task TrainAsync(HttpClient script, long set)
    {
        var folder = Path.Combine(portal.Get<DataFolder>().Root, "models", "base");
        ModelFiles.WriteFolder(folder);
        await portal.Get<ModelStore>().AddAsync("base", "models/base", "aa");
        string Order(string settings) => string.Create(CultureInfo.InvariantCulture, $$"""{"name": "trained", "preference_set_id": {{set}}, "preset": "paper-dit", "settings": {{settings}} }""");

        Assert.Contains("did you mean 'steps'", await (await script.PostAsync("training-jobs", Order("""{"stepps": 5}"""), "wrong")).RefusalAsync(422), StringComparison.Ordinal);
        var first = await script.PostAsync("training-jobs", Order("""{"steps": 5, "hold_out": 0}"""), "train");
        var again = await script.PostAsync("training-jobs", Order("""{"steps": 5, "hold_out": 0}"""), "train");

        var job = await first.JsonAsync();
        Assert.Equal(job.ToJsonString(), (await again.JsonAsync()).ToJsonString());
        Assert.Equal(("trained", "train", "queued"), ((string?)job["name"], (string?)job["kind"], (string?)job["state"]));
        Assert.Single((await script.ReadAsync("jobs")).AsArray());
        Assert.Equal("base", (string?)(await script.ReadAsync($"models/{job["model_id"]}"))["name"]);
        Assert.Empty((await script.ReadAsync($"jobs/{job["job_id"]}/metrics")).AsArray());
        Assert.Equal(HttpStatusCode.OK, (await script.GetAsync($"jobs/{job["job_id"]}/log")).StatusCode);
        // The model is no model: the worker says so, unless it is stopped first.
        Assert.Contains((await script.PostAsync($"jobs/{job["job_id"]}/cancel", "")).StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict });
        Assert.Contains(await EndAsync(), new[] { "cancelled", "failed" });

        async Task<string> EndAsync()
        {
            for (var i = 0; i < 300; i++)
            {
                if ((string)(await script.ReadAsync($"jobs/{job["job_id"]}"))["state"]! is not ("queued" or "running") and var state)
                    return state;
                await Task.Delay(200);
            }
            throw new TimeoutException("The job did not end.");
        }
    }

    private static async Task<JsonNode> WaitAsync(HttpClient script, string path, string state)
    {
        for (var i = 0; i < 150; i++)
        {
            var now = await script.ReadAsync(path);
            Assert.NotEqual("failed", (string?)now["state"]);
            if ((string?)now["state"] == state)
                return now;
            await Task.Delay(200);
        }
        throw new TimeoutException($"{path} did not become {state}.");
    }
}
