using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>Text alignment over HTTP, as a browser without script would.</summary>
public sealed class AlignmentPageTests : SheetPageTests
{
    protected override async Task<Study> AddStudyAsync(Seeds seeds, Db db, TimeProvider clock) =>
        (await AlignmentStudy.AddAsync(seeds, db, clock, prompts: 2)).Study;

    [Fact]
    public async Task Page_Questions_NameNeitherSystemNorRightAnswer()
    {
        var page = await Rater.GetStringAsync($"/r/{Study.LinkToken}");
        var next = await Rater.GetStringAsync($"/api/rate/{Study.LinkToken}/next");

        Assert.NotNull((await new HtmlParser().ParseDocumentAsync(page)).QuerySelector(".alignment-view #questions"));
        var item = JsonDocument.Parse(next).RootElement.GetProperty("pairs")[0];
        Assert.Equal(["Is there a fox?", "Is it red?"], item.GetProperty("questions").EnumerateArray().Select(question => question.GetProperty("text").GetString()));
        Assert.Equal([$"/rate/{Study.LinkToken}/images/{item.GetProperty("assignmentId").GetString()}/1"], item.GetProperty("images").EnumerateArray().Select(image => image.GetString()));
        foreach (var secret in new[] { "System ", "seed", "sha256", "expected", "category", "colour" })
        {
            Assert.DoesNotContain(secret, next, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Vote_SheetAndBadSheets_AreTakenOnceAndRefusedWithASentence()
    {
        var item = (await Rater.GetFromJsonAsync<JsonElement>($"/api/rate/{Study.LinkToken}/next")).GetProperty("pairs")[0];
        var address = $"/api/rate/{Study.LinkToken}/votes/{Guid.CreateVersion7()}";

        var missing = await Rater.PutAsJsonAsync(address, Sheet(item, "yes"));
        var notToBeAsked = await Rater.PutAsJsonAsync(address, Sheet(item, "no", "yes"));
        var unknown = await Rater.PutAsJsonAsync(address, Sheet(item, "perhaps", "yes"));
        var first = await Rater.PutAsJsonAsync(address, Sheet(item, "no", "not_asked"));
        var other = await Rater.PutAsJsonAsync(address, Sheet(item, "yes", "yes"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.StatusCode);
        Assert.Contains("has no answer", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, notToBeAsked.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains("You answered:", await Rater.GetStringAsync($"/r/{Study.LinkToken}/mine"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResultsAndExports_AfterASheet_TellItsRate()
    {
        using var researcher = await Portal.SignedInClientAsync(Role.Admin);
        var item = (await Rater.GetFromJsonAsync<JsonElement>($"/api/rate/{Study.LinkToken}/next")).GetProperty("pairs")[0];
        await Rater.PutAsJsonAsync($"/api/rate/{Study.LinkToken}/votes/{Guid.CreateVersion7()}", Sheet(item, "yes", "no"));

        var results = await researcher.GetStringAsync($"/studies/{Study.StudyId}/results");
        var answers = (await researcher.GetStringAsync($"/studies/{Study.StudyId}/export/answers.csv")).Split("\r\n");

        Assert.Contains("1 sheet about 1 image by", results, StringComparison.Ordinal);
        Assert.Contains("50.0", results, StringComparison.Ordinal);
        Assert.StartsWith("answer_id,study_id,image_id,system,prompt_id,question_id,question,expected,answer,rater_id,rt_ms,voted_at", answers[0], StringComparison.Ordinal);
        Assert.Contains(",1,Is there a fox?,yes,yes,R-", answers[1], StringComparison.Ordinal);
        Assert.Contains(",2,Is it red?,yes,no,R-", answers[2], StringComparison.Ordinal);
        foreach (var page in new[] { "", "/quality", "/export/votes.csv", "/export/decisions.csv", "/export/exclusions.csv" })
            Assert.Equal(HttpStatusCode.OK, (await researcher.GetAsync($"/studies/{Study.StudyId}{page}")).StatusCode);
    }

    [Fact]
    public async Task Checks_AreOfPairsAlone()
    {
        using var researcher = await Portal.SignedInClientAsync(Role.Admin);

        Assert.Contains("this study is not made of pairs", await researcher.GetStringAsync($"/studies/{Study.StudyId}/checks"), StringComparison.Ordinal);
        Assert.DoesNotContain(">Checks<", await researcher.GetStringAsync($"/studies/{Study.StudyId}"), StringComparison.Ordinal);
        await using (var connection = await Portal.Services.GetRequiredService<Db>().OpenAsync())
            await connection.ExecuteAsync("UPDATE study SET state = 'draft'");
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Portal.Services.GetRequiredService<StudyChecksStore>()
            .SaveAsync(Study.StudyId, new StudyChecks { RepeatsPerDozen = 1 }));
        Assert.Contains("not made of pairs", refused.Message, StringComparison.Ordinal);
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
