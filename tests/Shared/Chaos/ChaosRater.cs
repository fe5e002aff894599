using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PixelPost.Tests.Shared.Chaos;

/// <summary>A vote that was made, and what the rater knows of it: the other half of what the database is compared with.</summary>
internal sealed class MadeVote
{
    public required Guid Id { get; init; }

    public required Guid AssignmentId { get; init; }

    /// <summary>left, right or tie.</summary>
    public required string Choice { get; init; }

    public required string Json { get; init; }

    /// <summary>Whether system A's image stood left, by its pixels; null where the rater did not look.</summary>
    public bool? LeftIsA { get; init; }

    public bool TakenBack { get; set; }

    /// <summary>The portal has said that it is stored.</summary>
    public bool Received { get; set; }

    /// <summary>The status with which the portal has said that it will not be stored.</summary>
    public HttpStatusCode? Refused { get; set; }
}

/// <summary>
/// A rater without a browser, who works as <c>rater/rate.js</c> and <c>rater/outbox.js</c> do: goes on to the next pair at once, keeps
/// what was answered and sends it one after another, each until the portal has answered.
/// </summary>
internal sealed class ChaosRater : IDisposable
{
    private static readonly string[] Choices = ["left", "right", "tie"];

    private readonly FaultyNetwork _network;
    private readonly HttpClient _client;
    private readonly ChaosSettings _settings;
    private readonly ChaosStudy _study;
    private readonly Random _random;
    private readonly List<MadeVote> _made = [];
    private readonly Queue<Func<Task>> _outbox = [];

    public ChaosRater(Uri portal, ChaosStudy study, ChaosSettings settings, int number, NetworkFaults faults)
    {
        (_settings, _study) = (settings, study);
        _random = new Random(HashCode.Combine(settings.Seed, number));
        _network = new FaultyNetwork(new HttpClientHandler { CookieContainer = new CookieContainer() }, settings, new Random(HashCode.Combine(settings.Seed, -number)), faults);
        _client = new HttpClient(_network) { BaseAddress = portal, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Every vote this rater has made.</summary>
    public IReadOnlyList<MadeVote> Made => _made;

    /// <summary>Votes that the portal has confirmed so far.</summary>
    public int Confirmed { get; private set; }

    /// <summary>Opens the link, agrees and starts.</summary>
    public Task BeginAsync() => RaterRequests.BeginAsync(_client, _study.Link);

    /// <summary>Answers pair after pair until there is none left and everything has arrived.</summary>
    public async Task RateAsync(CancellationToken cancel)
    {
        while (true)
        {
            var turn = (await AskAsync<Turn>("next", cancel))!;
            // what waits in the outbox is still the rater's to answer, as the portal sees it
            var fresh = turn.Pairs.Where(pair => !_made.Any(vote => vote.AssignmentId == pair.AssignmentId && !vote.TakenBack)).ToList();
            if (turn.Pairs.Count == 0)
                break;
            foreach (var pair in fresh)
                await AnswerAsync(pair, cancel);
            await SendAllAsync(cancel);
        }
        await _network.LateOnesAsync();
        await StateAsync(cancel);
    }

    private async Task AnswerAsync(Pair pair, CancellationToken cancel)
    {
        bool? leftIsA = _random.NextDouble() < _settings.Seen ? await LooksAtLeftAsync(pair, cancel) : null;
        var vote = Enqueue(pair.AssignmentId, pair.Supersedes, leftIsA);
        if (_random.NextDouble() >= _settings.Undone)
            return;
        vote.TakenBack = true;
        _outbox.Enqueue(() => SendAsync($"votes/{vote.Id}/retraction", "{}", _ => { }, vote, cancel));
        Enqueue(pair.AssignmentId, vote.Id, leftIsA);
    }

    private MadeVote Enqueue(Guid assignmentId, Guid? supersedes, bool? leftIsA)
    {
        var (id, choice) = (Guid.CreateVersion7(), Choices[_random.Next(Choices.Length)]);
        var vote = new MadeVote
        {
            Id = id,
            AssignmentId = assignmentId,
            Choice = choice,
            LeftIsA = leftIsA,
            Json = RaterRequests.Vote(assignmentId, supersedes, choice),
        };
        _made.Add(vote);
        _outbox.Enqueue(() => SendAsync($"votes/{id}", vote.Json, v => v.Received = true, vote, default));
        return vote;
    }

    private async Task SendAllAsync(CancellationToken cancel)
    {
        while (_outbox.TryDequeue(out var send))
        {
            cancel.ThrowIfCancellationRequested();
            await send();
        }
    }

    /// <summary>Sends something until the portal has answered it.</summary>
    private async Task SendAsync(string path, string json, Action<MadeVote> done, MadeVote vote, CancellationToken cancel)
    {
        while (true)
        {
            if (await TryAsync(HttpMethod.Put, path, json, cancel) is { } answer)
            {
                using (answer)
                {
                    if (answer.IsSuccessStatusCode)
                    {
                        done(vote);
                        Confirmed++;
                        return;
                    }
                    if ((int)answer.StatusCode < 500 && answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests))
                    {
                        vote.Refused = answer.StatusCode;
                        return;
                    }
                }
            }
            await PauseAsync(cancel);
        }
    }

    /// <summary>Tells the portal what it was sent, for its own ledger.</summary>
    private async Task StateAsync(CancellationToken cancel)
    {
        foreach (var some in _made.Chunk(500))
        {
            var words = some.Select(vote => new { VoteId = vote.Id, State = vote.Refused is null ? "received" : "refused", Retracted = vote.TakenBack });
            var json = JsonSerializer.Serialize(words, RaterRequests.Web);
            while (await TryAsync(HttpMethod.Put, "statement", json, cancel) is not { IsSuccessStatusCode: true })
                await PauseAsync(cancel);
        }
    }

    private async Task<T?> AskAsync<T>(string path, CancellationToken cancel)
    {
        while (true)
        {
            using var answer = await TryAsync(HttpMethod.Get, path, json: null, cancel);
            if (answer is { IsSuccessStatusCode: true })
                return await answer.Content.ReadFromJsonAsync<T>(RaterRequests.Web, cancel);
            await PauseAsync(cancel);
        }
    }

    private async Task<bool> LooksAtLeftAsync(Pair pair, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var bytes = await _client.GetByteArrayAsync(pair.Left, cancel);
                return Convert.ToHexStringLower(SHA256.HashData(bytes)) == _study.ImageOfA;
            }
            catch (HttpRequestException)
            {
                await PauseAsync(cancel);
            }
        }
    }

    /// <summary>The answer to a request; null when there is none.</summary>
    private async Task<HttpResponseMessage?> TryAsync(HttpMethod method, string path, string? json, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(method, $"/api/rate/{_study.Link}/{path}");
            if (json is not null)
                request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            return await _client.SendAsync(request, cancel);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null; // the time is up
        }
    }

    private Task PauseAsync(CancellationToken cancel) => Task.Delay(50 + _random.Next(150), cancel);

    public void Dispose() => _client.Dispose();

    private sealed record Turn(IReadOnlyList<Pair> Pairs);

    private sealed record Pair(Guid AssignmentId, Guid? Supersedes, string Left);
}
