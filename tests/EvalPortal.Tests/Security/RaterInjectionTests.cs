using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>HTML in whatever a researcher writes or a list of prompts holds is text on every page of raters.</summary>
public sealed class RaterInjectionTests : IAsyncLifetime
{
    private const string Evil = "</p>\"'><script>alert(1)</script><img src=x onerror=alert(1)><a href=\"javascript:alert(1)\">&lt;b&gt;";

    private readonly AttackedStudy _study = new();

    public Task InitializeAsync() => _study.InitializeAsync();

    public Task DisposeAsync() => _study.DisposeAsync();

    [Fact]
    public async Task Html_InConsentInstructionsQuestionPromptAndCode_IsText()
    {
        var study = await AddEvilStudyAsync();
        var link = $"/r/{study.LinkToken}";
        using var rater = _study.Portal.Client();

        Assert.Contains(Evil, await TextAsync(rater, link), StringComparison.Ordinal); // consent
        await rater.SubmitAsync(link, [], "form");
        Assert.Contains(Evil, await TextAsync(rater, link), StringComparison.Ordinal); // instructions
        await rater.SubmitAsync(link, [], "form");
        Assert.Contains(Evil, await TextAsync(rater, link), StringComparison.Ordinal); // the pair page's help

        var next = await rater.GetAsync($"/api/rate/{study.LinkToken}/next");
        SafeHeaders.Check(next);
        Assert.Equal("application/json", next.Content.Headers.ContentType!.MediaType);
        using var turn = System.Text.Json.JsonDocument.Parse(await next.Content.ReadAsStringAsync());
        var pair = Assert.Single(turn.RootElement.GetProperty("pairs").EnumerateArray());
        Assert.Equal((Evil, Evil), (pair.GetProperty("question").GetString(), pair.GetProperty("prompt").GetString()));

        await rater.SendAsync("PUT", $"/api/rate/{study.LinkToken}/votes/{Guid.CreateVersion7()}", _study.Vote(pair.GetProperty("assignmentId").GetGuid()).ToJsonString());
        Assert.Contains(Evil, await TextAsync(rater, $"{link}/mine"), StringComparison.Ordinal);
        Assert.Contains("Go back", await TextAsync(rater, link), StringComparison.Ordinal); // with the address of the panel
    }

    private async Task<Study> AddEvilStudyAsync()
    {
        var (seeds, studies) = (_study.Seeds, _study.Get<StudyStore>());
        var (a, b) = await seeds.SystemsAsync(Evil);
        var id = await studies.AddAsync(await seeds.DraftAsync(a, b) with
        {
            Name = Evil,
            Consent = Evil,
            Instructions = Evil,
            Axes = [new StudyAxis { Axis = Axis.Appeal, Question = Evil, PromptVisible = true }],
        });
        await studies.SetStateAsync(id, StudyState.Running);
        await _study.Get<StudyEntryStore>().SaveAsync(new StudyEntry
        {
            StudyId = id,
            Panel = PanelKind.Other,
            ParticipantParameter = "id",
            CompletionAddress = "https://sona.example.org/?\"><script>alert(1)</script>",
            CompletionCode = Evil, // the form does not take such a code
        });
        return (await studies.FindAsync(id))!;
    }

    /// <summary>A page's text and attributes, once it is seen that it holds no element that is not the portal's own.</summary>
    private static async Task<string> TextAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path);
        SafeHeaders.Check(answer);
        var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());
        page.QuerySelector("script#texts[type='application/json']")!.Remove(); // data, which no browser runs
        Assert.All(page.Scripts, script => Assert.StartsWith("rater/", ((IHtmlScriptElement)script).GetAttribute("src"), StringComparison.Ordinal));
        Assert.All(page.Scripts, script => Assert.Equal("", script.TextContent));
        Assert.DoesNotContain(page.All, element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || attribute.Name == "style"));
        Assert.DoesNotContain(page.All, element => element.LocalName == "style");
        Assert.DoesNotContain(page.Links, element => element.GetAttribute("href")!.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(page.QuerySelectorAll("img[src=x]"));
        return string.Join('\n', page.All.SelectMany(element => element.Attributes).Select(attribute => attribute.Value).Append(page.Body!.TextContent));
    }
}
