using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>What a rater does, by keys.</summary>
internal static class Rater
{
    /// <summary>Opens the link, agrees, reads the instructions, and waits for the first pair.</summary>
    /// <param name="page">The rater's page.</param>
    /// <param name="link">Of the study.</param>
    /// <param name="beforeLeaving">What to wait for before each page is left; null for nothing.</param>
    public static async Task BeginAsync(this IPage page, string link, Func<Task>? beforeLeaving = null)
    {
        beforeLeaving ??= () => Task.CompletedTask;
        await page.GotoAsync(link);
        await beforeLeaving();
        await page.ClickButtonAsync("I agree");
        await page.GetByRole(AriaRole.Heading, new() { Name = "How to judge" }).WaitForAsync();
        await beforeLeaving();
        await page.ClickButtonAsync("Start");
        await page.WaitForPairAsync();
    }

    /// <summary>Waits until both images of a pair are on the screen and the page takes answers.</summary>
    public static async Task WaitForPairAsync(this IPage page)
    {
        await page.Locator("#rate[aria-busy=false]").WaitForAsync();
        await Task.Delay(450); // an answer within 400 ms is meant for the pair before, and is ignored
    }

    /// <summary>Answers the pair on the screen by a key; the page goes on to the next one or to its end. What it asks then is passed over.</summary>
    public static async Task AnswerAsync(this IPage page, string key)
    {
        var progress = await page.Locator("#progress").TextContentAsync();
        await page.WaitForPairAsync();
        await page.Keyboard.PressAsync(key);
        await page.WaitForFunctionAsync("before => document.getElementById('progress')?.textContent !== before", progress);
        if (await page.Locator("#flaw:not([hidden])").CountAsync() > 0)
            await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Answers pairs until none is left, or as many as are wanted; confirms the change of the question, and goes on after a break.</summary>
    /// <param name="keys">The key for each pair.</param>
    /// <returns>How many were answered.</returns>
    public static async Task<int> AnswerAllAsync(this IPage page, Func<string> keys, int most = int.MaxValue)
    {
        for (var answered = 0; answered < most; answered++)
        {
            var what = page.Locator("#rate[aria-busy=false], #break[open], #part[open], #notice");
            await what.First.WaitForAsync();
            if (await page.Locator("#break[open]").CountAsync() > 0)
            {
                await page.Keyboard.PressAsync("Enter");
                await what.First.WaitForAsync();
            }
            if (await page.Locator("#part[open]").CountAsync() > 0)
                await page.Keyboard.PressAsync("Enter");
            else if (await page.Locator("#notice").CountAsync() > 0)
                return answered;
            await page.AnswerAsync(keys());
        }
        return most;
    }

    /// <summary>Waits until everything that was answered is stored, and the page says so.</summary>
    public static Task SavedAsync(this IPage page) => page.Locator("#status[data-waiting='0']").Filter(new() { HasText = "saved" }).WaitForAsync();

    /// <summary>Answers like a person who mostly sees a difference; the same seed gives the same answers.</summary>
    public static Func<string> Keys(int seed)
    {
        var random = new Random(seed);
        return () => random.Next(10) switch { < 4 => "ArrowLeft", < 8 => "ArrowRight", _ => "ArrowDown" };
    }
}
