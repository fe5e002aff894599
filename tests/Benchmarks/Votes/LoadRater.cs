using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace PixelPost.Benchmarks.Votes;

/// <summary>A rater who has begun already and does nothing but ask for pairs and answer them, as fast as they are told to.</summary>
internal sealed class LoadRater(HttpClient client, string link, string token)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private readonly Queue<Guid> _held = [];

    /// <summary>Seconds that each of this rater's votes took to be acknowledged.</summary>
    public List<double> VoteSeconds { get; } = [];

    /// <summary>Seconds that the portal took each time to hand out the next pairs.</summary>
    public List<double> NextSeconds { get; } = [];

    /// <summary>Answers one pair; the next ones are asked for when few are left, as the page does.</summary>
    /// <returns>False when there is nothing left.</returns>
    public async Task<bool> AnswerAsync(int fewest = 0)
    {
        if (_held.Count <= fewest)
        {
            var known = _held.ToHashSet();
            var clock = Stopwatch.GetTimestamp();
            using var request = Request(HttpMethod.Get, "next");
            using var answer = await client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            var turn = (await answer.Content.ReadFromJsonAsync<Turn>(Web))!;
            NextSeconds.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
            foreach (var pair in turn.Pairs.Where(pair => !known.Contains(pair.AssignmentId)))
                _held.Enqueue(pair.AssignmentId);
        }
        if (!_held.TryDequeue(out var assignment))
            return false;
        await VoteAsync(assignment);
        return true;
    }

    /// <summary>Opens the page, as somebody does who then leaves the window open.</summary>
    public async Task OpenPageAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/r/{link}");
        request.Headers.Add("Cookie", $"pixelpost-rater={token}");
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private async Task VoteAsync(Guid assignment)
    {
        var now = DateTimeOffset.UtcNow;
        using var request = Request(HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"votes/{Guid.CreateVersion7()}"));
        request.Content = JsonContent.Create(
            new
            {
                AssignmentId = assignment,
                Choice = "left",
                ResponseMs = 1_000,
                ShownAt = now.AddSeconds(-1),
                DecodedLeftAt = now.AddSeconds(-2),
                DecodedRightAt = now.AddSeconds(-2),
                VotedAt = now,
                Input = "key",
                ViewportW = 1440,
                ViewportH = 900,
                Dpr = 1,
                AppVersion = "0.1.0",
            },
            options: Web);
        var clock = Stopwatch.GetTimestamp();
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        VoteSeconds.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, $"/api/rate/{link}/{path}");
        request.Headers.Add("Cookie", $"pixelpost-rater={token}");
        return request;
    }

    private sealed record Turn(IReadOnlyList<Pair> Pairs);

    private sealed record Pair(Guid AssignmentId);
}
