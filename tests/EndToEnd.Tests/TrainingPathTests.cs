using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Examples as a researcher makes them, the guidelines as raters read them, and the training round with a missed and a passed try.</summary>
[Collection(Chromium.Collection)]
public sealed class TrainingPathTests(Chromium chromium)
{
    // The rater's pages allow no inline style, and axe sets some.
    private const string StyleOfAxe = "Applying inline style violates";

    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "..", "..", "EvalPortal", new DirectoryInfo(AppContext.BaseDirectory).Name, "data", "demo", "round-1", "samples");

    [SkippableFact]
    public async Task Training_FromTheResearchersExamplesToTheFirstPair_OnDeskAndPhone()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        var desk = researcher.Page;
        var link = await DraftStudyAsync(desk);
        await desk.OpenAsync("/studies/2/guidelines");
        await AddExampleAsync(desk, "guidelines", images: 1, "Right is better", "One eye is larger than the other, and the mouth is open on one side only.");
        await AddExampleAsync(desk, "training", images: 3, "Left is better", "The outline is broken: part of the body has come off.");
        await AddExampleAsync(desk, "training", images: 5, "Tie", "Both are clean.");
        await desk.GetByText("Who has at least 2 of 2 right goes on.").WaitForAsync();
        await desk.ClickButtonAsync("Edit: Both are clean.");
        await desk.AssertLooksRightAsync("guidelines", dark: true);
        await desk.ClickButtonAsync("Cancel");
        await desk.OpenAsync("/studies/2");
        await desk.ClickButtonAsync("Open for raters");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).WaitForAsync();

        await using var rater = await chromium.VisitAsync(portal);
        var page = rater.Page;
        rater.Expect(StyleOfAxe);
        rater.Expect("ERR_FAILED"); // the test cuts the connection
        await page.GotoAsync(link);
        await page.ClickButtonAsync("I agree");
        await page.Locator(".example .ringed circle").First.WaitForAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => scrollY")); // one begins at the top
        await page.AssertLooksRightAsync("training-guidelines", dark: false);
        await page.ClickButtonAsync("Start the training");

        await AnswerAsync(portal, page, right: false);
        await page.GetByText("✗ Not quite.").WaitForAsync();
        await page.AssertLooksRightAsync("training-wrong", dark: false);
        await page.ReloadAsync(); // what was not gone on from is shown again
        await page.GetByText("✗ Not quite.").WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await AnswerWithoutConnectionAsync(portal, page);
        await page.Keyboard.PressAsync("Enter");

        await page.GetByText("You had 1 of 2 right, and this study asks for 2.").WaitForAsync();
        await page.AssertLooksRightAsync("training-missed", dark: false);
        await page.ClickButtonAsync("Try again");
        foreach (var number in (int[])[1, 2])
        {
            await AnswerAsync(portal, page, right: true);
            await page.GetByText("✓ Right.").WaitForAsync();
            if (number == 1)
                await Looks.PictureAsync(page, "training-right");
            await page.Keyboard.PressAsync("Enter");
        }
        await page.GetByText("You had 2 of 2 right.").WaitForAsync();
        await Looks.PictureAsync(page, "training-passed");
        await page.ClickButtonAsync("Start judging");
        await page.Locator("#rate:not([data-training])").WaitForAsync();
        await page.AnswerAsync("ArrowLeft");
        await page.SavedAsync();

        Assert.Equal([1], await portal.QueryAsync<int>("SELECT COUNT(*) FROM vote"));
        Assert.Equal([4], await portal.QueryAsync<int>("SELECT COUNT(*) FROM training_answer"));
        await desk.OpenAsync("/studies/2/guidelines", "header");
        await desk.Locator("#raters ~ .mud-simple-table").GetByText("passed").WaitForAsync();
        await desk.AssertLooksRightAsync("guidelines-fixed", dark: false);
        rater.AssertNothingWentWrong();
        researcher.AssertNothingWentWrong();
    }

    /// <summary>Makes a study of the demonstration's systems.</summary>
    /// <returns>The link for raters.</returns>
    private static async Task<string> DraftStudyAsync(IPage page)
    {
        await page.OpenAsync("/studies/new?a=1&b=2");
        await page.SetFieldAsync("Name", "With training");
        await page.SetFieldAsync("Votes per comparison and question", "1");
        await page.GetByText("120 votes in all.").WaitForAsync();
        await page.ClickButtonAsync("Create study");
        await page.GetByRole(AriaRole.Heading, new() { Name = "With training" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        return await page.CopyRaterLinkAsync();
    }

    /// <summary>Adds an example about flaws, with the flaw pointed out in the image that is worse.</summary>
    /// <param name="images">Which of the demonstration's images; the next one stands right.</param>
    internal static async Task AddExampleAsync(IPage page, string use, int images, string answer, string why)
    {
        var files = Directory.GetFiles(Samples, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Skip(images).Take(2).ToArray();
        await page.ClickButtonAsync($"Add example to the {use}");
        foreach (var (i, file) in files.Index())
        {
            await page.Locator(".example-form input[type=file]").Nth(i).ChooseAsync(new() { Name = Path.GetFileName(file), MimeType = "image/png", Buffer = await File.ReadAllBytesAsync(file) });
            await page.Locator(".example-form .point img").Nth(i).WaitForAsync();
        }
        await page.GetByText(answer, new() { Exact = true }).ClickAsync();
        await page.SetFieldAsync("Why", why);
        if (answer != "Tie")
        {
            await page.Locator(".example-form .point").Nth(answer.StartsWith("Left", StringComparison.Ordinal) ? 1 : 0).ClickAsync(new() { Position = new() { X = 100, Y = 60 } });
            await page.Locator(".example-form .point svg").WaitForAsync();
            await page.SelectAsync("Flaw", "major");
        }
        await page.ClickButtonAsync("Save example");
        await page.Locator(".example-list").GetByText(why).WaitForAsync();
    }

    /// <summary>Answers the pair on the screen; the database knows what is right.</summary>
    internal static async Task AnswerAsync(PortalProcess portal, IPage page, bool right)
    {
        await page.WaitForPairAsync();
        var answer = (await portal.QueryAsync<string>("""
            SELECT CASE WHEN p.swapped AND e.answer = 'left' THEN 'right' WHEN p.swapped AND e.answer = 'right' THEN 'left' ELSE e.answer END
            FROM training_pair p
            JOIN example_pair e ON e.example_pair_id = p.example_pair_id
            WHERE NOT EXISTS (SELECT 1 FROM training_answer a WHERE a.training_pair_id = p.training_pair_id)
            ORDER BY p.attempt, p.position
            LIMIT 1
            """)).Single();
        var key = right ? answer : answer == "tie" ? "left" : "tie";
        await page.Keyboard.PressAsync(key switch { "left" => "ArrowLeft", "right" => "ArrowRight", _ => "ArrowDown" });
    }

    /// <summary>The answer is told and stored once the connection is back, although the page was opened anew meanwhile.</summary>
    private static async Task AnswerWithoutConnectionAsync(PortalProcess portal, IPage page)
    {
        await page.WaitForPairAsync();
        await page.RouteAsync("**/api/rate/*/training/*", route => route.AbortAsync());
        await AnswerAsync(portal, page, right: true);
        await page.Locator("#status").Filter(new() { HasText = "offline" }).WaitForAsync();
        await Looks.PictureAsync(page, "training-offline");
        Assert.Equal([1], await portal.QueryAsync<int>("SELECT COUNT(*) FROM training_answer"));
        await page.ReloadAsync();
        await page.GetByText("Your answer is being checked.").WaitForAsync();
        await page.UnrouteAsync("**/api/rate/*/training/*");
        await page.GetByText("✓ Right.").WaitForAsync();
        Assert.Equal([2], await portal.QueryAsync<int>("SELECT COUNT(*) FROM training_answer"));
    }
}
