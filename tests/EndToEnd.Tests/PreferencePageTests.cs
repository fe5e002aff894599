using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Best and worst of several images, from a new study to its results.</summary>
[Collection(Chromium.Collection)]
public sealed class PreferencePageTests(Chromium chromium)
{
    [SkippableFact]
    public async Task Study_BestAndWorstOfFive_ByKeysOnADeskAndByFingerOnAPhone()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await GiveMoreImagesAsync(portal);
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var link = await MakeStudyAsync(researcher.Page);
        var study = researcher.Page.Url;

        await researcher.Page.GotoAsync($"{study}/preview/judging"); // of which nothing is counted below
        await researcher.Page.WaitForPairAsync();
        await researcher.Page.Keyboard.PressAsync("1");
        await researcher.Page.Keyboard.PressAsync("4");
        await Looks.PictureAsync(researcher.Page, "preview-preference");
        Assert.Equal((0, 0), (await Looks.WidthTooMuchAsync(researcher.Page), await Looks.HeightTooMuchAsync(researcher.Page)));
        await researcher.Page.ClickButtonAsync("Next");
        await researcher.Page.GetByText("2 of 2").WaitForAsync();
        await researcher.Page.GotoAsync(study);

        await using var desk = await chromium.VisitAsync(portal);
        desk.Expect("Applying inline style violates"); // axe sets some
        var page = desk.Page;
        await page.BeginAsync(link);
        await page.Keyboard.PressAsync("2");
        await page.Keyboard.PressAsync("5");
        await page.AssertLooksRightAsync("rater-preference", dark: false);
        await page.Keyboard.PressAsync("2"); // frees it again
        await page.GetByText("Pick the best image.").WaitForAsync();
        await page.Keyboard.PressAsync("3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Major flaw in image 3" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Open image 3 large" }).ClickAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.GetByText("Image 4 of 5").WaitForAsync();
        await Looks.PictureAsync(page, "rater-preference-large");
        await page.Keyboard.PressAsync("Escape");
        await page.ClickButtonAsync("Next");
        await page.Locator("#confirm[open]").WaitForAsync();
        await Looks.PictureAsync(page, "rater-preference-confirm");
        await page.ClickButtonAsync("Keep it as the best");
        await page.GetByText("2 of 2").WaitForAsync();
        desk.AssertNothingWentWrong();

        await using var phone = await chromium.VisitAsync(portal, 390, 844, touch: true);
        await phone.Page.BeginAsync(link);
        Assert.Equal((0, 0), (await Looks.WidthTooMuchAsync(phone.Page), await Looks.HeightTooMuchAsync(phone.Page)));
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Image 1", Exact = true }).TapAsync();
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Image 4", Exact = true }).TapAsync();
        await Looks.PictureAsync(phone.Page, "rater-preference-390");
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).TapAsync();
        await phone.Page.SavedAsync();
        phone.AssertNothingWentWrong();

        Assert.Equal((2, 1), (await portal.QueryAsync<(int, int)>("SELECT (SELECT COUNT(*) FROM vote_pick), (SELECT COUNT(*) FROM vote_flagged_image)"))[0]);
        await researcher.Page.GotoAsync($"{researcher.Page.Url}/results");
        await researcher.Page.GetByText("2 votes by").WaitForAsync();
        await researcher.Page.AssertLooksRightAsync("results-preference", dark: true);
        await researcher.Page.GotoAsync(researcher.Page.Url.Replace("/results", "/quality", StringComparison.Ordinal));
        await researcher.Page.GetByRole(AriaRole.Heading, new() { Name = "Agreement" }).WaitForAsync();
        await researcher.Page.AssertLooksRightAsync("quality-preference", dark: true);
        researcher.AssertNothingWentWrong();
    }

    /// <summary>Two prompts get three images more of each system: those that the demonstration has for other prompts.</summary>
    private static async Task GiveMoreImagesAsync(PortalProcess portal)
    {
        const string Sql = """
            INSERT INTO image (system_id, prompt_id, sha256, width, height, byte_length, media_type, seed, created_at)
            SELECT i.system_id, p.prompt_id, i.sha256, i.width, i.height, i.byte_length, i.media_type, 1000 + i.image_id, i.created_at
            FROM image i
            JOIN prompt p ON p.position <= 2
            JOIN prompt other ON other.prompt_id = i.prompt_id AND other.position BETWEEN 3 AND 5
            """;
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(portal.DataFolder, "pixelpost.db")};Pooling=False");
        await connection.ExecuteAsync(Sql);
    }

    private static async Task<string> MakeStudyAsync(IPage page)
    {
        await page.OpenAsync("/studies/new?a=1&b=2");
        await page.GetByText("Best and worst: several images").ClickAsync();
        await page.GetByText("2 prompts of 60 with 5 images each.").WaitForAsync();
        await page.SetFieldAsync("Name", "The best of five");
        await page.AssertLooksRightAsync("new-preference-study", dark: true);
        await page.ClickButtonAsync("Create study");
        await page.GetByRole(AriaRole.Heading, new() { Name = "The best of five" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        var link = await page.CopyRaterLinkAsync();
        await page.ClickButtonAsync("Open for raters");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).WaitForAsync();
        return link;
    }
}
