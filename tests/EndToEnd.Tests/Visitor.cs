using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>
/// A person with a browser context. Whatever goes wrong in it is written down: errors on the console, uncaught errors, and any
/// request that leaves this machine.
/// </summary>
/// <remarks>
/// A test that waited in vain says only for what. What the page showed instead, and what the portal printed, is added to the file that
/// <c>PIXELPOST_BROWSER_LOG</c> names.
/// </remarks>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _wrong = [];
    private readonly ConcurrentBag<string> _expected = [];
    private readonly PortalProcess _portal;
    private bool _judged;

    private Visitor(IBrowserContext context, PortalProcess portal)
    {
        (Context, _portal) = (context, portal);
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

    public static async Task<Visitor> OpenAsync(IBrowserContext context, PortalProcess portal)
    {
        var visitor = new Visitor(context, portal);
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
    public void AssertNothingWentWrong()
    {
        _judged = true;
        Assert.Empty(Unexpected);
    }

    /// <summary>Another test goes on with this visitor: what is known of the one before is told, if it ended early.</summary>
    public async Task PassOnAsync()
    {
        if (!_judged)
            await TellAsync();
        _judged = false;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_judged)
            await TellAsync();
        await Context.DisposeAsync();
    }

    private IEnumerable<string> Unexpected => _wrong.Where(message => !_expected.Any(part => message.Contains(part, StringComparison.Ordinal)));

    /// <summary>Adds to the log what is known of a test that ends early.</summary>
    private async Task TellAsync()
    {
        const int Most = 4000;
        if (Environment.GetEnvironmentVariable("PIXELPOST_BROWSER_LOG") is not { Length: > 0 } file)
            return;
        string shown;
        try
        {
            shown = await Page.EvaluateAsync<string>("() => document.body.innerText");
        }
        catch (PlaywrightException exception)
        {
            shown = exception.Message;
        }
        var printed = _portal.Printed;
        await File.AppendAllTextAsync(file, $"""
            == A test left {Page.Url} early. What the page said:
            {(shown.Length > Most ? shown[..Most] : shown)}
            == What went wrong in the browser:
            {string.Join('\n', Unexpected)}
            == What the portal printed last:
            {(printed.Length > Most ? printed[^Most..] : printed)}


            """);
    }

    private void CheckHost(string url)
    {
        if (new Uri(url) is { Scheme: "http" or "https" or "ws" or "wss", Host: not "127.0.0.1" } uri)
            Note($"request to another host: {uri}");
    }

    private void Note(string message) => _wrong.Enqueue(message);
}
