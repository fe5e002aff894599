using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>Text alignment over HTTP, as a browser without script would.</summary>
public sealed class AlignmentPageTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private Study _study = null!;
    private HttpClient _rater = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        var (db, clock) = (_portal.Services.GetRequiredService<Db>(), _portal.Services.GetRequiredService<TimeProvider>());
        _study = (await AlignmentStudy.AddAsync(new Seeds(db, clock), db, clock, prompts: 2)).Study;
        _rater = _portal.Client();
        await _rater.SubmitAsync($"/r/{_study.LinkToken}", [], "form");
        await _rater.SubmitAsync($"/r/{_study.LinkToken}", [], "form");
    }

    public async Task DisposeAsync()
    {
        _rater.Dispose();
        await _portal.DisposeAsync();
    }

    [Fact]
    public async Task Page_Questions_NameNeitherSystemNorRightAnswer()
    {
        var page = await _rater.GetStringAsync($"/r/{_study.LinkToken}");
        var next = await _rater.GetStringAsync($"/api/rate/{_study.LinkToken}/next");

        Assert.NotNull((await new HtmlParser().ParseDocumentAsync(page)).QuerySelector(".alignment-view #questions"));
        var item = JsonDocument.Parse(next).RootElement.GetProperty("pairs")[0];
        Assert.Equal(["Is there a fox?", "Is it red?"], item.GetProperty("questions").EnumerateArray().Select(question => question.GetProperty("text").GetString()));
        Assert.Equal([$"/rate/{_study.LinkToken}/images/{item.GetProperty("assignmentId").GetString()}/1"], item.GetProperty("images").EnumerateArray().Select(image => image.GetString()));
        foreach (var secret in new[] { "System ", "seed", "sha256", "expected", "category", "colour" })
        {
            Assert.DoesNotContain(secret, next, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Vote_SheetAndBadSheets_AreTakenOnceAndRefusedWithASentence()
    {
        var item = (await _rater.GetFromJsonAsync<JsonElement>($"/api/rate/{_study.LinkToken}/next")).GetProperty("pairs")[0];
        var address = $"/api/rate/{_study.LinkToken}/votes/{Guid.CreateVersion7()}";

        var missing = await _rater.PutAsJsonAsync(address, Sheet(item, "yes"));
        var notToBeAsked = await _rater.PutAsJsonAsync(address, Sheet(item, "no", "yes"));
        var unknown = await _rater.PutAsJsonAsync(address, Sheet(item, "perhaps", "yes"));
        var first = await _rater.PutAsJsonAsync(address, Sheet(item, "no", "not_asked"));
        var other = await _rater.PutAsJsonAsync(address, Sheet(item, "yes", "yes"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.StatusCode);
        Assert.Contains("has no answer", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, notToBeAsked.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains("You answered:", await _rater.GetStringAsync($"/r/{_study.LinkToken}/mine"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResultsAndExports_AfterASheet_TellItsRate()
    {
        using var researcher = await _portal.SignedInClientAsync(Role.Researcher);
        var item = (await _rater.GetFromJsonAsync<JsonElement>($"/api/rate/{_study.LinkToken}/next")).GetProperty("pairs")[0];
        await _rater.PutAsJsonAsync($"/api/rate/{_study.LinkToken}/votes/{Guid.CreateVersion7()}", Sheet(item, "yes", "no"));

        var results = await researcher.GetStringAsync($"/studies/{_study.StudyId}/results");
        var answers = (await researcher.GetStringAsync($"/studies/{_study.StudyId}/export/answers.csv")).Split("\r\n");

        Assert.Contains("1 sheet about 1 image by", results, StringComparison.Ordinal);
        Assert.Contains("50.0", results, StringComparison.Ordinal);
        Assert.StartsWith("answer_id,study_id,image_id,system,prompt_id,question_id,question,expected,answer,rater_id,rt_ms,voted_at", answers[0], StringComparison.Ordinal);
        Assert.Contains(",1,Is there a fox?,yes,yes,R-", answers[1], StringComparison.Ordinal);
        Assert.Contains(",2,Is it red?,yes,no,R-", answers[2], StringComparison.Ordinal);
        foreach (var page in new[] { "", "/quality", "/export/votes.csv", "/export/decisions.csv", "/export/exclusions.csv" })
            Assert.Equal(HttpStatusCode.OK, (await researcher.GetAsync($"/studies/{_study.StudyId}{page}")).StatusCode);
    }

    private static JsonObject Sheet(JsonElement item, params string[] answers)
    {
        var now = DateTimeOffset.UtcNow;
        return new JsonObject
        {
            ["assignmentId"] = item.GetProperty("assignmentId").GetString(),
            ["choice"] = "answered",
            ["answers"] = new JsonArray([.. item.GetProperty("questions").EnumerateArray().Zip(answers, (question, answer) =>
                (JsonNode)new JsonObject { ["questionId"] = question.GetProperty("id").GetInt64(), ["answer"] = answer })]),
            ["responseMs"] = 1_500,
            ["shownAt"] = now.AddMilliseconds(-1_500),
            ["decodedAt"] = now.AddSeconds(-2),
            ["votedAt"] = now,
            ["appVersion"] = "0.1.0",
        };
    }
}
