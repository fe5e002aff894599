using System.Collections.Concurrent;
using System.Net;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>An answer as it came: its address, its status and headers as text, and its body.</summary>
internal sealed record Told(string Path, HttpStatusCode Status, string Head, byte[] Body);

/// <summary>Writes down every answer that a rater gets.</summary>
internal sealed class Recorder(CookieContainer cookies) : DelegatingHandler(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies })
{
    private readonly ConcurrentQueue<Told> _told = [];

    public IReadOnlyCollection<Told> Told => _told;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        _told.Enqueue(new Told(
            request.RequestUri!.PathAndQuery, answer.StatusCode, $"{answer.Headers}{answer.Content.Headers}", await answer.Content.ReadAsByteArrayAsync(cancellationToken)));
        return answer;
    }
}
