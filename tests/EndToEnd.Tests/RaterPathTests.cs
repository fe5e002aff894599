using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>The whole path of a participant: the researcher's set-up, the device check, the code at the end, and their own page.</summary>
[Collection(UsedPortal.Collection)]
public sealed class RaterPathTests(Chromium chromium)
{
    private const string Pid = "5f2b8c1d9e0a4b7c6d3e2f10";

    // The rater's pages allow no inline style, and axe sets some.
    private const string StyleOfAxe = "Applying inline style violates";

    [SkippableFact]
    public async Task Prolific_FromTheResearchersSetUpToErasure_OnADesk()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var link = await portal.DemonstrationLinkAsync();
        await LeaveFewPairsAsync(portal, link);
        var address = await SetUpProlificAsync(researcher.Page);
        Assert.EndsWith($"/r/{link}?PROLIFIC_PID={{{{%PROLIFIC_PID%}}}}&STUDY_ID={{{{%STUDY_ID%}}}}&SESSION_ID={{{{%SESSION_ID%}}}}", address, StringComparison.Ordinal);
        address = address.Replace("{{%PROLIFIC_PID%}}", Pid, StringComparison.Ordinal).Replace("{{%STUDY_ID%}}", "s1", StringComparison.Ordinal).Replace("{{%SESSION_ID%}}", "v1", StringComparison.Ordinal);

        await using var rater = await chromium.VisitAsync(portal, 640, 480);
        var page = rater.Page;
        rater.Expect(StyleOfAxe);
        rater.Expect("ERR_FAILED"); // the test cuts the connection
        await page.GotoAsync(address);
        await page.GetByText("Yours has 640 × 480. Make the window larger").WaitForAsync();
        Assert.True(await page.Locator("#agree").IsDisabledAsync());
        await Looks.PictureAsync(page, "path-window-too-small");
        await page.SetViewportSizeAsync(1440, 900);
        await page.GetByText("Yours has 1440 × 900: large enough.").WaitForAsync();
        await page.AssertLooksRightAsync("path-consent", dark: false);
        await page.GetByText("Yours has 1440 × 900: large enough.").WaitForAsync();

        await page.ClickButtonAsync("I agree");
        await page.ClickButtonAsync("Start");
        Assert.DoesNotContain(Pid, page.Url, StringComparison.Ordinal);
        await page.WaitForPairAsync();
        await page.SetViewportSizeAsync(640, 480);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on like this" }).WaitForAsync();
        await Looks.PictureAsync(page, "path-window-note");
        await page.ClickButtonAsync("Go on like this");
        await page.Locator("#window").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.SetViewportSizeAsync(1440, 900);

        var answered = await page.AnswerAllAsync(Rater.Keys(seed: 1));
        await page.GetByText($"{answered} of {answered} answers received. You can close this page.").WaitForAsync();
        Assert.Equal("C1DONE", await page.Locator("#code").InnerTextAsync());
        Assert.Equal("https://app.prolific.com/submissions/complete?cc=C1DONE", await page.Locator("#return").GetAttributeAsync("href"));
        await page.ClickButtonAsync("Copy");
        await page.GetByText("Copied.").WaitForAsync();
        Assert.Equal("C1DONE", await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        await page.AssertLooksRightAsync("path-finished", dark: false);

        await ChangeAnAnswerAsync(portal, page, link, answered);
        await EraseAsync(portal, page, answered);
        await researcher.Page.GotoAsync("/studies/1");
        await researcher.Page.Locator("#raters ~ .mud-simple-table").GetByText("withdrew").WaitForAsync();
        rater.AssertNothingWentWrong();
        researcher.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task PersonalLink_OnAPhoneHeldUpright_FitsWhenItIsTurned()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var desk = researcher.Page;
        await desk.OpenAsync("/studies/1");
        await desk.GetByText("Panel and smallest window").ClickAsync();
        await desk.SetFieldAsync("Smallest window: width", "700");
        await desk.SetFieldAsync("Smallest window: height", "340");
        await desk.ClickButtonAsync("Save");
        await desk.GetByText("Saved.").WaitForAsync();
        await desk.Locator("summary", new() { HasText = "Personal links" }).ClickAsync();
        await desk.ClickButtonAsync("Make personal links");
        await desk.GetByText("10 made, 10 unused").WaitForAsync();
        await desk.ClickButtonAsync("Copy link 1");
        await desk.GetByText("1 link copied.").WaitForAsync();
        await desk.AssertLooksRightAsync("study-personal-links", dark: true);
        var link = await desk.EvaluateAsync<string>("() => navigator.clipboard.readText()");

        await using var rater = await chromium.VisitAsync(portal, 390, 844, touch: true);
        var page = rater.Page;
        rater.Expect("status of 400");
        await page.GotoAsync(link + "x");
        await page.GetByRole(AriaRole.Heading, new() { Name = "This address does not work" }).WaitForAsync();
        await Looks.PictureAsync(page, "path-tampered-phone");
        await page.GotoAsync(link);
        await page.GetByText("Yours has 390 × 844. Turn your device on its side: then it fits.").WaitForAsync();
        await Looks.PictureAsync(page, "path-turn-phone");
        Assert.Equal(0, await Looks.WidthTooMuchAsync(page));
        await page.SetViewportSizeAsync(844, 390);
        await page.GetByText("Yours has 844 × 390: large enough.").WaitForAsync();
        await page.ClickButtonAsync("I agree");
        await page.ClickButtonAsync("Start");
        await page.WaitForPairAsync();
        await page.Locator(".answers [data-choice=left]").TapAsync();
        await page.SavedAsync();
        await page.SetViewportSizeAsync(390, 844);
        await page.GetByText("Turn your device on its side: then it fits.").WaitForAsync();
        await page.WaitForPairAsync();
        await Looks.PictureAsync(page, "path-note-phone");
        await page.GotoAsync($"{page.Url}/mine");
        await page.Locator(".own-answer summary").TapAsync();
        await Looks.PictureAsync(page, "path-mine-phone");
        Assert.Equal(0, await Looks.WidthTooMuchAsync(page));

        await desk.GetByText("10 made, 9 unused").WaitForAsync();
        rater.AssertNothingWentWrong();
        researcher.AssertNothingWentWrong();
    }

