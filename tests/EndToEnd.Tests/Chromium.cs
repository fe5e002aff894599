using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>
/// One browser for the tests of a collection, started by the first that needs it. Tests of a collection run one after another; the two
/// collections, this one and that of <see cref="UsedPortal"/>, run side by side: a test waits for most of its time.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class Chromium : IAsyncLifetime, ICollectionFixture<Chromium>
{
    /// <summary>The tests that start portals of their own.</summary>
    public const string Collection = "browser";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Skips the test where it cannot run, and says why.</summary>
    public static void SkipWhereMissing()
    {
        Skip.If(InstalledChromium.WhyNot is not null, InstalledChromium.WhyNot);
        Skip.If(PortalProcess.WhyNoDemonstration is not null, PortalProcess.WhyNoDemonstration);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A person at a browser of their own: nobody else's cookies, nothing kept from before.</summary>
    internal async Task<Visitor> VisitAsync(PortalProcess portal, int width = 1440, int height = 900, bool touch = false)
    {
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = InstalledChromium.Program, Args = ["--disable-gpu"] });
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = portal.Address.ToString(),
            ViewportSize = new() { Width = width, Height = height },
            HasTouch = touch,
            IsMobile = touch,
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(120_000); // a machine that is busy with something else is slow
        return await Visitor.OpenAsync(context, portal);
    }
}
