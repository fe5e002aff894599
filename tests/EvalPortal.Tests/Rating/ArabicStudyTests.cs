using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Guidelines;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>A study in Arabic as its raters read it: from right to left, without a word in English, and with left still left.</summary>
public sealed partial class ArabicStudyTests : IAsyncLifetime
{
    private const string Pid = "5f2b8c1d9e0a4b7c6d3e2f10";

    private static readonly Language Arabic = Language.Find("ar")!;

    // Names, keys and what browsers call things
    private static readonly string[] Latin =
        ["PixelPost", "JavaScript", "Prolific", "Esc", "Enter", "Tab", "Shift", "UUID", "UTC", "https", "app", "prolific", "com", "submissions", "complete", "cc", "DONE", "OUT"];

    private readonly PortalServer _portal = new();
    private Seeds _seeds = null!;
    private Study _study = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _seeds = new Seeds(_portal.Services.GetRequiredService<Db>(), _portal.Services.GetRequiredService<TimeProvider>());
        _study = await AddStudyAsync("ar");
    }

    public Task DisposeAsync() => _portal.DisposeAsync();

    private string Link => $"/r/{_study.LinkToken}";

    private string Api => $"/api/rate/{_study.LinkToken}";

    private string Prolific => $"{Link}?PROLIFIC_PID={Pid}";

    [Fact]
    public async Task Pages_OfEveryStep_AreInArabicFromRightToLeft()
    {
        await _portal.Services.GetRequiredService<StudyEntryStore>().SaveAsync(new StudyEntry
        {
            StudyId = _study.StudyId,
            Panel = PanelKind.Prolific,
            CompletionCode = "C1DONE",
            ScreenOutCode = "C2OUT",
        });
        using var rater = _portal.Client();

        AssertArabic("أوافق", await OpenAsync(rater, Prolific));
        AssertArabic("هذا العنوان لا يعمل", await OpenAsync(rater, $"{Link}?PROLIFIC_PID=x"));
        AssertArabic("هذا الرابط الشخصي ليس", await OpenAsync(rater, $"{Link}?invitation=1.x"));
        AssertArabic("لا توجد إجابات لك هنا", await OpenAsync(rater, $"{Link}/mine"));
        await rater.SubmitAsync(Prolific, [], "form");
        AssertArabic("كيف تحكم على الصور", await OpenAsync(rater, Link));
        await rater.SubmitAsync(Link, [], "form");
        AssertArabic("تعذّر المقارنة…", await OpenAsync(rater, Link));

        Assert.Equal(2, await AnswerEverythingAsync(rater));
        AssertArabic("الإجابات المستلمة: 2", await OpenAsync(rater, Link));
        AssertArabic("تحت الاسم", await OpenAsync(rater, $"{Link}/mine"));
        await _portal.Services.GetRequiredService<StudyStore>().SetStateAsync(_study.StudyId, StudyState.Closed);
        AssertArabic("انتهت هذه الدراسة", await OpenAsync(rater, Link));
        await rater.SubmitAsync($"{Link}/mine", new() { ["erase"] = "yes" }, "form");
        AssertArabic("لقد انسحبت من الدراسة", await OpenAsync(rater, Link));
    }

    [Fact]
    public async Task Preview_ForResearchers_IsAsRatersSeeIt()
    {
        _study = await AddStudyAsync("ar", training: 1);
        using var researcher = await _portal.SignedInClientAsync(Role.Admin);

        var preview = await OpenAsync(researcher, $"/studies/{_study.StudyId}/preview/guidelines");

        Assert.Equal(["ltr", "ltr"], preview.QuerySelectorAll("[lang=en]").Select(part => part.GetAttribute("dir"))); // said to researchers only
        foreach (var part in preview.QuerySelectorAll("title, [lang=en]").ToList())
            part.Remove();
        AssertArabic("كيف تحكم على الصور", preview);
        Assert.Equal("en", (await OpenAsync(researcher, $"/studies/{_study.StudyId}/guidelines")).DocumentElement.GetAttribute("lang"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Training_FromTheGuidelinesToItsEnd_IsInArabicFromRightToLeft(bool passed)
    {
        _study = await AddStudyAsync("ar", training: 1);
        await _portal.Services.GetRequiredService<StudyEntryStore>().SaveAsync(new StudyEntry
        {
            StudyId = _study.StudyId,
            Panel = PanelKind.Prolific,
            CompletionCode = "C1DONE",
            ScreenOutCode = "C2OUT",
        });
        using var rater = _portal.Client();
        await rater.SubmitAsync(Prolific, [], "form");

        var guidelines = await OpenAsync(rater, Link);
        AssertArabic("عدد الأزواج: 1.", guidelines);
        Assert.Contains("عيب بسيط: وجه. سبب 0", guidelines.QuerySelector(".examples li p")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["= تعادل", "= تعادل"], guidelines.QuerySelectorAll(".example figcaption").Select(caption => caption.TextContent));
        Assert.All(guidelines.QuerySelectorAll(".example"), example => Assert.Equal("ltr", example.GetAttribute("dir")));
        Assert.All(guidelines.QuerySelectorAll(".examples h2, .example + p > span, .sheet > .text:not(#training-due)"), text => Assert.Equal("auto", text.GetAttribute("dir")));
        await AssertRefusedInArabicAsync(await rater.GetAsync($"{Api}/next"));
        await rater.SubmitAsync(Link, [], "form");
        var training = await OpenAsync(rater, Link);
        AssertArabic("ليس تمامًا", training);
        AssertArabic("الجواب: الصورة العليا.", training);
        Assert.Equal("auto", training.QuerySelector("#training-why")!.GetAttribute("dir"));
        Assert.Matches(@"\s$", training.QuerySelector("[data-show=tie]")!.NextSibling!.TextContent); // before the reason

        foreach (var (id, answer) in (IEnumerable<(Guid, object)>)
        [
            (Guid.NewGuid(), new { }),
            (Guid.CreateVersion7(), new { }),
            (Guid.CreateVersion7(), Answer(Guid.NewGuid(), "reject")),
            (Guid.CreateVersion7(), Answer(Guid.NewGuid(), "tie")),
        ])
            await AssertRefusedInArabicAsync(await rater.PutAsJsonAsync($"{Api}/training/{id}", answer));
        var right = await TrainAsync(rater, "tie");
        AssertArabic("عدد إجاباتك الصحيحة: 0 من 1", await OpenAsync(rater, Link));
        await rater.SubmitAsync(Link, [], "form");
        await TrainAsync(rater, passed ? right == "left" ? "right" : "left" : "tie"); // sides are swapped in the second try
        var end = await OpenAsync(rater, Link);

        if (passed)
            AssertArabic("تعذّر المقارنة…", end);
        else
        {
            AssertArabic("عدد إجاباتك الصحيحة: 0 ثم 0 من 1", end);
            Assert.Contains("لم يتم اجتياز جولة التدريب", end.QuerySelector("#finish")!.TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PairPage_InArabic_LeavesThePairAsItIs()
    {
        using var rater = await ReadyRaterAsync();

        var page = await OpenAsync(rater, Link);

        foreach (var part in (string[])["#pair", ".answers"])
            Assert.Equal("ltr", page.QuerySelector(part)!.GetAttribute("dir"));
        Assert.Equal(["left", "right"], page.QuerySelectorAll("#pair .side").Select(side => side.GetAttribute("data-choice")));
        Assert.Equal(["left", "tie", "right"], page.QuerySelectorAll(".answers button").Select(button => button.GetAttribute("data-choice")));
        Assert.Equal(["اليسرى", "تعادل", "اليمنى"], page.QuerySelectorAll(".answers span.beside, .answers [data-choice=tie]").Select(word => word.TextContent.TrimStart('↓')));
        Assert.All(page.QuerySelectorAll("#question, #prompt, #part-question, #help .text"), text => Assert.Equal("auto", text.GetAttribute("dir")));
    }

    [Fact]
    public async Task Scripts_InArabic_HaveTheirTextsAsData()
    {
        using var rater = await ReadyRaterAsync();

        var texts = (await OpenAsync(rater, Link)).QuerySelector("script#texts")!;

        Assert.Equal("application/json", texts.GetAttribute("type"));
        using var json = JsonDocument.Parse(texts.TextContent);
        Assert.Equal("حُفظت", json.RootElement.GetProperty("Status_Saved").GetString());
        Assert.DoesNotContain(json.RootElement.EnumerateObject(), text => IsEnglish(text.Value.GetString()!));
    }

    [Fact]
    public async Task Refusals_AreInTheLanguageOfTheStudy()
    {
        using var rater = await ReadyRaterAsync();
        using var stranger = _portal.Client();

        foreach (var answer in (HttpResponseMessage[])
        [
            await rater.PutAsJsonAsync($"{Api}/votes/{Guid.CreateVersion7()}", new { }),
            await rater.PutAsJsonAsync($"{Api}/votes/{Guid.CreateVersion7()}/retraction", new { }),
            await rater.PutAsJsonAsync($"{Api}/votes/{Guid.CreateVersion7()}/flaw", new { X = 1 }),
            await stranger.GetAsync($"{Api}/next"),
        ])
            await AssertRefusedInArabicAsync(answer);
        AssertArabic("هذا النموذج قديم", await ReadAsync(await rater.PostAsync($"{Link}/start", content: null)));
    }

    [Theory]
    [InlineData("ar-EG,ar;q=0.9,en;q=0.5", "ar", "rtl", "هذا الرابط لا يؤدي إلى أي دراسة")]
    [InlineData("tlh,en;q=0.2,ar;q=0.1", "en", "ltr", "This link leads to no study")]
    [InlineData("", "en", "ltr", "This link leads to no study")]
    public async Task Page_WithoutAStudy_IsInTheBrowsersLanguage(string accepted, string code, string direction, string title)
    {
        using var stranger = Browser(accepted);

        var page = await OpenAsync(stranger, "/r/no-such-link");

        Assert.Equal((code, direction), (page.DocumentElement.GetAttribute("lang"), page.DocumentElement.GetAttribute("dir")));
        Assert.Equal(title, page.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task Page_OfAStudy_IsInItsLanguageWhateverTheBrowserSays()
    {
        var english = await AddStudyAsync("en");
        using var rater = Browser("ar");
        using var other = Browser("en");

        var page = await OpenAsync(rater, $"/r/{english.LinkToken}");
        Assert.Equal(("en", "ltr", "Take part"), (page.DocumentElement.GetAttribute("lang"), page.DocumentElement.GetAttribute("dir"), page.QuerySelector("h1")!.TextContent));
        AssertArabic("أوافق", await OpenAsync(other, Link));
        Assert.Equal("en", (await OpenAsync(rater, "/sign-in")).DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task Page_OfAStudyWhoseLanguageHasNoFile_IsInEnglish()
    {
        var study = await AddStudyAsync("tlh");
        using var rater = Browser("ar");

        Assert.Equal("Take part", (await OpenAsync(rater, $"/r/{study.LinkToken}")).QuerySelector("h1")!.TextContent);
    }

    private static void AssertArabic(string words, IHtmlDocument page)
    {
        Assert.Equal(("ar", "rtl"), (page.DocumentElement.GetAttribute("lang"), page.DocumentElement.GetAttribute("dir")));
        foreach (var script in page.QuerySelectorAll("script, #mine bdi.nowrap, #notice bdi.nowrap").ToList())
            script.Remove();
        var texts = page.Descendants<IText>().Select(text => text.Text)
            .Concat(page.QuerySelectorAll("[aria-label], img").Select(element => element.GetAttribute("aria-label") ?? element.GetAttribute("alt") ?? ""));
        Assert.DoesNotContain(texts, IsEnglish);
        Assert.Contains(words, page.Body!.TextContent, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedInArabicAsync(HttpResponseMessage answer)
    {
        var sentence = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
        Assert.Matches(ArabicWord(), sentence);
        Assert.False(IsEnglish(sentence), sentence);
    }

    private static bool IsEnglish(string text) => LatinWord().Matches(text).Any(word => !Latin.Contains(word.Value));

    private HttpClient Browser(string accepted)
    {
        var browser = _portal.Client();
        browser.DefaultRequestHeaders.Add("Accept-Language", accepted);
        return browser;
    }

    /// <param name="training">Pairs in training; with them, an example in the guidelines.</param>
    private async Task<Study> AddStudyAsync(string language, int training = 0)
    {
        var studies = _portal.Services.GetRequiredService<StudyStore>();
        var (a, b) = await _seeds.SystemsAsync("ثعلب");
        var draft = new StudyDraft { Name = $"Study in {language}, {training} pairs in training", Language = Language.Find(language) ?? Language.English };
        var standard = await _seeds.DraftAsync(a, b);
        var id = await studies.AddAsync(standard with
        {
            Name = draft.Name,
            Language = language,
            Consent = draft.Consent,
            Instructions = draft.Instructions,
            Axes = [.. standard.Axes.Select(axis => axis with { Question = draft.Axes.Single(asked => asked.Axis == axis.Axis).Question })],
        });
        for (var i = 0; training > 0 && i <= training; i++)
        {
            var example = TrainedStudy.Example((await studies.FindAsync(id))!, i == 0 ? ExampleUse.Guidelines : ExampleUse.Training, i);
            await _portal.Services.GetRequiredService<GuidelineStore>().SaveAsync(example with { Explanation = $"سبب {i}" });
        }
        await studies.SetStateAsync(id, StudyState.Running);
        return (await studies.FindAsync(id))!;
    }

    private async Task<HttpClient> ReadyRaterAsync()
    {
        var rater = _portal.Client();
        await rater.SubmitAsync(Link, [], "form");
        await rater.SubmitAsync(Link, [], "form");
        return rater;
    }

    private static async Task<IHtmlDocument> OpenAsync(HttpClient rater, string address) => await ReadAsync(await rater.GetAsync(address));

    private static async Task<IHtmlDocument> ReadAsync(HttpResponseMessage answer) =>
        await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());

    private async Task<int> AnswerEverythingAsync(HttpClient rater)
    {
        var answers = 0;
        while ((await rater.GetFromJsonAsync<JsonElement>($"{Api}/next")).GetProperty("pairs").EnumerateArray().ToList() is { Count: > 0 } pairs)
            foreach (var pair in pairs)
            {
                var vote = Answer(pair.GetProperty("assignmentId").GetGuid(), "tie");
                Assert.Equal(HttpStatusCode.OK, (await rater.PutAsJsonAsync($"{Api}/votes/{Guid.CreateVersion7()}", vote)).StatusCode);
                answers++;
            }
        return answers;
    }

    /// <summary>Answers the next pair in training.</summary>
    /// <returns>The right answer.</returns>
    private async Task<string?> TrainAsync(HttpClient rater, string choice)
    {
        var pair = (await rater.GetFromJsonAsync<JsonElement>($"{Api}/training")).GetProperty("pairs")[0].GetProperty("assignmentId").GetGuid();
        var told = await rater.PutAsJsonAsync($"{Api}/training/{Guid.CreateVersion7()}", Answer(pair, choice));
        return (await told.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("answer").GetString();
    }

    private static object Answer(Guid pair, string choice)
    {
        var now = DateTimeOffset.UtcNow;
        return new
        {
            AssignmentId = pair,
            Choice = choice,
            ResponseMs = 1_500,
            ShownAt = now.AddMilliseconds(-1_500),
            DecodedLeftAt = now.AddSeconds(-2),
            DecodedRightAt = now.AddSeconds(-2),
            VotedAt = now,
            AppVersion = "0.1.0",
        };
    }

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex LatinWord();

    [GeneratedRegex(@"\p{IsArabic}{2,}")]
    private static partial Regex ArabicWord();
}
