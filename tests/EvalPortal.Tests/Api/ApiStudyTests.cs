using System.Net;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Bundles;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>What is done with a study through the API beside running it: plan, pilot, copy, exclusions; what comes in and goes out whole.</summary>
public sealed class ApiStudyTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    private Seeds Seeds => portal.Seeds;

    [Fact]
    public async Task Plan_WrittenLockedAndAmended_KeepsEveryVersion()
    {
        using var script = await AdminAsync();
        var plan = $"studies/{(await Seeds.StudyAsync("a fox", "a hen")).StudyId}/plan";
        Assert.Empty((await script.ReadAsync(plan)).AsArray());
        Assert.Contains("Nothing was planned", await (await script.PostAsync($"{plan}/lock", "")).RefusalAsync(409), StringComparison.Ordinal);

        var written = await (await script.SendAsync(HttpMethod.Patch, plan, """{"family": ["appeal"], "planned_comparisons": 2, "exclusion_rules": ["streak", "manual"]}""")).JsonAsync();
        var changed = await (await script.SendAsync(HttpMethod.Patch, plan, """{"significance": 0.01}""")).JsonAsync();
        var locked = await (await script.PostAsync($"{plan}/lock", "")).JsonAsync();
        var again = await (await script.PostAsync($"{plan}/lock", "")).JsonAsync();
        Assert.Contains("is an amendment", await (await script.SendAsync(HttpMethod.Patch, plan, "{}")).RefusalAsync(409), StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", await (await script.PostAsync($"{plan}/amendments", """{"reason": "Because."}""")).RefusalAsync(400), StringComparison.Ordinal);
        for (var i = 0; i < 2; i++) // sent twice, it is one
            await (await script.PostAsync($"{plan}/amendments", """{"planned_comparisons": 0, "reason": "Raters were few."}""", "first")).JsonAsync();

        Assert.Equal(["streak", "manual"], written["exclusion_rules"]!.AsArray().Select(rule => (string)rule!));
        Assert.Equal(("sign_test", 0.01, 2), ((string?)changed["test"], (double)changed["significance"]!, (int)changed["planned_comparisons"]!));
        Assert.Equal(64, ((string)locked["sha256"]!).Length);
        Assert.Equal(locked.ToJsonString(), again.ToJsonString());
        var versions = (await script.ReadAsync(plan)).AsArray();
        Assert.Equal([(1, null), (2, "Raters were few.")], versions.Select(version => ((int)version!["version"]!, (string?)version["reason"])));
        Assert.Null(versions[1]!["planned_comparisons"]);
        Assert.Equal("appeal", (string?)versions[1]!["family"]![0]);
    }

    [Theory]
    [InlineData("""{"family": ["alignment"]}""", "does not ask about alignment. It asks about: flaws, appeal.")]
    [InlineData("""{"family": []}""", "at least one question")]
    [InlineData("""{"test": "non_inferiority"}""", "It has: sign_test, vote_net_win_rate.")]
    [InlineData("""{"exclusion_rules": ["streaks"]}""", "did you mean 'streak'")]
    [InlineData("""{"significance": 0.9}""", "0.0001 to 0.5")]
    [InlineData("""{"planned_comparisons": -1}""", "at least 1 comparison")]
    public async Task Plan_ThatCannotBe_IsRefusedAndNotKept(string body, string sentence)
    {
        using var script = await AdminAsync();
        var plan = $"studies/{(await Seeds.StudyAsync("a fox")).StudyId}/plan";

        Assert.Contains(sentence, await (await script.SendAsync(HttpMethod.Patch, plan, body)).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Empty((await script.ReadAsync(plan)).AsArray());
    }

    [Fact]
    public async Task Exclusion_AddedAndLifted_ChangesResultsAndStaysOnRecord()
    {
        using var script = await AdminAsync();
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "b");
        var (exclusions, rater) = ($"studies/{study.StudyId}/exclusions", (string)(await script.ReadAsync($"studies/{study.StudyId}/export/votes.json"))[0]!["rater_id"]!);

        var made = await (await script.PostAsync(exclusions, $$"""{"rater": "{{rater}}", "reason": "Pressed one key.", "rule": "streak"}""")).JsonAsync();
        var without = await VotesAsync();
        Assert.Contains("excluded already", await (await script.PostAsync(exclusions, $$"""{"rater": "{{rater}}", "reason": "Again."}""")).RefusalAsync(409), StringComparison.Ordinal);
        Assert.Contains("Nobody called 'R-0'", await (await script.PostAsync(exclusions, """{"rater": "R-0", "reason": "Again."}""")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("Say why", await (await script.PostAsync(exclusions, $$"""{"rater": "{{rater}}", "reason": " "}""")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("There is no rule 'strek'", await (await script.PostAsync(exclusions, $$"""{"rater": "{{rater}}", "reason": "x", "rule": "strek"}""")).RefusalAsync(422), StringComparison.Ordinal);
        var lift = $"{exclusions}/{made["exclusion_id"]}/lift";
        for (var i = 0; i < 2; i++)
            Assert.Equal("Mary Cartwright", (string?)(await (await script.PostAsync(lift, "")).JsonAsync())["lifted_by"]);

        Assert.Equal(("streak", "Pressed one key.", "Mary Cartwright"), ((string?)made["rule"], (string?)made["reason"], (string?)made["excluded_by"]));
        Assert.Equal((1, 2), (without, await VotesAsync()));
        Assert.Single((await script.ReadAsync(exclusions)).AsArray());
        var elsewhere = $"studies/{(await Seeds.StudyAsync("a cow")).StudyId}/exclusions/{made["exclusion_id"]}/lift";
        await (await script.PostAsync(elsewhere, "")).RefusalAsync(404);

        async Task<int> VotesAsync()
        {
            var votes = (await script.ReadAsync($"studies/{study.StudyId}/results"))["axes"]![0]!["votes"]!;
            return (int)votes["a"]! + (int)votes["b"]!;
        }
    }

    [Fact]
    public async Task Pilot_OfADraft_IsAStudyOfItsOwn()
    {
        using var script = await AdminAsync();
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen", "a cow");
        var study = await portal.Get<StudyStore>().AddAsync(await Seeds.DraftAsync(a, b));

        Assert.Contains("Idempotency-Key", await (await script.PostAsync($"studies/{study}/pilots", "{}")).RefusalAsync(400), StringComparison.Ordinal);
        var pilot = await (await script.PostAsync($"studies/{study}/pilots", """{"comparisons": 2}""", "pilot")).JsonAsync();
        Assert.Contains("at least 1", await (await script.PostAsync($"studies/{study}/pilots", """{"comparisons": 0}""", "none")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("is a pilot itself", await (await script.PostAsync($"studies/{pilot["study_id"]}/pilots", "{}", "of a pilot")).RefusalAsync(409), StringComparison.Ordinal);

        Assert.Equal((study, 2, "draft"), ((long)pilot["pilot_of_study_id"]!, (int)pilot["comparisons"]!, (string?)pilot["state"]));
        Assert.Equal((long)pilot["study_id"]!, (long)Assert.Single((await script.ReadAsync($"studies/{study}/pilots")).AsArray())!["study_id"]!);
    }

    [Fact]
    public async Task Copy_OfAStudy_HasItsSettingsAndNoVotes()
    {
        using var script = await AdminAsync();
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");

        var copy = await (await script.PostAsync($"studies/{study.StudyId}/copies", """{"name": "Once more"}""")).JsonAsync();

        Assert.Equal(("Once more", "draft", study.VotesPerComparison, study.Consent), ((string?)copy["name"], (string?)copy["state"], (int)copy["votes_per_comparison"]!, (string?)copy["consent"]));
        Assert.Empty((await script.ReadAsync($"studies/{copy["study_id"]}/votes"))["votes"]!.AsArray());
        Assert.Contains("called 'Once more' already", await (await script.PostAsync($"studies/{study.StudyId}/copies", """{"name": "Once more"}""")).RefusalAsync(409), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_OfAFile_AreBroughtInOnce()
    {
        using var script = await portal.ScriptAsync(ApiScope.Import, ApiScope.ReadStudies);
        const string File = "prompt,question_id,question,depends_on\na red fox,1,Is there a fox?,\na red fox,2,Is it red?,1\n";

        var made = await script.PostAsync("question-sets?name=Foxes", new StringContent(File));
        var again = await script.PostAsync("question-sets?name=Foxes", new StringContent(File));
        var known = await script.PostAsync("question-sets?name=More&prompts=Foxes", new StringContent(File));

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created], ((HttpResponseMessage[])[made, again, known]).Select(answer => answer.StatusCode));
        Assert.Equal(("Foxes", "Foxes", 2), ((string?)(await again.JsonAsync())["name"], (string?)(await known.JsonAsync())["prompt_set"], (int)(await made.JsonAsync())["questions"]!));
        Assert.Contains("asks something else", await (await script.PostAsync("question-sets?name=Foxes", new StringContent(File.Replace("red?", "old?", StringComparison.Ordinal)))).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("no prompt set called 'Hens'", await (await script.PostAsync("question-sets?name=N&prompts=Hens", new StringContent(File))).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("None of the file's prompts is in 'Foxes'", await (await script.PostAsync("question-sets?name=N&prompts=Foxes", new StringContent(File.Replace("a red fox", "a hen", StringComparison.Ordinal)))).RefusalAsync(422), StringComparison.Ordinal);
        await (await script.PostAsync("question-sets?name=N", new StringContent("prompt\nx\n"))).RefusalAsync(422);
    }

    [Fact]
    public async Task Votes_OfAFile_AreLookedAtThenStoredOnce()
    {
        using var script = await portal.ScriptAsync(ApiScope.Import, ApiScope.ReadStudies);
        const string Address = "vote-imports?name=Elsewhere&file=votes.csv&overall=flaws";
        const string File = "system_a,system_b,item_id,rater_id,choice\nold,new,fox,Ann,a\nold,new,hen,Ben,tie\nold,new,cow,Ben,nonsense\n";

        var looked = await (await script.PostAsync($"{Address}&check=true", new StringContent(File))).JsonAsync();
        var taken = await script.PostAsync(Address, new StringContent(File));
        var again = await script.PostAsync(Address, new StringContent(File));

        Assert.Equal((2, 0, null), ((int)looked["votes"]!, (int)looked["stored"]!, (long?)looked["study_id"]));
        Assert.Equal((4, true), ((int)looked["without_vote"]![0]!["first_line"]!, (bool)looked["without_vote"]![0]!["is_fault"]!));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (taken.StatusCode, again.StatusCode));
        var stored = await taken.JsonAsync();
        Assert.Equal((2, 0), ((int)stored["stored"]!, (int)(await again.JsonAsync())["stored"]!));
        Assert.Equal(("Elsewhere", "closed"), ((string?)(await script.ReadAsync($"studies/{stored["study_id"]}"))["name"], (string?)(await script.ReadAsync($"studies/{stored["study_id"]}"))["state"]));
        Assert.Contains("There is no format 'x'", await (await script.PostAsync($"{Address}&format=x", new StringContent(File))).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("appeal or flaws", await (await script.PostAsync("vote-imports?name=N&file=v.csv&overall=alignment", new StringContent(File))).RefusalAsync(422), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundle_OfAnotherPortal_ComesInOnceAndGoesOutAgain()
    {
        await using var home = await BundleHome.OpenAsync(DatabaseKind.Sqlite);
        var zip = await File.ReadAllBytesAsync(await home.BundleAsync(await BundledStudies.PairsAsync(home)));
        using var script = await AdminAsync();

        var taken = await script.PostAsync("bundles", new ByteArrayContent(zip));
        var again = await script.PostAsync("bundles", new ByteArrayContent(zip));
        var study = (long)(await taken.JsonAsync())["studies"]![0]!["study_id"]!;
        var bundle = await script.GetAsync($"studies/{study}/bundle.zip?reasons=false");
        zip[zip.Length / 2] ^= 1;

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (taken.StatusCode, again.StatusCode));
        Assert.Equal(study, (long)(await again.JsonAsync())["studies"]![0]!["study_id"]!);
        Assert.Equal("closed", (string?)(await script.ReadAsync($"studies/{study}"))["state"]);
        Assert.Equal((HttpStatusCode.OK, "application/zip"), (bundle.StatusCode, bundle.Content.Headers.ContentType?.MediaType));
        Assert.Equal("PK"u8.ToArray(), (await bundle.Content.ReadAsByteArrayAsync())[..2]);
        foreach (var spoilt in (byte[][])[zip, [1, 2, 3]])
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await script.PostAsync("bundles", new ByteArrayContent(spoilt))).StatusCode);
        var withoutFiles = await Seeds.StudyAsync("a fox");
        Assert.Contains("is missing", await (await script.GetAsync($"studies/{withoutFiles.StudyId}/bundle.zip")).RefusalAsync(409), StringComparison.Ordinal);
    }

    /// <summary>Studies that tests make have no people: an admin may do everything in them.</summary>
    private async Task<HttpClient> AdminAsync() => portal.Script(await portal.KeyAsync(await portal.AccountAsync(Role.Admin)));
}
