using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>
/// A person with a browser context. Whatever goes wrong in it is written down: errors on the console, uncaught errors, and any
/// request that leaves this machine.
/// </summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _wrong = [];
    private readonly ConcurrentBag<string> _expected = [];

    private Visitor(IBrowserContext context)
    {
        Context = context;
        context.Console += (_, message) =>
        {
            if (message.Type == "error")
                Note($"console: {message.Text} at {message.Location}");
        };
        context.WebError += (_, error) => Note($"uncaught: {error.Error}");
        context.Request += (_, request) => CheckHost(request.Url);
        context.Page += (_, page) => page.WebSocket += (_, socket) => CheckHost(socket.Url);
    }

    public IBrowserContext Context { get; }

    /// <summary>The page in front.</summary>
    public IPage Page { get; private set; } = null!;

    public static async Task<Visitor> OpenAsync(IBrowserContext context)
    {
        var visitor = new Visitor(context);
        visitor.Page = await context.NewPageAsync();
        return visitor;
    }

    /// <summary>Closes the page and opens another one; cookies and what pages have stored stay.</summary>
    public async Task ReopenAsync()
    {
        await Page.CloseAsync();
        Page = await Context.NewPageAsync();
    }

    /// <summary>From now on a message with this text is what the test wants to see.</summary>
    public void Expect(string part) => _expected.Add(part);

    /// <summary>Fails when anything went wrong that was not expected.</summary>
    public void AssertNothingWentWrong() =>
        Assert.DoesNotContain(_wrong, message => !_expected.Any(part => message.Contains(part, StringComparison.Ordinal)));

    public ValueTask DisposeAsync() => Context.DisposeAsync();

    private void CheckHost(string url)
    {
        if (new Uri(url) is { Scheme: "http" or "https" or "ws" or "wss", Host: not "127.0.0.1" } uri)
            Note($"request to another host: {uri}");
    }

    private void Note(string message) => _wrong.Enqueue(message);
}
