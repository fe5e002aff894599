using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>The rater's one address, walked as a browser without script would.</summary>
public sealed class RaterPageTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();

    public Task InitializeAsync() => _portal.InitializeAsync();

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Page_UnknownLink_Says404AndWhatToDo()
    {
        using var rater = _portal.Client();

        var answer = await rater.GetAsync("/r/no-such-link");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("This link leads to no study", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StudyState.Paused, "This study is paused")]
    [InlineData(StudyState.Closed, "This study is over")]
    public async Task Page_StudyThatIsNotRunning_SaysSo(StudyState state, string title)
    {
        var study = await AddStudyAsync(prompts: 1);
        await _portal.Services.GetRequiredService<StudyStore>().SetStateAsync(study.StudyId, state);
        using var rater = _portal.Client();

        Assert.Equal(title, (await OpenAsync(rater, study)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task Page_FromConsentToThanks_OneStepAfterAnother()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = _portal.Client();

        var consent = await OpenAsync(rater, study);
        Assert.Equal("Take part", consent.QuerySelector("h1")!.TextContent);
        Assert.Contains(study.Consent, consent.Body!.TextContent, StringComparison.Ordinal);

        await rater.SubmitAsync($"/r/{study.LinkToken}", [], "form");
        var instructions = await OpenAsync(rater, study);
        Assert.Equal("How to judge", instructions.QuerySelector("h1")!.TextContent);
        Assert.Contains(study.Instructions, instructions.Body!.TextContent, StringComparison.Ordinal);

        await rater.SubmitAsync($"/r/{study.LinkToken}", [], "form");
        var pairs = await OpenAsync(rater, study);
        Assert.Equal(["left", "tie", "right"], pairs.QuerySelectorAll(".answers button").Select(button => button.GetAttribute("data-choice")));
        Assert.NotNull(pairs.QuerySelector("#undo"));

        Assert.Equal(2, await AnswerEverythingAsync(rater, study));
        var thanks = await OpenAsync(rater, study);
        Assert.Equal("Thank you", thanks.QuerySelector("h1")!.TextContent);
        Assert.Equal("2 answers received", thanks.QuerySelector("#receipt")!.TextContent);
    }

    [Fact]
    public async Task Page_EveryPlaceTaken_TellsTheNextRaterBeforeTheyConsent()
    {
        var study = await AddStudyAsync(prompts: 1, votes: 1);
        using var first = await ReadyRaterAsync(study);
        await AnswerEverythingAsync(first, study);
        using var second = _portal.Client();

        Assert.Equal("There is nothing left to judge", (await OpenAsync(second, study)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task Next_WhereTheAxisHidesThePrompt_NeitherPromptNorSystemNorSeed()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);

        var next = await rater.GetStringAsync($"/api/rate/{study.LinkToken}/next");
        var page = await rater.GetStringAsync($"/r/{study.LinkToken}");

        using var turn = JsonDocument.Parse(next);
        var pairs = turn.RootElement.GetProperty("pairs").EnumerateArray().ToList();
        Assert.Equal(JsonValueKind.Null, pairs[0].GetProperty("prompt").ValueKind);
        Assert.Equal("a fox number 1", pairs[1].GetProperty("prompt").GetString()); // the appeal axis of this study shows it
        foreach (var secret in new[] { "System ", "seed", "sha256" })
        {
            Assert.DoesNotContain(secret, next, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Vote_SentTwice_IsAcceptedTwiceAndCountsOnce()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);
        var address = $"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}";
        var vote = Vote((await PairsAsync(rater, study))[0]);

        var first = await rater.PutAsJsonAsync(address, vote);
        var second = await rater.PutAsJsonAsync(address, vote);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Contains("\"received\":1", await rater.GetStringAsync($"/api/rate/{study.LinkToken}/receipt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vote_OnAnotherRatersPair_IsForbidden()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var owner = await ReadyRaterAsync(study);
        using var other = await ReadyRaterAsync(study);
        var vote = Vote((await PairsAsync(owner, study))[0]);

        var answer = await other.PutAsJsonAsync($"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}", vote);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("no JSON", HttpStatusCode.BadRequest)]
    [InlineData("""{"assignmentId":"0197a1b2-0000-7000-8000-000000000000","choice":"both"}""", HttpStatusCode.BadRequest)]
    public async Task Vote_ThatIsNone_IsRefusedWithASentence(string body, HttpStatusCode expected)
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);

        var answer = await rater.PutAsync(
            $"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains("This is no vote", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_OfWhatABrowserMade_GoesIntoTheLedger()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);

        var answer = await rater.PutAsJsonAsync(
            $"/api/rate/{study.LinkToken}/statement", new[] { new { VoteId = Guid.CreateVersion7(), State = "waiting", Retracted = false } });

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(1, (await _portal.Services.GetRequiredService<LossLedgerStore>().ReadAsync(study.StudyId)).Waiting);
    }

    public static TheoryData<string> NoStatements =>
    [
        "{}",
        "[null]",
        """[{"state":"waiting"}]""",
        """[{"voteId":"0197a1b2-0000-7000-8000-000000000000","state":"gone"}]""",
        """[{"voteId":"0197a1b2-0000-7000-8000-000000000000","state":"waiting"},{"voteId":"0197a1b2-0000-7000-8000-000000000000","state":"received"}]""",
        $"[{string.Join(',', Enumerable.Range(0, LossLedgerStore.MostAtOnce + 1).Select(_ => $$"""{"voteId":"{{Guid.CreateVersion7()}}","state":"waiting"}"""))}]",
    ];

    [Theory]
    [MemberData(nameof(NoStatements), DisableDiscoveryEnumeration = true)]
    public async Task Statement_ThatIsNone_IsRefusedWithASentence(string body)
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);

        var answer = await rater.PutAsync(
            $"/api/rate/{study.LinkToken}/statement", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("This is no statement", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vote_OnImagesThatHadNotBothBeenDecoded_IsRefusedUnlessItSaysSo()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);
        var vote = JsonSerializer.SerializeToNode(Vote((await PairsAsync(rater, study))[0]), JsonSerializerOptions.Web)!;
        var address = $"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}";

        vote["decodedRightAt"] = null;
        var judged = await rater.PutAsJsonAsync(address, vote);
        (vote["choice"], vote["reason"]) = ("reject", "other");
        var rejected = await rater.PutAsJsonAsync(address, vote);
        vote["reason"] = "not_loaded";
        var notLoaded = await rater.PutAsJsonAsync(address, vote);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, judged.StatusCode);
        Assert.Contains("The images had not both been loaded when the answer was given.", await judged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, rejected.StatusCode);
        Assert.Equal(HttpStatusCode.OK, notLoaded.StatusCode);
    }

    [Fact]
    public async Task Flaw_AfterAVote_IsKeptOnceAndRefusedWhenItIsNone()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);
        var address = $"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}";
        var flaw = new { Type = "hands", Severity = "major", Side = "right", X = 0.25, Y = 1 };

        Assert.Equal(HttpStatusCode.NotFound, (await rater.PutAsJsonAsync($"{address}/flaw", flaw)).StatusCode);
        await rater.PutAsJsonAsync(address, Vote((await PairsAsync(rater, study))[0]));
        var first = await rater.PutAsJsonAsync($"{address}/flaw", flaw);
        var second = await rater.PutAsJsonAsync($"{address}/flaw", flaw);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await rater.PutAsJsonAsync($"{address}/flaw", flaw with { X = 0.5 })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await rater.PutAsJsonAsync($"{address}/flaw", flaw with { X = 1.5 })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await rater.PutAsJsonAsync($"{address}/flaw", flaw with { Type = "nose" })).StatusCode);
    }

    [Fact]
    public async Task Next_OnEveryAxis_TellsWhetherFlawsAreAskedFor()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var rater = await ReadyRaterAsync(study);

        Assert.Equal([true, false], (await PairsAsync(rater, study)).Select(pair => pair.GetProperty("flawStrip").GetBoolean()));
    }

    [Fact]
    public async Task Next_WithoutConsent_IsRefused()
    {
        var study = await AddStudyAsync(prompts: 1);
        using var stranger = _portal.Client();

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/api/rate/{study.LinkToken}/next")).StatusCode);
    }

    private async Task<Study> AddStudyAsync(int prompts, int votes = 3)
    {
        var (db, clock) = (_portal.Services.GetRequiredService<Db>(), _portal.Services.GetRequiredService<TimeProvider>());
        return (await RatedStudy.AddAsync(new Seeds(db, clock), db, clock, prompts, votes)).Study;
    }

    /// <summary>A rater who has agreed and read the instructions.</summary>
    private async Task<HttpClient> ReadyRaterAsync(Study study)
    {
        var rater = _portal.Client();
        await rater.SubmitAsync($"/r/{study.LinkToken}", [], "form");
        await rater.SubmitAsync($"/r/{study.LinkToken}", [], "form");
        return rater;
    }

    private static async Task<IHtmlDocument> OpenAsync(HttpClient rater, Study study) =>
        await new HtmlParser().ParseDocumentAsync(await rater.GetStringAsync($"/r/{study.LinkToken}"));

    private static async Task<List<JsonElement>> PairsAsync(HttpClient rater, Study study) =>
        [.. (await rater.GetFromJsonAsync<JsonElement>($"/api/rate/{study.LinkToken}/next")).GetProperty("pairs").EnumerateArray()];

    private static async Task<int> AnswerEverythingAsync(HttpClient rater, Study study)
    {
        var answers = 0;
        while (await PairsAsync(rater, study) is { Count: > 0 } pairs)
            foreach (var pair in pairs)
            {
                var answer = await rater.PutAsJsonAsync($"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}", Vote(pair));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                answers++;
            }
        return answers;
    }

    private static object Vote(JsonElement pair)
    {
        var now = DateTimeOffset.UtcNow;
        return new
        {
            AssignmentId = pair.GetProperty("assignmentId").GetGuid(),
            Choice = "left",
            ResponseMs = 1_500,
            ShownAt = now.AddMilliseconds(-1_500),
            DecodedLeftAt = now.AddSeconds(-2),
            DecodedRightAt = now.AddSeconds(-2),
            VotedAt = now,
            Input = "key",
            AppVersion = "0.1.0",
        };
    }
}
