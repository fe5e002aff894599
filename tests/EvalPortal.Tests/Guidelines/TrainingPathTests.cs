using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Exports;

namespace PixelPost.EvalPortal.Tests.Guidelines;

/// <summary>Guidelines and training on the way to the first pair, and every way around them that was tried.</summary>
public sealed class TrainingPathTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private Seeds _seeds = null!;
    private Study _study = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _seeds = new Seeds(Get<Db>(), Get<TimeProvider>());
        _study = await AddStudyAsync(training: 3);
    }

    public Task DisposeAsync() => _portal.DisposeAsync();

    private string Link => $"/r/{_study.LinkToken}";
    private string Api => $"/api/rate/{_study.LinkToken}";

    [Fact]
    public async Task Guidelines_BeforeTheStart_ShowExamplesWithAnswersAndWhatComes()
    {
        using var rater = _portal.Client();
        await rater.SubmitAsync(Link, [], "form");

        var page = await OpenAsync(rater);

        Assert.Equal("How to judge", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(_study.Axes[0].Question, page.QuerySelector(".examples h2")!.TextContent);
        Assert.Equal(["= Tie", "= Tie"], page.QuerySelectorAll(".example figcaption").Select(caption => caption.TextContent));
        Assert.Contains("Minor flaw: face. reason 0", Text(page.QuerySelector(".examples li p")!), StringComparison.Ordinal);
        Assert.Equal(("16", "36"), (page.QuerySelector(".ringed circle")!.GetAttribute("cx"), page.QuerySelector(".ringed circle")!.GetAttribute("cy")));
        Assert.Contains("3 pairs with known answers, explained after each. You go on with 2 right, and have two tries.", Text(page.QuerySelector("#training-due")!), StringComparison.Ordinal);
        foreach (var image in page.QuerySelectorAll(".example img"))
        {
            using var answer = await rater.GetAsync(image.GetAttribute("src"));
            Assert.Equal((HttpStatusCode.OK, "image/png"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Null(answer.Content.Headers.LastModified);
        }
        Assert.DoesNotMatch("[0-9a-f]{64}", page.Body!.InnerHtml); // an image is known by its hash
        Assert.DoesNotContain("reason 1", page.Body.InnerHtml, StringComparison.Ordinal); // what training asks
    }

    [Fact]
    public async Task Guidelines_StudyWithoutExamples_LookAsBefore()
    {
        var plain = (await _seeds.StudyAsync("a fox")).LinkToken;
        using var rater = _portal.Client();
        await rater.SubmitAsync($"/r/{plain}", [], "form");

        var form = (await OpenAsync(rater, $"/r/{plain}")).QuerySelector("form")!;

        Assert.Equal(["H1", "P", "DIV", "SCRIPT", "INPUT", "BUTTON"], form.Children.Select(child => child.TagName));
        Assert.Equal(("sheet", "Start", true), (form.ClassName, form.QuerySelector("button[type=submit]")!.TextContent, form.QuerySelector("[autofocus]") is not null));
    }

    [Fact]
    public async Task Training_Passed_LeadsToThePairs()
    {
        using var rater = await TraineeAsync();
        Assert.NotNull((await OpenAsync(rater)).QuerySelector("#rate[data-training]"));

        var last = await TryAsync(rater, right: 2);

        Assert.Equal((2, 3, 2, true), Result(last));
        Assert.NotNull((await OpenAsync(rater)).QuerySelector("#rate:not([data-training])"));
        Assert.Equal(HttpStatusCode.OK, (await rater.GetAsync($"{Api}/next")).StatusCode);
        Assert.Contains("\"received\":0", await rater.GetStringAsync($"{Api}/receipt"), StringComparison.Ordinal); // no answer in training is a vote
        Assert.Equal(0, await CountAsync("vote"));
    }

    [Fact]
    public async Task Training_MissedTwice_ScreensOutWithTheReasonAndTheCode()
    {
        await Get<StudyEntryStore>().SaveAsync(new StudyEntry
        {
            StudyId = _study.StudyId,
            Panel = PanelKind.Prolific,
            CompletionCode = "C1DONE",
            ScreenOutCode = "C2OUT",
        });
        using var rater = await TraineeAsync();
        Assert.False(Result(await TryAsync(rater, right: 1)).Passed);

        var missed = await OpenAsync(rater);
        Assert.Contains("You had 1 of 3 right, and this study asks for 2. Look at the guidelines once more", Text(missed.QuerySelector("#missed")!), StringComparison.Ordinal);
        Assert.NotNull(missed.QuerySelector(".examples"));
        Assert.Equal("Try again", missed.QuerySelector("button[type=submit]")!.TextContent);
        Assert.Equal(0, await CountAsync("completion")); // nobody is stopped yet
        await rater.SubmitAsync(Link, [], "form");
        Assert.NotNull((await OpenAsync(rater)).QuerySelector("#rate[data-training]"));
        Assert.False(Result(await TryAsync(rater, right: 0)).Passed);

        var end = await OpenAsync(rater);
        Assert.Equal("Thank you for trying", end.QuerySelector("h1")!.TextContent);
        Assert.Contains("You had 1 and then 0 of 3 right, and this study asks for 2.", Text(end.Body!), StringComparison.Ordinal);
        Assert.Contains("because the training round was not passed.", Text(end.QuerySelector("#finish")!), StringComparison.Ordinal);
        Assert.DoesNotContain("says nothing about your answers", Text(end.QuerySelector("#finish")!), StringComparison.Ordinal);
        Assert.Equal("C2OUT", end.QuerySelector("#code")!.TextContent);
        Assert.Equal(["training_failed"], await QueryAsync<string>("SELECT reason FROM completion WHERE status = 'screened_out'"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await rater.GetAsync($"{Api}/next")).StatusCode);
        await rater.PostAsync($"{Link}/start", await FormAsync(rater, "/sign-in")); // a third try
        Assert.Equal((6, 0), (await CountAsync("training_pair"), (await PairsAsync(rater)).Count));
        Assert.Equal("Thank you for trying", (await OpenAsync(rater)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task Training_SecondTryPassed_LeadsToThePairs()
    {
        using var rater = await TraineeAsync();
        await TryAsync(rater, right: 0);
        await rater.SubmitAsync(Link, [], "form");

        Assert.Equal((3, 3, 2, true), Result(await TryAsync(rater, right: 3)));

        Assert.NotNull((await OpenAsync(rater)).QuerySelector("#rate:not([data-training])"));
        Assert.Equal(0, await CountAsync("completion"));
    }

    [Fact]
    public async Task Reload_InTheMiddle_GoesOnWhereTheyWere()
    {
        var cookies = new CookieContainer();
        using var before = await TraineeAsync(cookies);
        var pairs = await PairsAsync(before);
        var (address, answer) = ($"{Api}/training/{Guid.CreateVersion7()}", await AnswerAsync(pairs[0], right: true));
        var told = await (await before.PutAsJsonAsync(address, answer)).Content.ReadAsStringAsync();
        await _portal.RestartAsync();
        using var after = _portal.Client(cookies);

        Assert.NotNull((await OpenAsync(after)).QuerySelector("#rate[data-training]"));
        Assert.Equal(pairs.Skip(1).Select(Id), (await PairsAsync(after)).Select(Id)); // same pairs, same order
        Assert.Equal(1, (await after.GetFromJsonAsync<JsonElement>($"{Api}/training")).GetProperty("answered").GetInt32());
        Assert.Equal(told, await (await after.PutAsJsonAsync(address, answer)).Content.ReadAsStringAsync()); // sent again, it counts once
        Assert.Equal(1, await CountAsync("training_answer"));
    }

    [Fact]
    public async Task Training_BeforeAnAnswer_TellsNeitherAnswerNorReason()
    {
        using var rater = await TraineeAsync();

        var told = await rater.GetStringAsync($"{Api}/training") + await rater.GetStringAsync(Link);

        foreach (var secret in (string[])["reason 1", "reason 2", "reason 3", "\"answer\"", "swapped", "correct\":"])
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
        foreach (var example in await Get<GuidelineStore>().ListAsync(_study.StudyId))
            if (example.UsedIn == ExampleUse.Training)
                Assert.DoesNotContain(example.ExamplePairId.ToString(), told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cheat_AskingForPairsBeforeOrInsteadOfTraining_GetsNone()
    {
        using var rater = _portal.Client();
        await rater.SubmitAsync(Link, [], "form");
        Assert.Equal(HttpStatusCode.Unauthorized, (await rater.GetAsync($"{Api}/next")).StatusCode); // the guidelines are not read yet
        await rater.SubmitAsync(Link, [], "form");
        Assert.Equal(HttpStatusCode.Unauthorized, (await rater.GetAsync($"{Api}/next")).StatusCode);
        await AnswerOneAsync(rater, right: true);
        await AnswerOneAsync(rater, right: true); // enough right, but the try is not over
        Assert.Equal(HttpStatusCode.Unauthorized, (await rater.GetAsync($"{Api}/next")).StatusCode);
        Assert.Equal(0, await CountAsync("assignment"));

        // A training pair is no pair to vote on.
        var vote = await rater.PutAsJsonAsync($"{Api}/votes/{Guid.CreateVersion7()}", await AnswerAsync((await PairsAsync(rater))[0], right: true));
        Assert.Equal(HttpStatusCode.NotFound, vote.StatusCode);
        Assert.Equal(0, await CountAsync("vote"));
    }

    [Fact]
    public async Task Cheat_BeginningAgainBeforeATryIsOver_DrawsNothingNew()
    {
        using var rater = _portal.Client();
        await rater.SubmitAsync(Link, [], "form");
        var form = await FormAsync(rater, Link); // kept from the page of the guidelines
        await rater.PostAsync($"{Link}/start", form);
        var pairs = await PairsAsync(rater);
        await AnswerOneAsync(rater, right: false);

        await rater.PostAsync($"{Link}/start", form);

        Assert.Equal(pairs.Skip(1).Select(Id), (await PairsAsync(rater)).Select(Id));
        Assert.Equal(3, await CountAsync("training_pair"));
    }

    [Fact]
    public async Task Cheat_AnswersThatCannotBe_AreRefusedWithoutFeedback()
    {
        using var rater = await TraineeAsync();
        using var other = await TraineeAsync();
        using var stranger = _portal.Client();
        var pairs = await PairsAsync(rater);
        var answer = JsonSerializer.SerializeToNode(await AnswerAsync(pairs[0], right: true), JsonSerializerOptions.Web)!.AsObject();
        var id = Guid.CreateVersion7();

        await RefusedAsync(stranger, Guid.CreateVersion7(), answer, HttpStatusCode.Unauthorized);
        await RefusedAsync(other, Guid.CreateVersion7(), answer, HttpStatusCode.Forbidden);
        await RefusedAsync(rater, Guid.NewGuid(), answer, HttpStatusCode.BadRequest); // not of version 7
        await RefusedAsync(rater, id, [], HttpStatusCode.BadRequest);
        await RefusedAsync(rater, id, With("choice", "both"), HttpStatusCode.BadRequest);
        await RefusedAsync(rater, id, With("decodedLeftAt", null), HttpStatusCode.UnprocessableEntity); // before it was shown
        await RefusedAsync(rater, id, With("decodedRightAt", DateTimeOffset.UtcNow.AddMinutes(1)), HttpStatusCode.UnprocessableEntity);
        await RefusedAsync(rater, id, With("choice", "reject", ("reason", "not_loaded")), HttpStatusCode.UnprocessableEntity); // passing over a pair
        await RefusedAsync(rater, id, With("supersedes", Guid.CreateVersion7()), HttpStatusCode.UnprocessableEntity); // a second answer for the first
        await RefusedAsync(rater, id, With("assignmentId", pairs[1].GetProperty("assignmentId").GetGuid()), HttpStatusCode.Conflict); // before its turn
        await RefusedAsync(rater, id, With("assignmentId", Guid.NewGuid()), HttpStatusCode.NotFound);
        Assert.Equal(0, await CountAsync("training_answer"));

        Assert.Equal(HttpStatusCode.OK, (await rater.PutAsJsonAsync($"{Api}/training/{id}", answer)).StatusCode);
        await RefusedAsync(rater, Guid.CreateVersion7(), With("choice", "tie"), HttpStatusCode.Conflict); // now that the right answer is known
        await RefusedAsync(rater, id, With("responseMs", 9), HttpStatusCode.Conflict);
        Assert.Equal(1, await CountAsync("training_answer"));

        JsonObject With(string name, object? value, params (string, object?)[] more)
        {
            var changed = answer.DeepClone().AsObject();
            foreach (var (field, content) in (IEnumerable<(string, object?)>)[(name, value), .. more])
                changed[field] = JsonSerializer.SerializeToNode(content);
            return changed;
        }
    }

    [Fact]
    public async Task Cheat_ImagesOfOtherRatersStudiesAndOfTraining_AreNotThere()
    {
        using var rater = await TraineeAsync();
        using var other = await TraineeAsync();
        using var stranger = _portal.Client();
        var image = (await PairsAsync(rater))[0].GetProperty("left").GetString()!;
        var examples = await Get<GuidelineStore>().ListAsync(_study.StudyId);
        var foreign = await Get<GuidelineStore>().ListAsync((await AddStudyAsync(training: 0)).StudyId);

        Assert.Equal(HttpStatusCode.OK, (await rater.GetAsync(image)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(image)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(image)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rater.GetAsync(image.Replace("/training/", "/examples/", StringComparison.Ordinal))).StatusCode);
        foreach (var example in examples.Where(example => example.UsedIn == ExampleUse.Training).Concat(foreign))
            Assert.Equal(HttpStatusCode.NotFound, (await rater.GetAsync(GuidelineEndpoints.ExampleAddress(_study.LinkToken, example.ExamplePairId, Side.Left))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(GuidelineEndpoints.ExampleAddress(_study.LinkToken, examples[0].ExamplePairId, Side.Left))).StatusCode);
    }

    [Fact]
    public async Task Withdraw_InTraining_ErasesItsAnswersToo()
    {
        using var rater = await TraineeAsync();
        await AnswerOneAsync(rater, right: true);

        await rater.SubmitAsync($"{Link}/mine", new() { ["erase"] = "yes" }, "form");

        Assert.Equal((0, 0), (await CountAsync("training_answer"), await CountAsync("training_pair")));
        Assert.Equal(HttpStatusCode.Gone, (await rater.PutAsJsonAsync($"{Api}/training/{Guid.CreateVersion7()}", new { })).StatusCode);
    }

    [Fact]
    public async Task Researcher_PreviewAndExport_ShowTrainingAsItWas()
    {
        using var rater = await TraineeAsync();
        await TryAsync(rater, right: 3);
        using var researcher = await _portal.SignedInClientAsync(Role.Admin);

        var preview = await OpenAsync(researcher, $"/studies/{_study.StudyId}/preview/guidelines");
        var table = CsvText.Read(await researcher.GetStringAsync($"/studies/{_study.StudyId}/export/training.csv"));

        Assert.Equal(4, preview.QuerySelectorAll(".example").Length);
        Assert.Equal(HttpStatusCode.OK, (await researcher.GetAsync(preview.QuerySelector(".example img")!.GetAttribute("src"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await rater.GetAsync($"/studies/{_study.StudyId}/preview/guidelines")).StatusCode);
        Assert.Equal([("1", "1", "true"), ("1", "2", "true"), ("1", "3", "true")], table.Select(row => (row["attempt"], row["position"], row["correct"])));
        Assert.All(table, row => Assert.Equal((row["right_answer"], "1500", "flaws"), (row["choice_screen"], row["rt_ms"], row["axis"])));
    }

    private T Get<T>() where T : notnull => _portal.Services.GetRequiredService<T>();

    private Task<Study> AddStudyAsync(int training)
    {
        var files = Get<ImageFiles>();
        return TrainedStudy.AddAsync(_seeds, Get<Db>(), Get<TimeProvider>(), training, passMark: 2, number => files.Keep(Png(number), "example").Sha256);
    }

    private static byte[] Png(int number) => (NetVips.Image.Black(16, 16, bands: 3) + number).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb).PngsaveBuffer();

    /// <summary>A rater who has agreed, read the guidelines and begun.</summary>
    private async Task<HttpClient> TraineeAsync(CookieContainer? cookies = null)
    {
        var rater = _portal.Client(cookies);
        await rater.SubmitAsync(Link, [], "form");
        await rater.SubmitAsync(Link, [], "form");
        return rater;
    }

    private Task<IHtmlDocument> OpenAsync(HttpClient rater) => OpenAsync(rater, Link);

    private static async Task<IHtmlDocument> OpenAsync(HttpClient rater, string address) =>
        await new HtmlParser().ParseDocumentAsync(await rater.GetStringAsync(address));

    /// <summary>Antiforgery fields as a page has them.</summary>
    private static async Task<FormUrlEncodedContent> FormAsync(HttpClient rater, string page)
    {
        var token = (await OpenAsync(rater, page)).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
    }

    private async Task<List<JsonElement>> PairsAsync(HttpClient rater) =>
        [.. (await rater.GetFromJsonAsync<JsonElement>($"{Api}/training")).GetProperty("pairs").EnumerateArray()];

    private static Guid Id(JsonElement pair) => pair.GetProperty("assignmentId").GetGuid();

    /// <summary>Answers what is open of a try: so many right, the others wrong.</summary>
    /// <returns>What came back for the last answer.</returns>
    private async Task<JsonElement> TryAsync(HttpClient rater, int right)
    {
        JsonElement last = default;
        for (var i = 0; i < 3; i++)
            last = await AnswerOneAsync(rater, i < right);
        return last;
    }

    private async Task<JsonElement> AnswerOneAsync(HttpClient rater, bool right)
    {
        var answer = await rater.PutAsJsonAsync($"{Api}/training/{Guid.CreateVersion7()}", await AnswerAsync((await PairsAsync(rater))[0], right));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var feedback = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(right, feedback.GetProperty("correct").GetBoolean());
        return feedback;
    }

    private static (int Correct, int Pairs, int PassMark, bool Passed) Result(JsonElement feedback)
    {
        var result = feedback.GetProperty("result");
        return (result.GetProperty("correct").GetInt32(), result.GetProperty("pairs").GetInt32(), result.GetProperty("passMark").GetInt32(), result.GetProperty("passed").GetBoolean());
    }

    /// <summary>An answer as a browser would send it; the test reads from the database which one is right.</summary>
    private async Task<object> AnswerAsync(JsonElement pair, bool right)
    {
        const string Sql = """
            SELECT CASE WHEN p.swapped AND e.answer = 'left' THEN 'right' WHEN p.swapped AND e.answer = 'right' THEN 'left' ELSE e.answer END
            FROM training_pair p
            JOIN example_pair e ON e.example_pair_id = p.example_pair_id
            WHERE p.training_pair_id =
            """;
        var answer = (await QueryAsync<string>($"{Sql} '{Id(pair)}'")).Single();
        var now = DateTimeOffset.UtcNow;
        return new
        {
            AssignmentId = Id(pair),
            Choice = right ? answer : answer == "tie" ? "left" : "tie",
            ResponseMs = 1_500,
            ShownAt = now.AddMilliseconds(-1_500),
            DecodedLeftAt = now.AddSeconds(-2),
            DecodedRightAt = now.AddSeconds(-2),
            VotedAt = now,
            Input = "key",
            AppVersion = "0.1.0",
        };
    }

    private async Task RefusedAsync(HttpClient rater, Guid id, JsonObject answer, HttpStatusCode status)
    {
        var refused = await rater.PutAsJsonAsync($"{Api}/training/{id}", answer);
        Assert.Equal(status, refused.StatusCode);
        Assert.DoesNotContain("reason ", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string sql)
    {
        await using var connection = await Get<Db>().OpenAsync();
        return [.. await connection.QueryAsync<T>(sql)];
    }

    private async Task<int> CountAsync(string table) => (await QueryAsync<int>($"SELECT COUNT(*) FROM {table}")).Single();

    private static string Text(AngleSharp.Dom.INode node) => string.Join(' ', node.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
