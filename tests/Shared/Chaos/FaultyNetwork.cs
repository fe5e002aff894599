namespace PixelPost.Tests.Shared.Chaos;

/// <summary>What went wrong on the way, counted.</summary>
internal sealed class NetworkFaults
{
    public int Requests, DroppedRequests, DroppedAnswers, SentTwice, SentAgainLate;
}

/// <summary>
/// A connection on which requests and answers get lost, and requests arrive twice, at once or late, after what was sent after them. What
/// the sender sees of a loss is what a browser sees: an exception.
/// </summary>
internal sealed class FaultyNetwork(HttpMessageHandler inner, ChaosSettings settings, Random random, NetworkFaults faults) : DelegatingHandler(inner)
{
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(3);
    private readonly List<Task> _late = [];

    /// <summary>Waits for the copies that are still on the way.</summary>
    public Task LateOnesAsync() => Task.WhenAll(_late);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (!request.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
            return await base.SendAsync(request, cancel);

        Interlocked.Increment(ref faults.Requests);
        if (Draw() < settings.Dropped)
        {
            Interlocked.Increment(ref faults.DroppedRequests);
            throw new HttpRequestException("The request got lost.");
        }
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancel);
        if (body is not null && Draw() < settings.Repeated)
        {
            Interlocked.Increment(ref faults.SentAgainLate);
            _late.Add(SendLateAsync(Copy(request, body), Draw() * Latest));
        }
        var second = body is not null && Draw() < settings.Repeated ? QuietlyAsync(Copy(request, body)) : null;
        var answer = await base.SendAsync(request, cancel);
        if (second is not null)
        {
            Interlocked.Increment(ref faults.SentTwice);
            await second;
        }
        if (Draw() < settings.Dropped)
        {
            Interlocked.Increment(ref faults.DroppedAnswers);
            answer.Dispose();
            throw new HttpRequestException("The answer got lost.");
        }
        return answer;
    }

    // what a rater does and what their outbox sends draw from the same
    private double Draw()
    {
        lock (random)
            return random.NextDouble();
    }

    private async Task SendLateAsync(HttpRequestMessage request, TimeSpan after)
    {
        await Task.Delay(after);
        await QuietlyAsync(request);
    }

    /// <summary>Sends a copy whose answer nobody waits for.</summary>
    private async Task QuietlyAsync(HttpRequestMessage request)
    {
        try
        {
            using (request)
                (await base.SendAsync(request, CancellationToken.None)).Dispose();
        }
        catch (HttpRequestException)
        {
            // the portal is being started again
        }
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, byte[] body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Content = new ByteArrayContent(body), Version = request.Version };
        foreach (var (name, values) in request.Content!.Headers)
            copy.Content.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }
}
