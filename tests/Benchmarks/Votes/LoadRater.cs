using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using PixelPost.Tests.Shared;

namespace PixelPost.Benchmarks.Votes;

/// <summary>A rater who has begun already and does nothing but ask for pairs and answer them, as fast as they are told to.</summary>
internal sealed class LoadRater(HttpClient client, string link, string token)
{
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
            var turn = (await answer.Content.ReadFromJsonAsync<Turn>(RaterRequests.Web))!;
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
        using var request = Request(HttpMethod.Put, $"votes/{Guid.CreateVersion7()}");
        request.Content = new StringContent(RaterRequests.Vote(assignment, supersedes: null, "left"), Encoding.UTF8, "application/json");
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
