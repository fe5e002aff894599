using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Exports;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>Who gets into a study, by which address, and what they take away; addresses that were tampered with do not.</summary>
public sealed class RaterEntryTests : IAsyncLifetime
{
    private const string Pid = "5f2b8c1d9e0a4b7c6d3e2f10";
    private const string OtherPid = "5f2b8c1d9e0a4b7c6d3e2f11";

    private readonly PortalServer _portal = new();
    private Study _study = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        var (db, clock) = (Get<Db>(), Get<TimeProvider>());
        _study = (await RatedStudy.AddAsync(new Seeds(db, clock), db, clock, prompts: 1, votes: 2)).Study;
    }

    public Task DisposeAsync() => _portal.DisposeAsync();

    private string Link => $"/r/{_study.LinkToken}";
    private string Prolific => $"{Link}?PROLIFIC_PID={Pid}&STUDY_ID=s1&SESSION_ID=v1";

    [Fact]
    public async Task Prolific_FromTheirLinkToTheCode_WithoutTheIdAnywhere()
    {
        await SetAsync(ProlificEntry);
        using var rater = _portal.Client();

        var consent = await OpenAsync(rater, Prolific);
        Assert.Contains("is not kept", consent.QuerySelector("#about-id")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(Link, (await rater.SubmitAsync(Prolific, [], "form")).Headers.Location!.ToString());
        await rater.SubmitAsync(Link, [], "form");
        await AnswerEverythingAsync(rater);
        var thanks = await OpenAsync(rater, Link);

        Assert.Equal("C1DONE", thanks.QuerySelector("#code")!.TextContent);
        Assert.Equal("https://app.prolific.com/submissions/complete?cc=C1DONE", thanks.QuerySelector("#return")!.GetAttribute("href"));
        Assert.True(thanks.QuerySelector("#finish")!.HasAttribute("hidden")); // until the browser has nothing left to send
        Assert.DoesNotContain(Pid, await DumpAsync(), StringComparison.Ordinal);
        Assert.Equal(["completed"], await QueryAsync<string>("SELECT status FROM completion"));
    }

    [Fact]
    public async Task Prolific_SameIdInAnotherBrowser_ContinuesWhereTheyWere()
    {
        await SetAsync(ProlificEntry);
        using var first = await BeginAsync(Prolific);
        await AnswerAsync(first, (await PairsAsync(first))[0]);
        using var second = _portal.Client();

        var answer = await second.GetAsync(Prolific);

        Assert.Equal((HttpStatusCode.Redirect, Link), (answer.StatusCode, new Uri(_portal.Address, answer.Headers.Location!).PathAndQuery));
        Assert.NotNull((await OpenAsync(second, Link)).QuerySelector("#rate"));
        Assert.Single(await PairsAsync(second)); // one of two is answered
        Assert.Single(await PairsAsync(first)); // and the first browser is not thrown out
        Assert.Equal(1, (await QueryAsync<int>("SELECT COUNT(*) FROM rater")).Single());
    }

    [Fact]
    public async Task Prolific_TwoPeopleAtOneBrowser_AreTwoRaters()
    {
        await SetAsync(ProlificEntry);
        using var browser = await BeginAsync(Prolific);

        var page = await OpenAsync(browser, $"{Link}?PROLIFIC_PID={OtherPid}");

        Assert.Equal("Take part", page.QuerySelector("h1")!.TextContent);
    }

    [Theory]
    [InlineData("?PROLIFIC_PID={{%25PROLIFIC_PID%25}}", "did not put your participant id into the address")]
    [InlineData("?PROLIFIC_PID=me", "is not one that Prolific gives out")]
    [InlineData("?invitation=1.AAAAAAAAAAAAAAAAAAAAAA", "This personal link is not one that was given out")]
    public async Task Address_Tampered_IsRefusedWithASentenceAndStoresNothing(string query, string sentence)
    {
        await SetAsync(ProlificEntry with { OpenLink = true });
        await Get<RaterInvitationStore>().AddAsync(_study.StudyId, 1, createdByAccountId: null);
        using var rater = _portal.Client();

        var answer = await rater.GetAsync(Link + query);
        var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("This address does not work", page.QuerySelector("h1")!.TextContent);
        Assert.Contains(sentence, page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("form"));

        // A form from elsewhere on this portal does not help either.
        var posted = await rater.PostAsync($"{Link}/consent{query}", await FormAsync(rater));
        Assert.Equal(HttpStatusCode.Redirect, posted.StatusCode);
        Assert.Equal(0, (await QueryAsync<int>("SELECT COUNT(*) FROM rater")).Single());
    }

    [Fact]
    public async Task OpenLink_Closed_LetsOnlyThoseInWhoAreKnown()
    {
        await SetAsync(ProlificEntry);
        using var stranger = _portal.Client();

        Assert.Equal("This study is by invitation", (await OpenAsync(stranger, Link)).QuerySelector("h1")!.TextContent);
        var cookie = await FormAsync(stranger, Prolific);
        await stranger.PostAsync($"{Link}/consent", cookie);
        Assert.Equal(0, (await QueryAsync<int>("SELECT COUNT(*) FROM rater")).Single());
    }

    [Fact]
    public async Task PersonalLink_UntilItIsRevoked_IsOnePersons()
    {
        await SetAsync(new StudyEntry { StudyId = _study.StudyId, OpenLink = false });
        var invitations = Get<RaterInvitationStore>();
        await invitations.AddAsync(_study.StudyId, 2, createdByAccountId: null);
        var personal = Link + invitations.Query(_study.StudyId, 1);
        using var first = _portal.Client();
        Assert.Contains("Do not pass it on", (await OpenAsync(first, personal)).QuerySelector("#about-id")!.TextContent, StringComparison.Ordinal);
        await first.SubmitAsync(personal, [], "form");
        await first.SubmitAsync(Link, [], "form");
        var pairs = await PairsAsync(first);
        using var second = _portal.Client();
        Assert.Equal(HttpStatusCode.Redirect, (await second.GetAsync(personal)).StatusCode);
        Assert.Equal(pairs.Count, (await PairsAsync(second)).Count);

        await invitations.RevokeAsync(_study.StudyId, 1);
        await invitations.RevokeAsync(_study.StudyId, 2);

        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(first, pairs[0])).StatusCode); // what was on its way is not lost
        Assert.Equal(HttpStatusCode.Unauthorized, (await first.GetAsync($"/api/rate/{_study.LinkToken}/next")).StatusCode);
        using var third = _portal.Client();
        foreach (var (client, address) in (IEnumerable<(HttpClient, string)>)[(first, Link), (third, personal), (third, Link + invitations.Query(_study.StudyId, 2))])
            Assert.Equal("This personal link was revoked", (await OpenAsync(client, address)).QuerySelector("h1")!.TextContent);
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("1023", "700", false)]
    [InlineData("1024", "700", true)]
    [InlineData("1e9", "1e9", false)]
    public async Task Window_SmallerThanDemanded_StopsBeforeConsent(string width, string height, bool letIn)
    {
        await SetAsync(new StudyEntry { StudyId = _study.StudyId, MinViewportW = 1024, MinViewportH = 700 });
        using var rater = _portal.Client();

        var page = await OpenAsync(rater, Link);
        Assert.Contains("at least 1024 × 700 pixels", page.QuerySelector("#window")!.TextContent, StringComparison.Ordinal);
        Assert.True(page.QuerySelector("#agree")!.HasAttribute("disabled"));
        Assert.Contains("needs JavaScript", page.QuerySelector("noscript")!.InnerHtml, StringComparison.Ordinal);
        var form = await FormAsync(rater, Link, new() { ["viewportW"] = width, ["viewportH"] = height });
        await rater.PostAsync($"{Link}/consent", form);

        Assert.Equal(letIn ? 1 : 0, (await QueryAsync<int>("SELECT COUNT(*) FROM session")).Single());
    }

    [Fact]
    public async Task Prolific_StudyFull_SaysWhyAndGivesTheOtherCode()
    {
        await SetAsync(ProlificEntry with { OpenLink = true });
        using var early = await BeginAsync(Prolific);
        using var late = await BeginAsync($"{Link}?PROLIFIC_PID={OtherPid}");
        foreach (var _ in (int[])[1, 2])
        {
            using var other = await BeginAsync(Link);
            await AnswerEverythingAsync(other);
        }
        using var latest = _portal.Client();

        foreach (var page in (IHtmlDocument[])[await OpenAsync(late, Link), await OpenAsync(latest, $"{Link}?PROLIFIC_PID=5f2b8c1d9e0a4b7c6d3e2f12")])
        {
            Assert.Equal("There is nothing left to judge", page.QuerySelector("h1")!.TextContent);
            Assert.Contains("because the study was full", page.QuerySelector("#finish")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("C2OUT", page.QuerySelector("#code")!.TextContent);
        }
        Assert.Equal(["study_full"], await QueryAsync<string>("SELECT reason FROM completion WHERE status = 'screened_out'"));
    }

    [Fact]
    public async Task Prolific_StudyClosedOnTheWay_IsScreenedOutAndWhoFinishedIsNot()
    {
        await SetAsync(ProlificEntry);
        using var under = await BeginAsync(Prolific);
        using var through = await BeginAsync($"{Link}?PROLIFIC_PID={OtherPid}");
        await AnswerAsync(under, (await PairsAsync(under))[0]);
        await AnswerEverythingAsync(through);
        await Get<StudyStore>().SetStateAsync(_study.StudyId, StudyState.Closed);

        Assert.Equal("C2OUT", (await OpenAsync(under, Link)).QuerySelector("#code")!.TextContent);
        Assert.Equal("C1DONE", (await OpenAsync(through, Link)).QuerySelector("#code")!.TextContent);
    }

    [Fact]
    public async Task OtherPanel_WithIdsKept_GoesBackWithTheId_AndThePayListHasNoPseudonym()
    {
        await SetAsync(new StudyEntry
        {
            StudyId = _study.StudyId,
            Panel = PanelKind.Other,
            ParticipantParameter = "survey_code",
            CompletionAddress = "https://sona.example.org/credit?survey_code={participant}",
            KeepsParticipantIds = true,
        });
        using var rater = _portal.Client();
        Assert.Contains("is kept so that you can be paid", (await OpenAsync(rater, $"{Link}?survey_code=17-A")).QuerySelector("#about-id")!.TextContent, StringComparison.Ordinal);
        await rater.SubmitAsync($"{Link}?survey_code=17-A", [], "form");
        await rater.SubmitAsync(Link, [], "form");
        await AnswerEverythingAsync(rater);

        Assert.Equal("https://sona.example.org/credit?survey_code=17-A", (await OpenAsync(rater, Link)).QuerySelector("#return")!.GetAttribute("href"));
        using var researcher = await _portal.SignedInClientAsync(Role.Admin);
        var pay = await researcher.GetStringAsync($"/studies/{_study.StudyId}/pay.csv");
        var pseudonym = (await QueryAsync<string>("SELECT pseudonym FROM rater")).Single();
        var line = CsvText.Read(pay.TrimStart('\uFEFF')).Single();
        Assert.Equal(("17-A", "completed"), (line["participant_id"], line["status"]));
        Assert.DoesNotContain(pseudonym, pay, StringComparison.Ordinal);
        Assert.DoesNotContain("17-A", await researcher.GetStringAsync($"/studies/{_study.StudyId}/export/votes.csv"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await rater.GetAsync($"/studies/{_study.StudyId}/pay.csv")).StatusCode);
    }

    [Fact]
    public async Task Mine_OwnAnswers_AreShownAndErased()
    {
        await SetAsync(ProlificEntry);
        using var rater = await BeginAsync(Prolific);
        using var stranger = _portal.Client();
        var last = await AnswerEverythingAsync(rater);

        var mine = await OpenAsync(rater, $"{Link}/mine");
        Assert.Equal(2, mine.QuerySelectorAll(".own-answer").Length);
        Assert.Equal(HttpStatusCode.BadRequest, (await rater.PostAsync($"{Link}/withdraw", await FormAsync(rater, $"{Link}/mine"))).StatusCode); // box not ticked
        Assert.Equal(HttpStatusCode.BadRequest, (await rater.PostAsync($"{Link}/withdraw", new FormUrlEncodedContent([new("erase", "yes")]))).StatusCode); // no token
        Assert.Equal(2, (await QueryAsync<int>("SELECT COUNT(*) FROM vote")).Single());

        await rater.SubmitAsync($"{Link}/mine", new() { ["erase"] = "yes" }, "form");

        Assert.Equal("You have withdrawn", (await OpenAsync(rater, Link)).QuerySelector("h1")!.TextContent);
        Assert.Equal(0, (await QueryAsync<int>("SELECT COUNT(*) FROM vote")).Single());
        Assert.Equal(2, (await QueryAsync<int>("SELECT COUNT(*) FROM erased_vote")).Single());
        Assert.Empty((await OpenAsync(rater, $"{Link}/mine")).QuerySelectorAll(".own-answer"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await rater.GetAsync($"/api/rate/{_study.LinkToken}/next")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await AnswerAsync(rater, last)).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await rater.PutAsJsonAsync($"/api/rate/{_study.LinkToken}/votes/{Guid.CreateVersion7()}/flaw", new { })).StatusCode);
        Assert.Contains("There are no answers of yours here", (await OpenAsync(stranger, $"{Link}/mine")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mine_StudyClosed_OffersNoChangeAndStillErases()
    {
        using var rater = await BeginAsync(Link);
        await AnswerEverythingAsync(rater);
        Assert.NotNull((await OpenAsync(rater, $"{Link}/mine")).QuerySelector("[data-answer]"));
        await Get<StudyStore>().SetStateAsync(_study.StudyId, StudyState.Closed);

        var mine = await OpenAsync(rater, $"{Link}/mine");

        Assert.Equal(2, mine.QuerySelectorAll(".own-answer").Length);
        Assert.Null(mine.QuerySelector("[data-answer]"));
        await rater.SubmitAsync($"{Link}/mine", new() { ["erase"] = "yes" }, "form");
        Assert.Equal(0, (await QueryAsync<int>("SELECT COUNT(*) FROM vote")).Single());
    }

    private StudyEntry ProlificEntry => new()
    {
        StudyId = _study.StudyId,
        OpenLink = false,
        Panel = PanelKind.Prolific,
        CompletionCode = "C1DONE",
        ScreenOutCode = "C2OUT",
    };

    private T Get<T>() where T : notnull => _portal.Services.GetRequiredService<T>();

    private Task SetAsync(StudyEntry entry) => Get<StudyEntryStore>().SaveAsync(entry);

    /// <summary>A rater who has come by an address, agreed and read the instructions.</summary>
    private async Task<HttpClient> BeginAsync(string address)
    {
        var rater = _portal.Client();
        await rater.SubmitAsync(address, [], "form");
        await rater.SubmitAsync(Link, [], "form");
        return rater;
    }

    private static async Task<IHtmlDocument> OpenAsync(HttpClient rater, string address)
    {
        using var answer = await rater.GetAsync(address);
        return await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Antiforgery fields as a page has them; by default from a page that anybody may open.</summary>
    private static async Task<FormUrlEncodedContent> FormAsync(HttpClient client, string page = "/sign-in", Dictionary<string, string>? values = null)
    {
        var form = (await OpenAsync(client, page)).QuerySelector("form")!;
        var token = form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return new FormUrlEncodedContent(new Dictionary<string, string>(values ?? []) { ["__RequestVerificationToken"] = token });
    }

    private async Task<List<JsonElement>> PairsAsync(HttpClient rater) =>
        [.. (await rater.GetFromJsonAsync<JsonElement>($"/api/rate/{_study.LinkToken}/next")).GetProperty("pairs").EnumerateArray()];

    /// <returns>The last pair.</returns>
    private async Task<JsonElement> AnswerEverythingAsync(HttpClient rater)
    {
        JsonElement last = default;
        while (await PairsAsync(rater) is { Count: > 0 } pairs)
        {
            foreach (var pair in pairs)
                Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(rater, last = pair)).StatusCode);
        }
        return last;
    }

    private Task<HttpResponseMessage> AnswerAsync(HttpClient rater, JsonElement pair)
    {
        var now = DateTimeOffset.UtcNow;
        return rater.PutAsJsonAsync($"/api/rate/{_study.LinkToken}/votes/{Guid.CreateVersion7()}", new
        {
            AssignmentId = pair.GetProperty("assignmentId").GetGuid(),
            Choice = "left",
            ResponseMs = 1_500,
            ShownAt = now.AddMilliseconds(-1_500),
            DecodedLeftAt = now.AddSeconds(-2),
            DecodedRightAt = now.AddSeconds(-2),
            VotedAt = now,
            AppVersion = "0.1.0",
        });
    }

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string sql)
    {
        await using var connection = await Get<Db>().OpenAsync();
        return [.. await connection.QueryAsync<T>(sql)];
    }

    /// <summary>Everything the database holds, as text.</summary>
    private async Task<string> DumpAsync()
    {
        var tables = await QueryAsync<string>("SELECT name FROM sqlite_master WHERE type = 'table'");
        var rows = new List<string>();
        await using var connection = await Get<Db>().OpenAsync();
        foreach (var table in tables)
            rows.AddRange((await connection.QueryAsync($"SELECT * FROM {table}")).Select(row => (string)string.Join('|', ((IDictionary<string, object>)row).Values)));
        return string.Join('\n', rows);
    }
}
