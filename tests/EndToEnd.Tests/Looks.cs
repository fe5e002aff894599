using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Looks at a page as it is on a desk and on a phone, by day and by night.</summary>
internal static class Looks
{
    private static readonly (int Width, int Height) Desk = (1440, 900);
    private static readonly (int Width, int Height) Phone = (390, 844);

    /// <summary>Folder for pictures of every page; none are made when it is not named.</summary>
    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("PIXELPOST_SCREENSHOTS");

    /// <summary>At both sizes: axe finds nothing serious, and nothing has to be scrolled sideways.</summary>
    /// <param name="name">Name of the pictures.</param>
    /// <param name="dark">Whether the page has a dark look as well.</param>
    public static async Task AssertLooksRightAsync(this IPage page, string name, bool dark)
    {
        foreach (var (size, device) in (IEnumerable<((int Width, int Height), string)>)[(Desk, "desk"), (Phone, "phone")])
        {
            await page.SetViewportSizeAsync(size.Width, size.Height);
            foreach (var scheme in dark ? [ColorScheme.Light, ColorScheme.Dark] : (ColorScheme[])[ColorScheme.Light])
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                if (dark)
                    await page.WaitForFunctionAsync("wanted => !document.querySelector('header.bar') || document.documentElement.className === wanted", scheme == ColorScheme.Dark ? "dark" : "light");
                var view = $"{name}-{device}{(scheme == ColorScheme.Dark ? "-dark" : "")}";
                await PictureAsync(page, view);
                await AssertNoViolationAsync(page, view);
                Assert.True(await WidthTooMuchAsync(page) == 0, $"{view} is {await WidthTooMuchAsync(page)} px wider than the screen.");
            }
        }
        await page.SetViewportSizeAsync(Desk.Width, Desk.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    /// <summary>How many pixels a page is wider than the screen.</summary>
    public static Task<int> WidthTooMuchAsync(IPage page) =>
        page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>How many pixels a page is higher than the screen.</summary>
    public static Task<int> HeightTooMuchAsync(IPage page) =>
        page.EvaluateAsync<int>("() => document.documentElement.scrollHeight - document.documentElement.clientHeight");

    /// <summary>Keeps a picture where a folder for them is named.</summary>
    public static async Task PictureAsync(IPage page, string name)
    {
        if (Screenshots is not null)
            await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, $"{name}.png"), FullPage = true });
    }

    private static async Task AssertNoViolationAsync(IPage page, string view)
    {
        var violations = (await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical");
        var sentences = violations.Select(violation =>
            $"{view}: {violation.Help} ({string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))})").ToList();
        Assert.True(sentences.Count == 0, string.Join('\n', sentences));
    }
}
