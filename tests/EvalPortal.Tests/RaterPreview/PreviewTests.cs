using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.RaterPreview;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.RaterPreview;

/// <summary>A study as its raters meet it, for a researcher: the same pages, and not a row of it in the database.</summary>
public sealed class PreviewTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private Seeds _seeds = null!;
    private HttpClient _researcher = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _seeds = new Seeds(Get<Db>(), Get<TimeProvider>());
        _researcher = await _portal.SignedInClientAsync(Role.Admin);
    }

    public async Task DisposeAsync()
    {
        _researcher.Dispose();
        await _portal.DisposeAsync();
    }

    [Theory]
    [InlineData("", "Take part")]
    [InlineData("/consent", "Take part")]
    [InlineData("/guidelines", "How to judge")]
    [InlineData("/judging", "")]
    [InlineData("/end", "Thank you")]
    public async Task Step_OfADraft_IsShown(string step, string heading)
    {
        var study = await DraftAsync();

        var page = await OpenAsync($"/studies/{study.StudyId}/preview{step}");

        Assert.Contains(heading, page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(4, page.QuerySelectorAll(".preview-bar a[href*='/preview/']").Length);
        Assert.Single(page.QuerySelectorAll("[aria-current=step]"));
        Assert.Null(page.QuerySelector("form[method=post]")); // nobody agrees to anything
    }

    [Theory]
    [InlineData("/studies/1/preview/nowhere")]
    [InlineData("/studies/1/preview/7")]
    [InlineData("/studies/99/preview")]
    public async Task Step_ThatIsNotThere_IsNotFound(string path)
    {
        await DraftAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await _researcher.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Judging_EveryPair_EndsAndStoresNothing()
    {
        var study = await DraftAsync(prompts: 9);
        var api = await BeginAsync(study);

        var turn = await NextAsync(api);
        Assert.Equal((0, 8), (turn.GetProperty("answered").GetInt32(), turn.GetProperty("total").GetInt32()));
        Assert.Equal(6, turn.GetProperty("pairs").GetArrayLength());
        var questions = new List<string>();
        while ((turn = await NextAsync(api)).GetProperty("pairs") is var pairs && pairs.GetArrayLength() > 0)
        {
            var pair = pairs[0];
            questions.Add(pair.GetProperty("question").GetString()!);
            Assert.NotEqual(pair.GetProperty("left").GetString(), pair.GetProperty("right").GetString());
            Assert.Equal(HttpStatusCode.OK, (await VoteAsync(api, Guid.CreateVersion7(), pair.GetProperty("assignmentId").GetGuid())).StatusCode);
        }

        Assert.Equal(study.Axes.SelectMany(axis => Enumerable.Repeat(axis.Question, 4)), questions);
        Assert.Equal(8, turn.GetProperty("answered").GetInt32());
        Assert.Equal($"/studies/{study.StudyId}/preview/end", turn.GetProperty("end").GetString());
        Assert.Equal(8, (await _researcher.GetFromJsonAsync<JsonElement>($"{api}/receipt")).GetProperty("received").GetInt32());
        foreach (var table in (string[])["vote", "assignment", "session", "rater", "vote_statement"])
            Assert.Equal(0, await CountAsync(table));
    }

    [Fact]
    public async Task Judging_PromptHidden_IsHidden()
    {
        var study = await DraftAsync();
        var prompts = (await NextAsync(await BeginAsync(study))).GetProperty("pairs").EnumerateArray().Select(pair => pair.GetProperty("prompt").GetString());

        Assert.Equal(study.Axes.Select(axis => axis.PromptVisible), prompts.Select(prompt => prompt is not null));
    }

    [Fact]
    public async Task Retraction_OfAnAnswer_AsksItAgain()
    {
        var api = await BeginAsync(await DraftAsync());
        var (vote, pair) = (Guid.CreateVersion7(), (await NextAsync(api)).GetProperty("pairs")[0].GetProperty("assignmentId").GetGuid());

        await VoteAsync(api, vote, pair);
        var open = (await NextAsync(api)).GetProperty("pairs").GetArrayLength();
        await _researcher.PutAsJsonAsync($"{api}/votes/{vote}/retraction", new { });

        Assert.Equal(open + 1, (await NextAsync(api)).GetProperty("pairs").GetArrayLength());
    }

    [Fact]
    public async Task Vote_AsNoRaterCouldSendIt_IsRefusedAsARaters()
    {
        var api = await BeginAsync(await DraftAsync());
        var pair = (await NextAsync(api)).GetProperty("pairs")[0].GetProperty("assignmentId").GetGuid();

        Assert.Equal(HttpStatusCode.NotFound, (await VoteAsync(api, Guid.CreateVersion7(), Guid.NewGuid())).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await VoteAsync(api, Guid.CreateVersion7(), pair, draft => draft with { DecodedLeftAt = null })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _researcher.PutAsJsonAsync($"{api}/votes/{Guid.CreateVersion7()}", new { choice = "maybe" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _researcher.PutAsJsonAsync($"{api}/votes/{Guid.CreateVersion7()}/flaw", new { x = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _researcher.PutAsJsonAsync($"{api}/votes/{Guid.CreateVersion7()}/flaw", new { type = "face" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _researcher.PutAsJsonAsync($"{api}/statement", Array.Empty<int>())).StatusCode);
    }

    [Fact]
    public async Task Run_OfAnotherStudyOrOver_IsUnauthorizedSoThatThePageBeginsAnew()
    {
        var (one, other) = (await DraftAsync(), await DraftAsync());
        var api = await BeginAsync(one);

        Assert.Equal(HttpStatusCode.Unauthorized, (await _researcher.GetAsync($"{api.Replace($"/{one.StudyId}/", $"/{other.StudyId}/", StringComparison.Ordinal)}/next")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _researcher.GetAsync(PreviewEndpoints.Address(one.StudyId, Guid.NewGuid()) + "/next")).StatusCode);
    }

    [Fact]
    public async Task Preview_ForRatersAndViewers_IsNotTheirs()
    {
        var study = await DraftAsync();
        using var rater = _portal.Client();
        using var viewer = await _portal.SignedInClientAsync(Role.Viewer);

        Assert.Equal(HttpStatusCode.Redirect, (await rater.GetAsync($"/studies/{study.StudyId}/preview")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await viewer.GetAsync($"/studies/{study.StudyId}/preview/judging")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await viewer.PutAsJsonAsync($"{await BeginAsync(study)}/statement", Array.Empty<int>())).StatusCode);
    }

    [Fact]
    public async Task Judging_OneImageWithQuestions_HasThem()
    {
        var study = (await AlignmentStudy.AddAsync(_seeds, Get<Db>(), Get<TimeProvider>(), prompts: 2)).Study;

        var item = (await NextAsync(await BeginAsync(study))).GetProperty("pairs")[0];

        Assert.Single(item.GetProperty("images").EnumerateArray());
        Assert.Equal(["Is there a fox?", "Is it red?"], item.GetProperty("questions").EnumerateArray().Select(question => question.GetProperty("text").GetString()));
        Assert.Equal(item.GetProperty("questions")[0].GetProperty("id").GetInt64(), item.GetProperty("questions")[1].GetProperty("parents")[0].GetInt64());
    }

    [Fact]
    public async Task Judging_SeveralImages_HasThemAll()
    {
        var study = (await PreferenceStudy.AddAsync(_seeds, Get<Db>(), Get<TimeProvider>(), images: 5)).Study;

        var item = (await NextAsync(await BeginAsync(study))).GetProperty("pairs")[0];

        Assert.Equal(5, item.GetProperty("images").EnumerateArray().Select(image => image.GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Judging_StudyWithoutComparisons_SaysSo()
    {
        var study = await DraftAsync();
        await ExecuteAsync("DELETE FROM comparison");

        Assert.Equal("Nothing to judge yet", (await OpenAsync($"/studies/{study.StudyId}/preview/judging")).QuerySelector("h1")!.TextContent);
    }

    private T Get<T>() where T : notnull => _portal.Services.GetRequiredService<T>();

    private async Task<Study> DraftAsync(int prompts = 1)
    {
        var studies = Get<StudyStore>();
        var (a, b) = await _seeds.SystemsAsync([.. Enumerable.Range(1, prompts).Select(i => $"a fox number {i}")]);
        return (await studies.FindAsync(await studies.AddAsync(await _seeds.DraftAsync(a, b))))!;
    }

    /// <summary>Opens the page of judging and gives where it asks.</summary>
    private async Task<string> BeginAsync(Study study) =>
        (await OpenAsync($"/studies/{study.StudyId}/preview/judging")).QuerySelector("#rate")!.GetAttribute("data-address")!;

    private Task<JsonElement> NextAsync(string api) => _researcher.GetFromJsonAsync<JsonElement>($"{api}/next");

    private Task<HttpResponseMessage> VoteAsync(string api, Guid voteId, Guid pair, Func<VoteDraft, VoteDraft>? change = null)
    {
        var now = Get<TimeProvider>().GetUtcNow();
        var draft = new VoteDraft
        {
            AssignmentId = pair,
            Choice = Choice.Left,
            ResponseMs = 2_500,
            ShownAt = now.AddMilliseconds(-2_500),
            DecodedLeftAt = now.AddSeconds(-9),
            DecodedRightAt = now.AddSeconds(-8),
            VotedAt = now,
            AppVersion = "0.1.0",
        };
        return _researcher.PutAsJsonAsync($"{api}/votes/{voteId}", (change ?? (same => same))(draft), RatingEndpoints.Json);
    }

    private async Task<IDocument> OpenAsync(string path)
    {
        var answer = await _researcher.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
    }

    private async Task<long> CountAsync(string table)
    {
        await using var connection = await Get<Db>().OpenAsync();
        return await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Get<Db>().OpenAsync();
        await connection.ExecuteAsync(sql);
    }
}
