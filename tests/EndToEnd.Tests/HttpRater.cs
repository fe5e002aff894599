using System.Net;
using System.Net.Http.Json;

namespace PixelPost.EndToEnd.Tests;

/// <summary>A pair as the portal hands it to a rater.</summary>
internal sealed record HandedPair(Guid AssignmentId, string Question, string? Prompt, Guid? Supersedes, string Left, string Right);

/// <summary>What a rater has to do, as the portal tells it.</summary>
internal sealed record Turn(int Answered, int Total, IReadOnlyList<HandedPair> Pairs);

/// <summary>What the portal has of a rater.</summary>
internal sealed record Receipt(int Received, IReadOnlyList<Guid> VoteIds);

/// <summary>A vote that was sent or is to be sent; sent again, it is the same to the letter.</summary>
internal sealed record SentVote(Guid Id, Guid AssignmentId, string Json);

/// <summary>A rater without a browser, who speaks to the portal as the rater's page does.</summary>
internal sealed class HttpRater : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _link;

    private HttpRater(HttpClient client, string link) => (_client, _link) = (client, link);

    /// <summary>Opens a study's link, agrees and starts.</summary>
    /// <param name="link">What comes after <c>/r/</c>.</param>
    public static async Task<HttpRater> BeginAsync(PortalProcess portal, string link)
    {
        var rater = new HttpRater(portal.Client(), link);
        await RaterRequests.BeginAsync(rater._client, link);
        return rater;
    }

    /// <summary>The pairs to judge now.</summary>
    public async Task<Turn> NextAsync() => (await _client.GetFromJsonAsync<Turn>($"/api/rate/{_link}/next", RaterRequests.Web))!;

    /// <summary>The votes that the portal says it has.</summary>
    public async Task<Receipt> ReceiptAsync() => (await _client.GetFromJsonAsync<Receipt>($"/api/rate/{_link}/receipt", RaterRequests.Web))!;

    /// <summary>Makes a vote, which is not sent yet.</summary>
    public static SentVote Judge(HandedPair pair, string choice = "left") =>
        new(Guid.CreateVersion7(), pair.AssignmentId, RaterRequests.Vote(pair.AssignmentId, pair.Supersedes, choice));

    /// <summary>Sends a vote.</summary>
    /// <returns>The portal's answer, after its limit of requests has let the vote through.</returns>
    public async Task<HttpStatusCode> SendAsync(SentVote vote)
    {
        while (true)
        {
            using var body = new StringContent(vote.Json, System.Text.Encoding.UTF8, "application/json");
            using var answer = await _client.PutAsync($"/api/rate/{_link}/votes/{vote.Id}", body);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                return answer.StatusCode;
            await Task.Delay(200);
        }
    }

    /// <summary>Status of something that the rater's browser may ask for.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        return answer.StatusCode;
    }

    public void Dispose() => _client.Dispose();
}
