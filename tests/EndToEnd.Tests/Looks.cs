using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Looks at a page as it is on a desk and on a phone, by day and by night.</summary>
internal static class Looks
{
    private static readonly (int Width, int Height) Desk = (1440, 900);
    private static readonly (int Width, int Height) Phone = (390, 844);

    // Contrast is half of the work. By night nothing else changes, and on a phone no colour does.
    private static readonly AxeRunOptions ContrastAlone = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } };
    private static readonly AxeRunOptions AllButContrast = new() { Rules = new Dictionary<string, RuleOptions> { ["color-contrast"] = new() { Enabled = false } } };

    /// <summary>Folder for pictures of every page; none are made when it is not named.</summary>
    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("PIXELPOST_SCREENSHOTS");

    /// <summary>At both sizes, and on a desk in the dark too: axe finds nothing serious, and nothing has to be scrolled sideways.</summary>
    /// <param name="name">Name of the pictures.</param>
    /// <param name="dark">Whether the page has a dark look as well.</param>
    public static async Task AssertLooksRightAsync(this IPage page, string name, bool dark)
    {
        await page.AssertViewAsync($"{name}-desk", new());
        if (dark)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            await page.WaitForFunctionAsync("() => !document.querySelector('header.bar') || document.documentElement.className === 'dark'");
            await page.AssertViewAsync($"{name}-desk-dark", ContrastAlone);
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await page.WaitForFunctionAsync("() => document.documentElement.className !== 'dark'");
        }
        await page.SetViewportSizeAsync(Phone.Width, Phone.Height);
        await page.AssertViewAsync($"{name}-phone", AllButContrast);
        await page.SetViewportSizeAsync(Desk.Width, Desk.Height);
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

    private static async Task AssertViewAsync(this IPage page, string view, AxeRunOptions rules)
    {
        await page.WaitForFunctionAsync("() => !document.getAnimations().some(animation => animation instanceof CSSTransition)"); // colours on their way are neither
        await PictureAsync(page, view);
        var violations = (await page.RunAxe(rules)).Violations.Where(violation => violation.Impact is "serious" or "critical");
        var sentences = violations.Select(violation =>
            $"{view}: {violation.Help} ({string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))})").ToList();
        Assert.True(sentences.Count == 0, string.Join('\n', sentences));
        Assert.True(await WidthTooMuchAsync(page) == 0, $"{view} is {await WidthTooMuchAsync(page)} px wider than the screen.");
    }
}
