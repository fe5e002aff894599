using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>A place on the screen, in CSS pixels.</summary>
internal sealed record Box(double X, double Y, double Width, double Height);

/// <summary>What is on the pair page, and fingers on it.</summary>
internal static class PairPage
{
    /// <summary>Lets the page believe that so much has been done without a break.</summary>
    public static async Task DoneBeforeAsync(this IPage page, int pairs, int minutes)
    {
        await page.EvaluateAsync("""
            ([pairs, minutes]) => {
              const { link, rater } = document.getElementById("rate").dataset;
              const now = Date.now();
              localStorage.setItem(`pixelpost-break ${link} ${rater}`, JSON.stringify({ from: now - 60_000 * minutes, last: now, pairs }));
            }
            """, new[] { pairs, minutes });
        await page.ReloadAsync();
        await page.WaitForPairAsync();
    }

    /// <summary>Begins to note how answers are marked.</summary>
    public static Task WatchMarksAsync(this IPage page) => page.EvaluateAsync("""
        () => {
          const rate = document.getElementById("rate");
          const isMarked = (name, part) => getComputedStyle(document.querySelector(name), part).content.startsWith('"✓"');
          window.marks = [];
          new MutationObserver(() => {
            const marked = [];
            if (isMarked(".side[data-choice=left]", "::before")) marked.push("image");
            if (isMarked(".answers [data-choice=left]", "::after")) marked.push("button");
            marks.push(`${marked.join(" and ") || "nothing"}, ${document.getElementById("chosen").textContent}`);
          }).observe(rate, { attributeFilter: ["data-chosen"] });
        }
        """);

    /// <summary>On what answers left were marked since then, or that nothing was any more, each with what screen readers were told last.</summary>
    public static Task<string[]> MarksAsync(this IPage page) => page.EvaluateAsync<string[]>("() => marks");

    /// <summary>A finger on the left or upper image.</summary>
    public static async Task TouchAsync(this IPage page, string type, int x, int finger = 1) => await page.EvaluateAsync("""
        ([type, x, finger]) => document.getElementById("left").dispatchEvent(new PointerEvent(type,
          { pointerId: finger, pointerType: "touch", button: 0, clientX: x, clientY: 200, bubbles: true, isPrimary: finger === 1 }))
        """, new object[] { type, x, finger });

    /// <summary>The zoom as the page tells it.</summary>
    public static Task<string?> ZoomAsync(this IPage page) => page.Locator("#zoom").TextContentAsync();

    /// <summary>Where both images are in their boxes.</summary>
    public static async Task<(Box Left, Box Right)> ImagesAsync(this IPage page) =>
        (await ImageAsync(page, "left"), await ImageAsync(page, "right"));

    /// <summary>Where an image is in its box.</summary>
    public static async Task<Box> ImageAsync(this IPage page, string side)
    {
        var numbers = await page.EvaluateAsync<double[]>("""
            side => {
              const [box, image] = [`#${side}`, `#${side} img:not(.other)`].map((name) => document.querySelector(name).getBoundingClientRect());
              return [image.x - box.x, image.y - box.y, image.width, image.height].map((value) => Math.round(100 * value) / 100);
            }
            """, side);
        return new Box(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>The middle of something on the screen.</summary>
    public static async Task<(float X, float Y)> CentreAsync(this IPage page, string selector)
    {
        var box = (await page.Locator(selector).BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }
}
