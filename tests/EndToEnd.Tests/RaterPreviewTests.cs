using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>A draft as its raters will meet it, looked at by its researcher.</summary>
[Collection(UsedPortal.Collection)]
public sealed class RaterPreviewTests(Chromium chromium, UsedPortal used)
{
    // The rater's pages allow no inline style, and axe sets some.
    private const string StyleOfAxe = "Applying inline style violates";

    [SkippableFact]
    public async Task Preview_FromConsentToTheEnd_StoresNothing()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        used.Researcher.Expect(StyleOfAxe);
        var page = used.Researcher.Page;
        var before = await used.Portal.QueryAsync<int>("SELECT COUNT(*) FROM vote");

        await page.GotoAsync("/studies/2/preview");
        await page.AssertLooksRightAsync("preview-consent", dark: false);
        await page.ClickButtonAsync("I agree");
        await page.AssertLooksRightAsync("preview-guidelines", dark: false);
        await page.GetByRole(AriaRole.Link, new() { Name = "Start", Exact = true }).ClickAsync();
        await page.WaitForPairAsync();
        await page.AssertLooksRightAsync("preview-judging", dark: false);
        Assert.Equal(0, await Looks.HeightTooMuchAsync(page));
        await page.AnswerAsync("ArrowLeft");
        await page.WaitForPairAsync();
        await page.Keyboard.PressAsync("u");
        await page.WaitForPairAsync();
        Assert.StartsWith("1 of", (await page.Locator("#progress").TextContentAsync())!.Trim(), StringComparison.Ordinal);
        Assert.Equal(8, await page.AnswerAllAsync(Rater.Keys(1)));
        await page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync();
        await page.AssertLooksRightAsync("preview-end", dark: false);

        Assert.Equal(before, await used.Portal.QueryAsync<int>("SELECT COUNT(*) FROM vote"));
        await page.GotoAsync("/studies/2/preview/judging"); // once more from the first pair on, with nothing left of the last time
        await page.WaitForPairAsync();
        Assert.True(await page.Locator("#undo").IsHiddenAsync());
        used.Researcher.AssertNothingWentWrong();
    }
}
