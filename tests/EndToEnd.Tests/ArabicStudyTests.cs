using System.Diagnostics;
using Microsoft.Playwright;
using PixelPost.EvalPortal.Rating.Texts;

namespace PixelPost.EndToEnd.Tests;

/// <summary>A study in Arabic, from the researcher's choice over guidelines and training to the votes: pages are mirrored, and what a vote means is not.</summary>
[Collection(UsedPortal.Collection)]
public sealed class ArabicStudyTests(Chromium chromium)
{
    private static readonly Language Arabic = Language.Find("ar")!;

    [SkippableFact]
    public async Task Study_InArabic_MirrorsThePagesAndNeverThePair()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var link = await MakeStudyAsync(researcher.Page);
        await using var rater = await chromium.VisitAsync(portal);
        rater.Expect("Applying inline style violates"); // axe
        var page = rater.Page;

        await page.GotoAsync(link);
        await page.AssertLooksRightAsync("arabic-consent", dark: false);
        await page.ClickButtonAsync(Say("Consent_Agree"));
        await page.GetByRole(AriaRole.Heading, new() { Name = Say("Instructions_Title") }).WaitForAsync();
        await page.Locator(".example .ringed circle").First.WaitForAsync();
        await AssertLeftIsLeftAsync(page, ".example img[src$='/left']", ".example img[src$='/right']");
        await page.AssertLooksRightAsync("arabic-guidelines", dark: false);
        await TrainAsync(portal, page);
        await page.WaitForPairAsync();
        await LookAtThePairAsync(page);
        await VoteAsync(page);
        Assert.Equal(["left", "left", "left", "right", "right", "right", "left"], await VotesAsync(portal, 7));
        Assert.Equal([("left", 0.25), ("right", 0.25)], await portal.QueryAsync<(string, double)>("SELECT flaw_side, ROUND(flaw_x, 2) FROM vote_flaw ORDER BY flaw_side"));

