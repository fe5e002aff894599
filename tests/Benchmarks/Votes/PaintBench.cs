using System.Globalization;
using Microsoft.Playwright;
using PixelPost.EvalPortal;
using PixelPost.Tests.Shared;

namespace PixelPost.Benchmarks.Votes;

/// <summary>What a rater waits for in Chromium: the next pair after a key press, and the first page.</summary>
internal static class PaintBench
{
    private const int Votes = 120, ColdVisits = 10, PairsAhead = 10;

    // Longer than the page's own guard, in which it takes a key for a slip: that time is not part of what is measured.
    private const int AfterTheGuard = 500;

    private static readonly int[] Sizes = [512, 1024];

    // "shown" is when both images of the next pair had reached the screen, as the browser tells of images that are marked for it
    // (Element Timing); "frame" is when the frame that shows them had been laid out and handed on. Both count from the time stamp of the
    // key event, which the browser gives it before the page hears of it.
    private const string Watch = """
        window.paints = [];
        let press = null;
        addEventListener("keydown", ({ key, timeStamp }) => (press = key.startsWith("Arrow") ? { key: timeStamp, images: 0, shown: 0 } : null), true);
        const close = () => {
          if (press?.frame && press.images === 2) {
            paints.push([press.frame - press.key, press.shown - press.key]);
            press = null;
          }
        };
        new PerformanceObserver((list) => {
          for (const { identifier, renderTime } of list.getEntries()) {
            if (press?.pair !== identifier) continue;
            press.images++;
            press.shown = Math.max(press.shown, renderTime);
          }
          close();
        }).observe({ type: "element" });
        addEventListener("DOMContentLoaded", () => {
          const sides = ["left", "right"].map((id) => document.getElementById(id));
          if (!sides[0]) return;
          new MutationObserver(() => {
            const images = sides.map((side) => side.querySelector("img:not(.other)"));
            if (!press || press.pair || images.includes(null)) return;
            const current = press;
            current.pair = images[0].src;
            for (const image of images) image.setAttribute("elementtiming", current.pair);
            requestAnimationFrame(() => {
              const after = new MessageChannel();
              after.port1.onmessage = () => ((current.frame = performance.now()), close());
              after.port2.postMessage(null);
            });
          }).observe(document.getElementById("pair"), { childList: true, subtree: true });
        });
        """;

    /// <summary>Measures and prints a table.</summary>
    public static async Task<int> RunAsync()
    {
        if (InstalledChromium.WhyNot is { } whyNot)
        {
            Console.Error.WriteLine(whyNot);
            return 1;
        }
        var studies = new List<(int Size, string Link, IReadOnlyList<string> Raters)>();
        await using var portal = await PortalProcess.StartAsync(
            async data =>
            {
                var settings = new PortalOptions { Data = data };
                foreach (var size in Sizes)
                {
                    var (id, link) = await PaintStudy.AddAsync(settings, size, Votes + PairsAhead);
                    studies.Add((size, link, await RatingBench.AddRatersAsync(settings, id, 2 + ColdVisits)));
                }
            },
            "--demo", "false");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = InstalledChromium.Program, Args = ["--disable-gpu"] });
        Console.WriteLine($"Chromium {browser.Version}, headless, without a GPU; portal and browser on the same {Environment.ProcessorCount} processors{Load()}\n");

        foreach (var (size, link, raters) in studies)
            await NextPairAsync(browser, portal.Address, size, link, raters[0]);
        await ColdAsync(browser, portal.Address, "page before consent", studies[0].Link, [.. Enumerable.Repeat<string?>(null, ColdVisits)]);
        await ColdAsync(browser, portal.Address, "pair page", studies[0].Link, [.. studies[0].Raters.Skip(2)]);
        Console.WriteLine(Load().TrimStart(',', ' '));
        return 0;
    }

    /// <summary>From a key press to the next pair.</summary>
    private static async Task NextPairAsync(IBrowser browser, Uri portal, int size, string link, string rater)
    {
        await using var context = await NewContextAsync(browser, portal, rater);
        await context.AddInitScriptAsync(Watch);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/r/{link}");
        var presses = new Random(size);
        for (var measured = 0; measured < Votes;)
        {
            await page.Locator("#rate[aria-busy=false], #break[open]").First.WaitForAsync();
            if (await page.Locator("#break[open]").CountAsync() > 0)
            {
                await page.Keyboard.PressAsync("Enter"); // a break is not what is measured
                continue;
            }
            await Task.Delay(AfterTheGuard + presses.Next(100));
            await page.Keyboard.PressAsync(presses.Next(2) == 0 ? "ArrowLeft" : "ArrowRight");
            await page.WaitForFunctionAsync("before => paints.length > before || document.querySelector('#break[open]')", measured);
            measured = await page.EvaluateAsync<int>("paints.length");
        }
        var paints = await page.EvaluateAsync<double[][]>("paints");
        RatingBench.Row($"{size} × {size}: from key press to next pair shown", RatingBench.Quantiles([.. paints.Select(paint => paint[1] / 1_000)]), "p95 100 ms");
        RatingBench.Row("the same: until its frame was laid out", RatingBench.Quantiles([.. paints.Select(paint => paint[0] / 1_000)]), "");
    }

    /// <summary>A page in browsers that have never been there.</summary>
    private static async Task ColdAsync(IBrowser browser, Uri portal, string what, string link, IReadOnlyList<string?> raters)
    {
        var paints = new List<double>();
        var (script, files, foreign) = (0.0, 0.0, 0);
        foreach (var rater in raters)
        {
            await using var context = await NewContextAsync(browser, portal, rater);
            context.Request += (_, request) => foreign += new Uri(request.Url) is { Scheme: "http" or "https" } uri && uri.Authority != portal.Authority ? 1 : 0;
            var page = await context.NewPageAsync();
            await page.GotoAsync($"/r/{link}", new() { WaitUntil = WaitUntilState.NetworkIdle });
            paints.Add(await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1_000);
            var scripts = await page.EvaluateAsync<double[]>("""
                (() => {
                  const scripts = performance.getEntriesByType("resource").filter(({ name }) => new URL(name).pathname.endsWith(".js"));
                  return [scripts.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0), scripts.length];
                })()
                """);
            (script, files) = (scripts[0], scripts[1]);
        }
        RatingBench.Row($"{what}: first paint, cold", RatingBench.Quantiles(paints), "1 s");
        RatingBench.Row("the same: script, not compressed", string.Create(CultureInfo.InvariantCulture, $"{script / 1024:F1} KB in {files} files"), "60 KB");
        RatingBench.Row("the same: requests to other hosts", foreign.ToString(CultureInfo.InvariantCulture), "0");
    }

    private static async Task<IBrowserContext> NewContextAsync(IBrowser browser, Uri portal, string? rater)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = portal.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(120_000);
        if (rater is not null)
            await context.AddCookiesAsync([new Cookie { Name = "pixelpost-rater", Value = rater, Url = portal.ToString() }]);
        return context;
    }

    /// <summary>How busy the machine is; others' work beside this is in the figures.</summary>
    private static string Load() => File.Exists("/proc/loadavg") ? $", load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : "";
}