    /// <summary>Others take places of the demonstration, 6 at a time, until twelve pairs are left.</summary>
    private static async Task LeaveFewPairsAsync(PortalProcess portal, string link)
    {
        foreach (var most in (int[])[120, 120, 120, 120, 108])
        {
            using var other = await HttpRater.BeginAsync(portal, link);
            while (await other.NextAsync() is { Pairs.Count: > 0 } turn)
            {
                foreach (var pair in turn.Pairs)
                    await other.SendAsync(HttpRater.Judge(pair));
                if (turn.Answered + turn.Pairs.Count == most)
                    break; // asking again would take the next pairs
            }
        }
    }

    /// <summary>Sets the demonstration up for Prolific, with a smallest window.</summary>
    /// <returns>The address to paste at Prolific.</returns>
    private static async Task<string> SetUpProlificAsync(IPage page)
    {
        await page.OpenAsync("/studies/1");
        await page.GetByText("Panel and smallest window").ClickAsync();
        await page.SelectAsync("Panel", "Prolific");
        await page.GetByLabel("Completion code", new() { Exact = true }).WaitForAsync();
        await page.ClickButtonAsync("Save");
        await page.GetByText("Give the completion code that Prolific shows for the study.").WaitForAsync();
        await page.SetFieldAsync("Completion code", "C1DONE");
        await page.SetFieldAsync("Screen-out code (optional)", "C2OUT");
        await page.SetFieldAsync("Smallest window: width", "1024");
        await page.SetFieldAsync("Smallest window: height", "600");
        await page.ClickButtonAsync("Save");
        await page.GetByText("Saved.").WaitForAsync();
        await page.AssertLooksRightAsync("study-entrance", dark: true);
        await page.ClickButtonAsync("Copy address");
        await page.GetByText("Copied.").WaitForAsync();
        return await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
    }

    /// <summary>Changes an answer while the portal cannot be reached: nothing is shown as complete until the change has arrived.</summary>
    private static async Task ChangeAnAnswerAsync(PortalProcess portal, IPage page, string link, int answered)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "See, change or erase them" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Your answers" }).WaitForAsync();
        var first = page.Locator(".own-answer").First;
        Assert.Equal(answered, await page.Locator(".own-answer").CountAsync());
        await first.Locator("summary").ClickAsync();
        await page.AssertLooksRightAsync("path-mine", dark: false);

        await page.RouteAsync("**/votes/**", route => route.AbortAsync());
        var other = await first.Locator("[data-answer][aria-pressed=false]").First.GetAttributeAsync("data-answer") ?? "";
        await first.Locator($"[data-answer={other}]").ClickAsync();
        await page.Locator("#status").Filter(new() { HasText = "offline" }).WaitForAsync();
        await page.GotoAsync($"/r/{link}");
        await page.Locator("#status").Filter(new() { HasText = "offline" }).WaitForAsync();
        Assert.True(await page.Locator("#sending").IsVisibleAsync());
        Assert.False(await page.Locator("#finish").IsVisibleAsync());
        await Looks.PictureAsync(page, "path-finish-waiting");

        await page.UnrouteAsync("**/votes/**");
        await page.GetByText($"{answered} of {answered} answers received. You can close this page.").WaitForAsync();
        Assert.True(await page.Locator("#finish").IsVisibleAsync());
        Assert.Equal([other], await portal.QueryAsync<string>("SELECT choice_screen FROM vote WHERE supersedes_vote_id IS NOT NULL"));
    }

    /// <summary>Withdraws: the database and the browser forget the answers.</summary>
    private static async Task EraseAsync(PortalProcess portal, IPage page, int answered)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "See, change or erase them" }).ClickAsync();
        await page.GetByLabel("Erase my answers").CheckAsync();
        await page.ClickButtonAsync("Withdraw and erase");
        await page.GetByRole(AriaRole.Heading, new() { Name = "You have withdrawn" }).WaitForAsync();
        await page.GetByText("This browser keeps nothing of them either.").WaitForAsync();
        await page.AssertLooksRightAsync("path-withdrawn", dark: false);
        Assert.Equal([answered + 1], await portal.QueryAsync<int>("SELECT COUNT(*) FROM erased_vote"));
        Assert.Equal([0], await portal.QueryAsync<int>("SELECT COUNT(*) FROM vote WHERE rater_id IN (SELECT s.rater_id FROM withdrawal w JOIN session s ON s.session_id = w.session_id)"));
        Assert.Equal(0, await page.EvaluateAsync<int>("""
            () => new Promise((resolve) => {
              const open = indexedDB.open("pixelpost");
              open.onsuccess = () => {
                const count = open.result.transaction("sent").objectStore("sent").count();
                count.onsuccess = () => resolve(count.result);
              };
            })
            """));
    }
}
