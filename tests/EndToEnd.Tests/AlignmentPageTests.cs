using System.Text;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Text alignment from a file of questions to its results.</summary>
[Collection(Chromium.Collection)]
public sealed class AlignmentPageTests(Chromium chromium)
{
    private const string Questions = """
        prompt_id,question_id,depends_on,category,question
        1,1,0,object,Is there a single thing in the image?
        1,2,1,colour,Is the thing mostly of one colour?
        1,3,0,global,Is the background plain?
        2,1,0,object,Is there a single thing in the image?
        2,2,1,colour,Is the thing mostly of one colour?

        """;

    [SkippableFact]
    public async Task Study_FromAFileOfQuestionsToItsResults_ByKeysOnADeskAndByFingerOnAPhone()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var link = await MakeStudyAsync(researcher.Page);
        var study = researcher.Page.Url;

        await researcher.Page.GotoAsync($"{study}/preview/judging"); // of which nothing is counted below
        await researcher.Page.WaitForPairAsync();
        await Looks.PictureAsync(researcher.Page, "preview-alignment");
        Assert.Equal((0, 0), (await Looks.WidthTooMuchAsync(researcher.Page), await Looks.HeightTooMuchAsync(researcher.Page)));
        await AnswerByKeysAsync(researcher.Page, no: false);
        await researcher.Page.GetByText("2 of 4").WaitForAsync();
        await researcher.Page.GotoAsync(study);

        await using var desk = await chromium.VisitAsync(portal);
        desk.Expect("Applying inline style violates"); // axe sets some
        await desk.Page.BeginAsync(link);
        await desk.Page.AssertLooksRightAsync("rater-alignment", dark: false);
        for (var left = 4; left > 0; left--)
            await AnswerByKeysAsync(desk.Page, no: left == 4);
        await desk.Page.GetByText("4 of 4 answers received. You can close this page.").WaitForAsync();
        desk.AssertNothingWentWrong();

        await using var phone = await chromium.VisitAsync(portal, 390, 844, touch: true);
        await phone.Page.BeginAsync(link);
        Assert.Equal(0, await Looks.HeightTooMuchAsync(phone.Page));
        foreach (var question in await phone.Page.Locator(".question").AllAsync())
            await question.GetByRole(AriaRole.Button, new() { Name = "Yes" }).TapAsync();
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).TapAsync();
        await phone.Page.SavedAsync();
        await phone.Page.WaitForPairAsync();
        await Looks.PictureAsync(phone.Page, "rater-alignment-390");
        phone.AssertNothingWentWrong();

        await researcher.Page.GotoAsync($"{researcher.Page.Url}/results");
        await researcher.Page.GetByText("5 sheets about 4 images by").WaitForAsync();
        await researcher.Page.AssertLooksRightAsync("results-alignment", dark: true);
        await researcher.Page.GotoAsync(researcher.Page.Url.Replace("/results", "/quality", StringComparison.Ordinal));
        await researcher.Page.GetByRole(AriaRole.Heading, new() { Name = "Agreement" }).WaitForAsync();
        await researcher.Page.AssertLooksRightAsync("quality-alignment", dark: true);
        researcher.AssertNothingWentWrong();
    }

    private static async Task<string> MakeStudyAsync(IPage page)
    {
        await page.OpenAsync("/questions");
        await page.WaitForFunctionAsync("() => '_blazorInputFileNextFileId' in document.querySelector('input[type=file]')"); // it is listened to last
        await page.Locator("input[type=file]").ChooseAsync(new() { Name = "things.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(Questions) });
        await page.GetByText("choose the prompt set it is about").WaitForAsync();
        await page.SelectAsync("Prompt set", "60 prompts");
        await page.GetByText("5 questions about 2 prompts of the set.").WaitForAsync();
        await page.AssertLooksRightAsync("questions", dark: true);
        await page.ClickButtonAsync("Add question set");
        await page.GetByText("'things' is stored.").WaitForAsync();

        await page.OpenAsync("/studies/new?a=1&b=2");
        await page.GetByText("Text alignment: one image").ClickAsync();
        await page.SelectAsync("Question set", "things");
        await page.GetByText("4 images of 2 prompts, each judged by itself.").WaitForAsync();
        await page.SetFieldAsync("Name", "What is shown");
        await page.AssertLooksRightAsync("new-alignment-study", dark: true);
        await page.ClickButtonAsync("Create study");
        await page.GetByRole(AriaRole.Heading, new() { Name = "What is shown" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        var link = await page.CopyRaterLinkAsync();
        await page.ClickButtonAsync("Open for raters");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).WaitForAsync();
        return link;
    }

    /// <summary>Answers the sheet on the screen: all yes, or a no first, after which what follows from it is not asked.</summary>
    private static async Task AnswerByKeysAsync(IPage page, bool no)
    {
        await page.WaitForPairAsync();
        var progress = await page.Locator("#progress").TextContentAsync();
        if (no)
        {
            await page.Keyboard.PressAsync("n");
            Assert.Equal(1, await page.Locator(".question.unasked").CountAsync());
            await Looks.PictureAsync(page, "rater-alignment-not-asked");
        }
        for (var presses = 0; await page.Locator("#next:disabled").CountAsync() > 0 && presses < 5; presses++)
            await page.Keyboard.PressAsync("1");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("before => document.getElementById('progress')?.textContent !== before", progress);
    }
}
