using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Reads the results page of a study and holds it against the votes that it offers for download.</summary>
internal static partial class Report
{
    private static readonly string[] Axes = ["Flaws", "Appeal"];

    private static readonly Dictionary<string, string> Words = new()
    {
        ["a"] = "A wins", ["b"] = "B wins", ["tie"] = "tie", ["split"] = "split", ["reject"] = "rejected",
    };

    /// <summary>Downloads the votes by the link on the page.</summary>
    public static async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> DownloadVotesAsync(this IPage page)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.List).GetByRole(AriaRole.Link, new() { Name = "Votes", Exact = true }).ClickAsync());
        return CountedVotes.Read(await File.ReadAllTextAsync(await download.PathAsync()));
    }

    /// <summary>Every figure that can be computed from the votes stands on the page as computed here.</summary>
    /// <param name="rows">Of <c>votes.csv</c>.</param>
    public static async Task AssertReportAsync(this IPage page, IReadOnlyList<IReadOnlyDictionary<string, string>> rows, int comparisons)
    {
        var counted = Axes.ToDictionary(axis => axis, axis => CountedVotes.Of(rows, axis.ToLowerInvariant()));
        foreach (var axis in Axes)
        {
            var card = page.Locator($"section[aria-labelledby=axis-{axis}]");
            if (counted[axis].Decisions.Count == 0)
            {
                Assert.Contains($"{comparisons} without votes", await card.InnerTextAsync(), StringComparison.Ordinal);
                continue;
            }
            var other = Axes.Single(one => one != axis);
            await AssertTableAsync(card, counted[axis], comparisons);
            await AssertNetWinRateAsync(card, counted[axis].NetWinRate);
            await AssertSignTestAsync(card, counted[axis], counted[other].Decisions.Count == 0 ? null : counted[other]);
        }
        Assert.Equal(rows.Count(row => row["counts"] == "true"), counted.Values.Sum(axis => axis.Votes.Values.Sum()));
        await AssertDecisionsAsync(page, counted);
    }

    private static async Task AssertTableAsync(ILocator card, CountedVotes counted, int comparisons)
    {
        await card.Locator("summary").ClickAsync();
        var rows = await card.Locator("details tbody tr").AllAsync();
        (int Decisions, int? Votes)[] expected =
        [
            (counted.Count("a"), counted.Votes.GetValueOrDefault("a")),
            (counted.Count("tie"), counted.Votes.GetValueOrDefault("tie")),
            (counted.Count("split"), null),
            (counted.Count("b"), counted.Votes.GetValueOrDefault("b")),
            (counted.Count("reject"), counted.Votes.GetValueOrDefault("reject")),
            (comparisons - counted.Decisions.Count, null),
            (comparisons, counted.Votes.Values.Sum()),
        ];
        Assert.Equal(expected.Length, rows.Count);
        foreach (var (row, (decisions, votes)) in rows.Zip(expected))
        {
            var cells = row.Locator("td.number");
            Assert.Equal($"{decisions}", await cells.First.InnerTextAsync());
            Assert.Equal($"{votes}", await cells.Nth(await cells.CountAsync() == 2 ? 1 : 2).InnerTextAsync()); // the last row has no shares
        }
    }

    private static async Task AssertNetWinRateAsync(ILocator card, string net)
    {
        var chart = await card.Locator("svg.chart").First.GetAttributeAsync("aria-label");
        var shown = NetWinRate().Match(chart!);
        Assert.True(shown.Success, $"The chart shows no net win rate with an interval: {chart}");
        Assert.Equal(net, shown.Groups[1].Value);
    }

    private static async Task AssertSignTestAsync(ILocator card, CountedVotes own, CountedVotes? other)
    {
        var figure = await card.Locator("dl.figures > div").Filter(new() { HasText = "Sign test" }).InnerTextAsync();
        if (own.Count("a") + own.Count("b") == 0)
            return; // the page says that nothing was won
        Assert.Contains($"A won {own.Count("a")} of {own.Count("a") + own.Count("b")}", figure, StringComparison.Ordinal);
        Assert.Contains(CountedVotes.Words(own.SignTest), words => figure.Contains($"alone {words}", StringComparison.Ordinal));
        // An axis without a test still counts among those that the p-value is adjusted over.
        Assert.Contains(CountedVotes.Words(CountedVotes.Adjusted(own.SignTest, other?.SignTest ?? 1)), words => figure.Split("exact")[0].Contains(words, StringComparison.Ordinal));
    }

    /// <summary>The list of comparisons, all its pages.</summary>
    private static async Task AssertDecisionsAsync(IPage page, Dictionary<string, CountedVotes> counted)
    {
        var shown = new Dictionary<string, string>();
        for (var number = 1; ; number++)
        {
            foreach (var row in await page.Locator(".comparisons tbody tr").AllAsync())
            {
                var address = await row.Locator("a.row-link").GetAttributeAsync("href");
                foreach (var axis in Axes)
                    shown[$"{axis} {Item().Match(address!).Groups[1].Value}"] = await row.Locator($"td[data-label={axis}] .decision").InnerTextAsync();
            }
            var next = page.Locator("nav[aria-label=Page] a", new() { HasTextString = $"{number + 1}" });
            if (await next.CountAsync() == 0)
                break;
            await next.ClickAsync();
            await page.Locator("nav[aria-label=Page] a[aria-current=page]", new() { HasTextString = $"{number + 1}" }).WaitForAsync();
        }
        foreach (var (place, decision) in shown)
        {
            var (axis, item) = (place.Split(' ')[0], place.Split(' ')[1]);
            Assert.Equal(counted[axis].Decisions.TryGetValue(item, out var made) ? Words[made] : "no votes", decision);
        }
    }

    [GeneratedRegex(@"net win rate of .* (\S+)\s\[\S+, \S+\] %\. ")]
    private static partial Regex NetWinRate();

    [GeneratedRegex(@"/results/(\d+)")]
    private static partial Regex Item();
}
