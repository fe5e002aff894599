using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>
/// A portal in which everything has happened once: votes, a preference set, a training of a single step, a round and its study.
/// Made once, by the first test that needs it.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class UsedPortal : IAsyncLifetime, ICollectionFixture<Chromium>, ICollectionFixture<UsedPortal>
{
    /// <summary>The tests that look at this portal, and others that take about as long as the rest of the browser tests together.</summary>
    public const string Collection = "browser on a used portal";

    private const float Long = 900_000; // milliseconds for what the worker does; a busy machine is slow

    private Task? _used;

    /// <summary>The portal.</summary>
    internal PortalProcess Portal { get; private set; } = null!;

    /// <summary>The admin, signed in.</summary>
    internal Visitor Researcher { get; private set; } = null!;

    /// <summary>What comes after <c>/r/</c> in the link to the demonstration's study, which still takes votes.</summary>
    internal string Link { get; private set; } = "";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (Portal is not null) // the researcher goes with the browser, which may be closed before
            await Portal.DisposeAsync();
    }

    /// <summary>Starts and uses the portal, at the first call.</summary>
    internal async Task UseAsync(Chromium chromium)
    {
        if (_used is not null)
            await Researcher.PassOnAsync();
        await (_used ??= MakeAsync(chromium));
    }

    private async Task MakeAsync(Chromium chromium)
    {
        Portal = await PortalProcess.StartAsync();
        Researcher = await chromium.VisitAsync(Portal);
        await Researcher.BecomeAdminAsync(Portal);
        Link = await Portal.DemonstrationLinkAsync();
        await Task.WhenAll(Enumerable.Range(1, 3).Select(VoteAsync));

        var page = Researcher.Page;
        await page.OpenAsync("/studies/1/train");
        await page.SetFieldAsync("Steps", "1");
        await page.GetByText(new Regex(@"\(changed: .*\bsteps\)")).WaitForAsync();
        await page.ClickButtonAsync("Start training");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare old and new" }).ClickAsync(new() { Timeout = Long });
        await page.GetByRole(AriaRole.Heading, new() { Name = "Compare old and new" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        await page.SetFieldAsync("Steps per image", "1");
        await page.ClickButtonAsync("Compare old and new");
        await page.Locator("ol.steps a[href^='/studies/']").WaitForAsync(new() { Timeout = Long });
    }

    /// <summary>A rater answers more than one question's worth of pairs of the demonstration.</summary>
    private async Task VoteAsync(int seed)
    {
        var random = new Random(seed);
        using var rater = await HttpRater.BeginAsync(Portal, Link);
        for (var turn = await rater.NextAsync(); turn.Answered < 100; turn = await rater.NextAsync())
        {
            foreach (var pair in turn.Pairs)
                await rater.SendAsync(HttpRater.Judge(pair, random.Next(10) switch { < 4 => "left", < 7 => "right", < 9 => "tie", _ => "reject" }));
        }
    }
}
