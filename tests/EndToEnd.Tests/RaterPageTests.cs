using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Every page of a rater, in the order in which they meet them.</summary>
[Collection(UsedPortal.Collection)]
public sealed class RaterPageTests(Chromium chromium, UsedPortal used)
{
    // The rater's pages allow no inline style, and axe sets some. Other tests look at these pages without axe.
    private const string StyleOfAxe = "Applying inline style violates";

    [SkippableFact]
    public async Task Pages_FromConsentToPairs_OpenCleanly()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        await using var rater = await chromium.VisitAsync(used.Portal);
        var page = rater.Page;
        rater.Expect(StyleOfAxe);

        await page.GotoAsync($"/r/{used.Link}");
        await page.AssertLooksRightAsync("rater-consent", dark: false);
        await page.ClickButtonAsync("I agree");
        await page.GetByRole(AriaRole.Heading, new() { Name = "How to judge" }).WaitForAsync();
        await page.AssertLooksRightAsync("rater-instructions", dark: false);
        await page.ClickButtonAsync("Start");
        await page.AnswerAsync("ArrowLeft");
        await page.SavedAsync();
        await page.WaitForPairAsync();
        await page.AssertLooksRightAsync("rater-pair", dark: false);
        foreach (var (key, dialog) in (IEnumerable<(string, string)>)[("r", "reasons"), ("?", "help")])
        {
            await page.Keyboard.PressAsync(key);
            await page.Locator($"#{dialog}[open]").WaitForAsync();
            await page.AssertLooksRightAsync($"rater-{dialog}", dark: false);
            await page.Keyboard.PressAsync("Escape");
        }
        rater.AssertNothingWentWrong();
    }

    [SkippableTheory]
    [InlineData(1280, 720)]
    [InlineData(390, 844)]
    public async Task PairPage_OnSmallScreens_NeedsNoScrolling(int width, int height)
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        await using var rater = await chromium.VisitAsync(used.Portal, width, height);

        await rater.Page.BeginAsync($"/r/{used.Link}");
        await rater.Page.AnswerAsync("ArrowLeft"); // with the button for undo on the screen

        await rater.Page.WaitForPairAsync();
        await Looks.PictureAsync(rater.Page, $"rater-pair-{width}");
        Assert.Equal(0, await Looks.HeightTooMuchAsync(rater.Page));
        Assert.Equal(0, await Looks.WidthTooMuchAsync(rater.Page));
        foreach (var image in await rater.Page.Locator(".side img").AllAsync())
        {
            var box = (await image.BoundingBoxAsync())!;
            Assert.InRange(box.X, 0, width - box.Width);
            Assert.InRange(box.Y, 0, height - box.Height);
            Assert.True(Math.Min(box.Width, box.Height) > 240, $"The image has only {box.Width} × {box.Height} px.");
        }
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Pages_FromADraftToTheLastPair_OpenCleanly()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var link = await DraftStudyAsync(researcher.Page);
        await using var rater = await chromium.VisitAsync(portal);
        var page = rater.Page;
        rater.Expect(StyleOfAxe);
        rater.Expect("status of 404");

        await page.GotoAsync("/r/no-such-link");
        await page.GetByRole(AriaRole.Heading, new() { Name = "This link leads to no study" }).WaitForAsync();
        await page.AssertLooksRightAsync("rater-no-study", dark: false);
        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Heading, new() { Name = "This study has not started" }).WaitForAsync();
        await page.AssertLooksRightAsync("rater-not-open", dark: false);

        // Somebody else takes nearly all places, so that a few pairs of each question are left.
        await researcher.Page.ClickButtonAsync("Open for raters");
        await researcher.Page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).WaitForAsync();
        using var other = await HttpRater.BeginAsync(portal, link.Split('/')[^1]);
        await VoteUntilFewAreLeftAsync(other, question: 1);
        await page.BeginAsync(link);
        await VoteUntilFewAreLeftAsync(other, question: 2);
        await page.WatchMarksAsync();
        await page.AnswerAllAsync(() => "ArrowLeft", most: 6);
        await page.Locator("#part[open]").WaitForAsync();
        Assert.Equal("less than 1 min left", await page.Locator("#time-left").TextContentAsync());
        await page.AssertLooksRightAsync("rater-next-question", dark: false);
        await page.AnswerAllAsync(() => "ArrowLeft", most: 1);
        await page.WaitForPairAsync();
        var marks = await page.MarksAsync();
        Assert.Equal("image and button, Answer 1: left", marks[0]); // the pair stays for the strip
        Assert.Contains(marks[1], (string[])["nothing, Answer 1: left", "image and button, Answer 2: left"]); // a busy machine takes the next answer before it has cleared the mark
        Assert.Equal(["button, Answer 7: left", "nothing, Answer 7: left"], marks.TakeLast(2)); // the next pair comes
        await page.AnswerAllAsync(Rater.Keys(seed: 1));
        await page.GetByText("12 of 12 answers received. You can close this page.").WaitForAsync();
        await page.AssertLooksRightAsync("rater-finished", dark: false);
        rater.AssertNothingWentWrong();
        researcher.AssertNothingWentWrong();
    }

    /// <summary>Makes a study with one vote per comparison.</summary>
    /// <returns>The link for raters.</returns>
    private static async Task<string> DraftStudyAsync(IPage page)
    {
        await page.OpenAsync("/studies/new?a=1&b=2");
        await page.SetFieldAsync("Name", "One vote each");
        await page.SetFieldAsync("Votes per comparison and question", "1");
        await page.GetByText("120 votes in all.").WaitForAsync();
        await page.ClickButtonAsync("Create study");
        await page.GetByRole(AriaRole.Heading, new() { Name = "One vote each" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        return await page.CopyRaterLinkAsync();
    }

    /// <summary>Answers 54 of the 60 comparisons on a question: pairs are handed out 6 at a time.</summary>
    private static async Task VoteUntilFewAreLeftAsync(HttpRater rater, int question)
    {
        while (await rater.NextAsync() is var turn && turn.Answered < 54 * question)
        {
            foreach (var pair in turn.Pairs)
                await rater.SendAsync(HttpRater.Judge(pair));
            if (turn.Answered + turn.Pairs.Count == 54 * question)
                return; // asking again would take the next pairs
        }
    }
}
