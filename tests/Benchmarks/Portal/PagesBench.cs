using System.Globalization;
using Microsoft.Playwright;
using PixelPost.Benchmarks.Votes;
using PixelPost.Tests.Shared;

namespace PixelPost.Benchmarks.Portal;

/// <summary>In Chromium: how long a researcher waits until a page of the demonstration does what is clicked.</summary>
internal static class PagesBench
{
    private const int Visits = 5;

    private static readonly string[] Pages =
    [
        "/", "/systems", "/systems/import", "/prompts", "/questions", "/jobs", "/models", "/models/1", "/models/1/generate", "/people", "/account", "/studies/new", "/votes/import",
        "/studies/1", "/studies/1/guidelines", "/studies/1/plan", "/studies/1/checks", "/studies/1/results?votes=simulated", "/studies/1/results/1?votes=simulated",
        "/studies/1/results/slices?votes=simulated", "/studies/1/results/exclusions?votes=simulated", "/studies/1/votes?votes=simulated", "/studies/1/figures?votes=simulated",
        "/studies/1/quality?votes=simulated", "/studies/1/export", "/studies/1/train",
    ];

    // Blazor marks what has a handler.
    private const string Interactive = """
        () => [...document.querySelectorAll("body *")].some(element => Object.keys(element).some(key => key.startsWith("_blazorEvents_"))) && performance.now()
        """;

    // Forms that the browser sends and links do what is clicked as soon as they are there.
    private const string Loaded = """() => document.readyState === "complete" && performance.now()""";

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync()
    {
        if (InstalledChromium.WhyNot is { } whyNot)
        {
            RatingBench.Row("pages of the demonstration", whyNot, "1.5 s");
            return;
        }
        await using var portal = await PortalProcess.StartAsync();
        await EvalPortal.Program.Main(["simulate", "--data", portal.DataFolder, "--study", "Round 1", "--raters", "12"]);
        var cookies = await FirstAdmin.BecomeAsync(portal);
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = InstalledChromium.Program, Args = ["--disable-gpu"] });
        await using var context = await FirstAdmin.BrowseAsync(chromium, portal, cookies);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(120_000);

        var first = await InteractiveAsync(page, Pages[0]); // with nothing in the browser's cache and the portal's code still to be compiled
        RatingBench.Row("the first page after a start", Told([first]), "");
        var slowest = 0.0;
        foreach (var path in Pages)
        {
            var seconds = new List<double>();
            for (var i = 0; i < Visits; i++)
                seconds.Add(await InteractiveAsync(page, path));
            RatingBench.Row(path, Told(seconds), "1.5 s");
            slowest = Math.Max(slowest, seconds.Max());
        }
        RatingBench.Row($"the slowest of {Pages.Length * Visits} visits", Told([slowest]), "1.5 s");
    }

    /// <summary>Seconds from the start of a visit until something on the page has a handler, or the whole page is there where it needs none.</summary>
    private static async Task<double> InteractiveAsync(IPage page, string path)
    {
        var answer = await page.GotoAsync(path);
        if (answer is not { Ok: true })
            throw new InvalidOperationException($"{path}: {answer?.Status}");
        var needsHandlers = (await answer.TextAsync()).Contains("<!--Blazor:{\"type\":\"server\"", StringComparison.Ordinal);
        var milliseconds = await (await page.WaitForFunctionAsync(needsHandlers ? Interactive : Loaded)).JsonValueAsync<double>();
        return milliseconds / 1_000;
    }

    private static string Told(List<double> seconds) => seconds.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds[0]:F2} s")
        : string.Create(CultureInfo.InvariantCulture, $"median {seconds.Order().ElementAt(seconds.Count / 2):F2} s, slowest {seconds.Max():F2} s of {seconds.Count}");
}
