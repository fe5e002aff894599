using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>A rater's page while the portal is away.</summary>
[Collection(Chromium.Collection)]
public sealed class OutboxTests(Chromium chromium)
{
    [SkippableFact]
    public async Task Kill_WhileTheRaterGoesOn_DeliversEveryVoteAfterTheRestart()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var researcher = await chromium.VisitAsync(portal);
        await researcher.BecomeAdminAsync(portal);
        await researcher.Page.GotoAsync("about:blank"); // a page with a circuit would miss the portal as well
        var link = $"/r/{await portal.DemonstrationLinkAsync()}";
        await using var rater = await chromium.VisitAsync(portal, width: 1280, height: 720);
        rater.Expect("Failed to load resource: net::ERR_"); // while the portal is away
        await rater.Page.BeginAsync(link);
        var status = rater.Page.Locator("#status");

        var sendings = 0;
        rater.Expect("status of 429");
        await rater.Page.RouteAsync("**/votes/*", route => ++sendings <= 2 ? route.FulfillAsync(new() { Status = 429, Body = "" }) : route.ContinueAsync());
        await rater.Page.AnswerAsync("ArrowLeft"); // twice the portal says that it is too much: no answer is given up for that
        await rater.Page.AnswerAsync("ArrowRight");
        await rater.Page.SavedAsync();
        Assert.True(sendings >= 4);
        await rater.Page.UnrouteAllAsync();
        await portal.KillAsync();
        await rater.Page.AnswerAsync("ArrowDown");
        await rater.Page.AnswerAsync("ArrowLeft");
        await status.Filter(new() { HasText = "offline: your answers are kept on this device" }).WaitForAsync();
        await rater.Page.AnswerAsync("ArrowRight"); // on goes the work
        await Assert.ThrowsAnyAsync<PlaywrightException>(() => rater.Page.ReloadAsync());
        await rater.ReopenAsync();

        await portal.RestartAsync();
        await rater.Page.GotoAsync(link);
        await rater.Page.AnswerAsync("ArrowDown");
        await rater.Page.SavedAsync();
        Assert.Equal(
            ["left", "right", "tie", "left", "right", "tie"],
            await portal.QueryAsync<string>("SELECT choice_screen FROM counting_vote ORDER BY voted_at"));

        await portal.KillAsync();
        await rater.Page.AnswerAsync("ArrowLeft");
        await rater.Page.Locator("#status").Filter(new() { HasText = "offline" }).WaitForAsync();
        await rater.ReopenAsync(); // closed with an answer that nobody has received
        await portal.RestartAsync();
        await researcher.Page.OpenAsync("/studies/1");
        await researcher.Page.ClickButtonAsync("Pause");
        await researcher.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).WaitForAsync();
        await rater.Page.GotoAsync(link);

        await rater.Page.GetByText("answers received. You can close this page.").WaitForAsync();
        Assert.StartsWith("7 of 7", await rater.Page.Locator("#receipt").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(7, (await portal.QueryAsync<long>("SELECT COUNT(*) FROM vote")).Single());
        await researcher.Page.OpenAsync("/studies/1");
        var ledger = researcher.Page.Locator("#ledger ~ .mud-simple-table").First.Locator("tbody tr");
        await ledger.Filter(new() { HasTextRegex = new(@"^\s*7\s*7\s*0\s*0\s*0\s*0\s*$") }).WaitForAsync(); // made, stored, erased, not sent, refused, lost
        rater.AssertNothingWentWrong();
        researcher.AssertNothingWentWrong();
    }
}