        await page.GotoAsync($"{page.Url}/mine");
        await page.Locator(".own-answer summary").First.ClickAsync();
        await page.AssertLooksRightAsync("arabic-mine", dark: false);
        await AssertLeftIsLeftAsync(page, ".own-answer:first-child img[src$='/left']", ".own-answer:first-child img[src$='/right']");
        rater.AssertNothingWentWrong();
        researcher.AssertNothingWentWrong();
    }

    private static string Say(string key) => RaterTexts.In(Arabic, key);

    /// <summary>Chooses the language, and finds the standard texts in it.</summary>
    /// <returns>The link for raters.</returns>
    private static async Task<string> MakeStudyAsync(IPage page)
    {
        await page.OpenAsync("/studies/new?a=1&b=2");
        await page.SetFieldAsync("Name", "In Arabic");
        await page.SelectAsync("Language of the raters' pages", Arabic.Name);
        await page.WaitForFunctionAsync(
            "text => [...document.querySelectorAll('input')].some(input => input.value === text && getComputedStyle(input).direction === 'rtl')", Say("Standard_Question_Flaws"));
        await page.AssertLooksRightAsync("new-study-arabic", dark: false);
        await page.ClickButtonAsync("Create study");
        await page.Locator("dl.setup").Filter(new() { HasText = Arabic.Name }).WaitForAsync();
        await page.OpenAsync("/studies/2/guidelines");
        await TrainingPathTests.AddExampleAsync(page, "guidelines", images: 1, "Right is better", "إحدى العينين أكبر من الأخرى، والفم مفتوح من جهة واحدة فقط.");
        await TrainingPathTests.AddExampleAsync(page, "training", images: 3, "Left is better", "الحافة مقطوعة: انفصل جزء من الجسم.");
        await page.OpenAsync("/studies/2");
        await page.ClickButtonAsync("Open for raters");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).WaitForAsync();
        return await page.CopyRaterLinkAsync();
    }

    /// <summary>A try that is missed, and one that is passed.</summary>
    private static async Task TrainAsync(PortalProcess portal, IPage page)
    {
        await page.ClickButtonAsync(Say("Training_Start"));
        await TrainingPathTests.AnswerAsync(portal, page, right: false);
        await page.GetByText(Say("Training_Wrong")).WaitForAsync();
        await page.AssertLooksRightAsync("arabic-training", dark: false);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#missed").WaitForAsync();
        await page.AssertLooksRightAsync("arabic-training-missed", dark: false);
        await page.ClickButtonAsync(Say("Pair_TryAgain"));
        await TrainingPathTests.AnswerAsync(portal, page, right: true);
        await page.GetByText(Say("Training_Right")).WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#trained[open]").WaitForAsync();
        await page.AssertLooksRightAsync("arabic-training-passed", dark: false);
        await page.ClickButtonAsync(Say("Training_Passed_Start"));
        await page.Locator("#rate:not([data-training])").WaitForAsync();
    }

    /// <summary>The pair page with what can be opened on it, at every size, and on one screen.</summary>
    private static async Task LookAtThePairAsync(IPage page)
    {
        await page.AssertLooksRightAsync("arabic-pair", dark: false);
        foreach (var (key, dialog) in (IEnumerable<(string, string)>)[("r", "reasons"), ("?", "help")])
        {
            await page.Keyboard.PressAsync(key);
            await page.Locator($"#{dialog}[open]").WaitForAsync();
            await page.AssertLooksRightAsync($"arabic-{dialog}", dark: false);
            await page.Keyboard.PressAsync("Escape");
        }
        foreach (var (width, height) in (IEnumerable<(int, int)>)[(390, 844), (1280, 720)])
        {
            await page.SetViewportSizeAsync(width, height);
            await page.WaitForPairAsync();
            Assert.Equal((0, 0), (await Looks.HeightTooMuchAsync(page), await Looks.WidthTooMuchAsync(page)));
        }
    }

    /// <summary>Left by arrow, by a click on what is to the left and by the button that is furthest left; then the same for right.</summary>
    private static async Task VoteAsync(IPage page)
    {
        await AssertLeftIsLeftAsync(page, "#pair img[src$='/left']:not(.other)", "#pair img[src$='/right']:not(.other)");
        await page.AnswerAndPointAsync(() => page.Keyboard.PressAsync("ArrowLeft"), pointAt: "left");
        await page.AnswerAndPointAsync(() => ClickOutermostAsync(page, ".side", left: true));
        await page.AnswerAndPointAsync(() => ClickOutermostAsync(page, ".answers button", left: true));
        await page.AnswerAndPointAsync(() => page.Keyboard.PressAsync("ArrowRight"), pointAt: "right");
        await page.AnswerAndPointAsync(() => ClickOutermostAsync(page, ".side", left: false));
        await page.AnswerAndPointAsync(() => ClickOutermostAsync(page, ".answers button", left: false));

        // To the right is what was to the left: the images move with the hand and against the arrow
        await page.Keyboard.PressAsync("+");
        await page.Keyboard.PressAsync("+");
        var before = (await page.ImagesAsync()).Left.X;
        await page.Keyboard.PressAsync("Shift+ArrowLeft");
        Assert.Equal(40, Math.Round((await page.ImagesAsync()).Left.X - before));

        // An Arabic keyboard has another letter on the key U
        await page.EvaluateAsync("() => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ع', code: 'KeyU', bubbles: true }))");
        await page.Locator("#progress").Filter(new() { HasText = "6 من" }).WaitForAsync();
        await page.AnswerAndPointAsync(() => page.Keyboard.PressAsync("ArrowRight"));

        await page.DoneBeforeAsync(pairs: 99, minutes: 3);
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Locator("#flaw:not([hidden])").WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#break[open]").WaitForAsync();
        await page.AssertLooksRightAsync("arabic-break", dark: false);
    }

    private static async Task AssertLeftIsLeftAsync(IPage page, string left, string right)
    {
        // Before its style and its images are there a page stands otherwise.
        await page.WaitForLoadStateAsync();
        await page.WaitForFunctionAsync("both => both.every(image => document.querySelector(image)?.naturalWidth > 0)", (string[])[left, right]);
        var (one, other) = ((await page.Locator(left).BoundingBoxAsync())!, (await page.Locator(right).BoundingBoxAsync())!);
        Assert.True(one.X + one.Width <= other.X, $"The left image is at {one.X} and the right one at {other.X}.");
    }

    private static async Task ClickOutermostAsync(IPage page, string selector, bool left)
    {
        var boxes = new List<LocatorBoundingBoxResult>();
        foreach (var element in await page.Locator(selector).AllAsync())
            boxes.Add((await element.BoundingBoxAsync())!);
        var box = left ? boxes.MinBy(box => box.X)! : boxes.MaxBy(box => box.X)!;
        await page.Mouse.ClickAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    /// <summary>What stands of the votes, oldest first, once there are so many.</summary>
    private static async Task<IReadOnlyList<string>> VotesAsync(PortalProcess portal, int votes)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(50))
        {
            var stored = await portal.QueryAsync<string>("SELECT choice_screen FROM counting_vote ORDER BY voted_at");
            if (stored.Count == votes)
                return stored;
        }
        throw new TimeoutException($"There are not {votes} votes.");
    }
}

/// <summary>Answering and then telling where the flaw is.</summary>
internal static class Pointing
{
    /// <summary>Answers, and goes on; on the way the flaw is a quarter of the way from the left edge of one image, or passed over.</summary>
    public static async Task AnswerAndPointAsync(this IPage page, Func<Task> answer, string? pointAt = null)
    {
        await page.WaitForPairAsync();
        await answer();
        await page.Locator("#flaw:not([hidden])").WaitForAsync();
        if (pointAt is not null)
        {
            var image = (await page.Locator($"#{pointAt} img:not(.other)").BoundingBoxAsync())!;
            await page.Mouse.ClickAsync(image.X + image.Width / 4, image.Y + image.Height / 2);
            await page.Locator("#flaw-mark:not([hidden])").WaitForAsync();
            if (pointAt == "left")
                await page.AssertLooksRightAsync("arabic-flaw", dark: false);
            await page.SetViewportSizeAsync(1280, 720);
        }
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForPairAsync();
    }
}
