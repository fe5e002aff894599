using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>
/// Watches what goes between a page and its circuit, so that a test can go on at a person's pace. For a moment after a page is there, and
/// after each change of a field, its components are drawn anew; an event that a script sends within that moment can come when its handler has been
/// replaced, and is then lost.
/// </summary>
internal static class CircuitTraffic
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400), Longest = TimeSpan.FromSeconds(10);
    private static readonly ConditionalWeakTable<IPage, StrongBox<long>> Last = [];

    /// <summary>Begins to watch a page that has no circuit yet.</summary>
    public static void Watch(IPage page)
    {
        var last = Last.GetValue(page, _ => new());
        page.WebSocket += (_, socket) =>
        {
            socket.FrameReceived += (_, _) => last.Value = Stopwatch.GetTimestamp();
            socket.FrameSent += (_, _) => last.Value = Stopwatch.GetTimestamp();
        };
    }

    /// <summary>Waits until page and circuit have had nothing to say to each other for a moment.</summary>
    public static async Task SettleAsync(this IPage page)
    {
        var last = Last.GetValue(page, _ => new());
        var waited = Stopwatch.StartNew();
        do
            await Task.Delay(50);
        while (Stopwatch.GetElapsedTime(last.Value) < Quiet && waited.Elapsed < Longest);
    }
}
