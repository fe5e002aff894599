using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Items;

/// <summary>One image of a study of text alignment, with its answers.</summary>
public sealed class SheetItemPageTests : SheetPageTests
{
    protected override async Task<Study> AddStudyAsync(Seeds seeds, Db db, TimeProvider clock) =>
        (await AlignmentStudy.AddAsync(seeds, db, clock, prompts: 2)).Study;

    [Fact]
    public async Task Image_Answered_ShowsQuestionsSheetsAndTheNextImage()
    {
        var item = (await Rater.GetFromJsonAsync<JsonElement>($"/api/rate/{Study.LinkToken}/next")).GetProperty("pairs")[0];
        var questions = item.GetProperty("questions").EnumerateArray().Select(question => question.GetProperty("id").GetInt64()).ToList();
        var now = DateTimeOffset.UtcNow;
        var answer = await Rater.PutAsJsonAsync($"/api/rate/{Study.LinkToken}/votes/{Guid.CreateVersion7()}", new
        {
            assignmentId = item.GetProperty("assignmentId").GetString(),
            choice = "answered",
            answers = new[] { new { questionId = questions[0], answer = "no", ms = (int?)900 }, new { questionId = questions[1], answer = "not_asked", ms = (int?)null } },
            responseMs = 2_500,
            shownAt = now.AddMilliseconds(-2_500),
            decodedAt = now.AddSeconds(-3),
            votedAt = now,
            appVersion = "0.1.0",
        });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        using var researcher = await Portal.SignedInClientAsync(Role.Admin);

        var results = await OpenAsync(researcher, $"/studies/{Study.StudyId}/results");
        var row = results.QuerySelectorAll(".comparisons tbody tr").Single(image => Text(image.LastElementChild!) == "1");
        Assert.Contains("0.0 % 0 of 2", Text(row), StringComparison.Ordinal);
        Assert.Equal(4, results.QuerySelectorAll(".comparisons tbody tr").Length);
        var page = await OpenAsync(researcher, row.QuerySelector("a")!.GetAttribute("href")!);

        Assert.Single(page.QuerySelectorAll("item-view .item-pane"));
        var cells = page.QuerySelectorAll("table")[0].QuerySelectorAll("tbody tr").Select(question => string.Join('|', question.Children.Select(Text))).ToList();
        Assert.Equal(["Is there a fox? object|yes|0|1|0|0|0.0 %", "Is it red? colour|yes|0|0|0|1|0.0 %"], cells);
        Assert.Contains("Is there a fox? no, not as expected", Text(page.QuerySelector(".votes tbody td:nth-child(2)")!), StringComparison.Ordinal);
        Assert.Contains(" of 4", Text(page.QuerySelector(".neighbours")!), StringComparison.Ordinal);
        var figures = await OpenAsync(researcher, $"/studies/{Study.StudyId}/figures");
        Assert.Equal("alignment", Assert.Single(figures.QuerySelectorAll("figure")).Id);
        Assert.Equal("object", figures.QuerySelectorAll("#alignment tbody tr td:first-child").Select(Text).Select(label => label.Split(',')[0]).ElementAt(4));
    }

    private static async Task<IHtmlDocument> OpenAsync(HttpClient browser, string address) => await new HtmlParser().ParseDocumentAsync(await browser.GetStringAsync(address));

    private static string Text(INode node) => string.Join(' ', node.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>One prompt of a study in which best and worst are picked.</summary>
public sealed class PickItemPageTests : SheetPageTests
{
    protected override async Task<Study> AddStudyAsync(Seeds seeds, Db db, TimeProvider clock) =>
        (await PreferenceStudy.AddAsync(seeds, db, clock, prompts: 2)).Study;

    [Fact]
    public async Task Prompt_Picked_ShowsEveryImageWithItsPicks()
    {
        var item = (await Rater.GetFromJsonAsync<JsonElement>($"/api/rate/{Study.LinkToken}/next")).GetProperty("pairs")[0];
        var now = DateTimeOffset.UtcNow;
        var answer = await Rater.PutAsJsonAsync($"/api/rate/{Study.LinkToken}/votes/{Guid.CreateVersion7()}", new
        {
            assignmentId = item.GetProperty("assignmentId").GetString(),
            choice = "answered",
            picks = new { best = 2, worst = 5, flagged = new[] { 2 } },
            responseMs = 2_500,
            shownAt = now.AddMilliseconds(-2_500),
            decodedAt = now.AddSeconds(-3),
            votedAt = now,
            appVersion = "0.1.0",
        });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        using var researcher = await Portal.SignedInClientAsync(Role.Admin);

        var results = await OpenAsync(researcher, $"/studies/{Study.StudyId}/results");
        var link = results.QuerySelectorAll(".picked h3").Single(prompt => Text(prompt).EndsWith("1 vote", StringComparison.Ordinal)).QuerySelector("a")!;
        var page = await OpenAsync(researcher, link.GetAttribute("href")!);

        var captions = page.QuerySelectorAll("item-view figcaption").Select(Text).ToList();
        Assert.Equal(5, captions.Count);
        Assert.Single(captions, caption => caption.Contains("best 1, worst 0, chosen", StringComparison.Ordinal));
        Assert.Single(captions, caption => caption.Contains("best 0, worst 1, rejected", StringComparison.Ordinal));
        var vote = Text(page.QuerySelector(".votes tbody td:nth-child(2)")!);
        Assert.Matches(@"^best \d, worst \d, kept as the best with a flagged major flaw shown in the order \d, \d, \d, \d, \d$", vote);
        var places = vote.Split("order ")[1].Split(", ");
        Assert.StartsWith($"best {places[1]}, worst {places[4]}", vote, StringComparison.Ordinal);
        var figures = await OpenAsync(researcher, $"/studies/{Study.StudyId}/figures");
        var rates = figures.QuerySelectorAll("#picks tbody tr td:nth-child(3)").Select(Text).ToList(); // A best, A worst, B best, B worst
        Assert.Equal((4, "100.0 %", "100.0 %"), (rates.Count, Either(rates[0], rates[2]), Either(rates[1], rates[3])));
    }

    /// <summary>One vote picks an image of one system, so one of two rates is all of it and the other nothing.</summary>
    private static string Either(string one, string other) => one == "0.0 %" ? other : other == "0.0 %" ? one : $"{one} and {other}";

    private static async Task<IHtmlDocument> OpenAsync(HttpClient browser, string address) => await new HtmlParser().ParseDocumentAsync(await browser.GetStringAsync(address));

    private static string Text(INode node) => string.Join(' ', node.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
