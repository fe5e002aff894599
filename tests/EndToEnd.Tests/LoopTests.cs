using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Once round the loop by clicks: from the printed link to votes on the images of the new model. A second rater answers without a browser, to save its time.</summary>
[Collection(Chromium.Collection)]
public sealed partial class LoopTests(Chromium chromium, ITestOutputHelper output)
{
    private const int Comparisons = 60; // of the demonstration
    private const int TrainingSteps = 10;
    private const int StepsPerImage = 4; // images need not be good here
    private const float Long = 900_000; // milliseconds for what the worker does; a busy machine is slow

    private static readonly string[] OldAndNew = ["Images of the old model", "Images of the new model"];

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    [SkippableFact]
    public async Task Loop_FromFirstLinkToVotesOnTheNewModel_GoesRoundByClicksAlone()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await using var rater = await chromium.VisitAsync(portal, width: 1280, height: 720);
        var page = researcher.Page;
        await researcher.BecomeAdminAsync(portal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Round 1" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "How raters get in" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        var link = await page.CopyRaterLinkAsync();
        Log("signed in");

        await Task.WhenAll(RateWithCareAsync(rater.Page, link), RateAllAsync(portal, link, seed: 1), RateAllOverHttpAsync(portal, link, seed: 2));
        Log("voted");
        await page.GetByRole(AriaRole.Link, new() { Name = "Results" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Comparisons", Exact = true }).WaitForAsync();
        var votes = await page.DownloadVotesAsync();
        await page.AssertReportAsync(votes, Comparisons);
        await AssertDrillDownAsync(page, votes);
        Log("read the results");

        await TrainAsync(page);
        Log("trained");
        await CompareAsync(page);
        Log("compared");
        await VoteOnTheNewModelAsync(page, rater.Page);
        Log("voted again");

        researcher.AssertNothingWentWrong();
        rater.AssertNothingWentWrong();
    }

    /// <summary>A few answers with everything a rater can do: all keys, an answer taken back, a pair that cannot be compared.</summary>
    private static async Task RateWithCareAsync(IPage page, string link)
    {
        var progress = page.Locator("#progress");
        await page.BeginAsync(link);
        Assert.Equal("Which image has fewer visual flaws?", await page.Locator("#question").InnerTextAsync());
        Assert.Equal("1 of 120", await progress.InnerTextAsync());
        Assert.Equal(2, await page.Locator(".side img:visible").CountAsync()); // each holds the other's too, for the flicker

        foreach (var key in (string[])["ArrowLeft", "ArrowDown", "ArrowRight"])
            await page.AnswerAsync(key);
        await page.Keyboard.PressAsync("u");
        await page.WaitForFunctionAsync("() => document.getElementById('progress').textContent.startsWith('3 of')");
        await page.AnswerAsync("ArrowLeft");

        await page.WaitForPairAsync();
        await page.Keyboard.PressAsync("r");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Why can these images not be compared?" }).WaitForAsync();
        await page.AnswerAsync("1");
        Assert.StartsWith("5 of", await progress.InnerTextAsync(), StringComparison.Ordinal);

        await page.Keyboard.PressAsync("?");
        await page.GetByRole(AriaRole.Heading, new() { Name = "How to judge" }).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.AnswerAllAsync(Rater.Keys(seed: 3), most: 6);
        await page.SavedAsync();
    }

    /// <summary>Somebody else answers everything, both questions.</summary>
    private async Task RateAllAsync(PortalProcess portal, string link, int seed)
    {
        await using var visitor = await chromium.VisitAsync(portal, width: 1280, height: 720);
        await visitor.Page.BeginAsync(link);
        Assert.Equal(2 * Comparisons, await visitor.Page.AnswerAllAsync(Rater.Keys(seed)));
        await visitor.Page.GetByText($"{2 * Comparisons} of {2 * Comparisons} answers received. You can close this page.").WaitForAsync();
        visitor.AssertNothingWentWrong();
    }

    private static async Task RateAllOverHttpAsync(PortalProcess portal, string link, int seed)
    {
        var random = new Random(seed);
        using var rater = await HttpRater.BeginAsync(portal, link.Split('/')[^1]);
        for (var turn = await rater.NextAsync(); turn.Answered < turn.Total; turn = await rater.NextAsync())
            foreach (var pair in turn.Pairs)
                await rater.SendAsync(HttpRater.Judge(pair, random.Next(10) switch { < 5 => "left", < 8 => "right", _ => "tie" }));
    }

    /// <summary>From the list to the comparison where an answer was taken back: both images, and every vote, that one too.</summary>
    private static async Task AssertDrillDownAsync(IPage page, IReadOnlyList<IReadOnlyDictionary<string, string>> votes)
    {
        var retracted = Assert.Single(votes, vote => vote["retracted_at"] != "");
        Assert.Equal("style_mismatch", Assert.Single(votes, vote => vote["winner"] == "reject")["reject_reason"]);
        Assert.Equal("false", retracted["counts"]);
        var item = retracted["item_id"];
        var row = page.Locator($"a.row-link[href$='/results/{item}']").First;
        if (await row.CountAsync() == 0) // on another page of the list
            await page.Locator("nav[aria-label=Page] a").First.ClickAsync();
        await row.ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = retracted["prompt"], Exact = true }).WaitForAsync();

        Assert.Equal(2, await page.Locator(".item-image:not(.other) img").EvaluateAllAsync<int>("images => images.filter(i => i.complete && i.naturalWidth > 0).length"));
        Assert.Equal(votes.Count(vote => vote["item_id"] == item), await page.Locator(".votes tbody tr").CountAsync());
        Assert.Equal(1, await page.Locator("tr.void", new() { HasTextString = "taken back" }).CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Round 1" }).ClickAsync();
    }

    private static async Task TrainAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Train from these votes" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Train from the votes of Round 1" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^SimPO \\+ pixel") }).CheckAsync();
        await page.SetFieldAsync("Pixel weight", "4");
        await page.SetFieldAsync("Steps", $"{TrainingSteps}");
        await page.GetByText("(changed: pixel_weight, steps)").WaitForAsync();
        await Looks.PictureAsync(page, "train");
        await page.ClickButtonAsync("Start training");

        await page.WaitForIdAsync("jobs");
        var steps = new HashSet<string>();
        var loss = page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("^Loss: ") });
        var done = page.GetByRole(AriaRole.Link, new() { Name = "Compare old and new" });
        for (var clock = Stopwatch.StartNew(); await done.CountAsync() == 0; await Task.Delay(100))
        {
            if (await page.GetByText("Failed", new() { Exact = true }).CountAsync() > 0 || clock.ElapsedMilliseconds > Long)
                Assert.Fail($"The training did not succeed: {await page.Locator("main").InnerTextAsync()}");
            if (await loss.CountAsync() > 0 && LastStep().Match(await loss.GetAttributeAsync("aria-label") ?? "") is { Success: true } step)
                steps.Add(step.Groups[1].Value);
        }
        await page.GetByText("Done", new() { Exact = true }).WaitForAsync();
        await page.Locator("nav.lineage b", new() { HasTextString = "Training" }).WaitForAsync();
        await Looks.PictureAsync(page, "training-run");
        await page.GetByText($"step {TrainingSteps} of {TrainingSteps}", new() { Exact = true }).WaitForAsync();
        Assert.True(steps.Count > 1, $"The curve did not move while the job ran; it showed step {string.Join(", ", steps)}.");
    }

    private static async Task CompareAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare old and new" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Compare old and new" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        await page.SetFieldAsync("Steps per image", $"{StepsPerImage}");
        await page.GetByLabel("Let raters begin as soon as the images are there").CheckAsync();
        Assert.Equal("Round 2", await page.GetByLabel("Name of the new study").InputValueAsync());
        await page.ClickButtonAsync("Compare old and new");

        await page.WaitForIdAsync("rounds");
        var study = page.Locator("ol.steps a[href^='/studies/']");
        await study.WaitForAsync(new() { Timeout = Long });
        foreach (var title in OldAndNew)
            Assert.Contains("Done", await page.Locator("ol.steps li", new() { HasTextString = title }).InnerTextAsync(), StringComparison.Ordinal);
        await study.ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "How raters get in" }).WaitForAsync();
        await page.WaitForCircuitAsync();
    }

    private static async Task VoteOnTheNewModelAsync(IPage page, IPage rater)
    {
        var link = await page.CopyRaterLinkAsync();
        await rater.BeginAsync(link);
        await rater.AnswerAllAsync(Rater.Keys(seed: 4), most: 8);
        await rater.SavedAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Results" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Comparisons", Exact = true }).WaitForAsync();
        var votes = await page.DownloadVotesAsync();
        Assert.Equal(8, votes.Count);
        await page.AssertReportAsync(votes, Comparisons);
        var trail = page.GetByRole(AriaRole.Navigation, new() { Name = "Lineage" });
        await trail.WaitForAsync();
        Assert.Matches(Trail(), string.Join(" → ", await trail.Locator("li").AllInnerTextsAsync()));
    }

    private void Log(string what) => output.WriteLine($"{_clock.Elapsed.TotalSeconds,6:0.0} s  {what}");

    [GeneratedRegex(@" at step (\d+) of ")]
    private static partial Regex LastStep();

    [GeneratedRegex(@"^Votes of Round 1 → \d+ pairs → Training → .+ → 120 images → Round 2$")]
    private static partial Regex Trail();
}
