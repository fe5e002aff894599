using System.Net;
using static System.Net.HttpStatusCode;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>Floods from one address: they are turned away with a sentence, and whoever is in already goes on.</summary>
public sealed class RaterFloodTests : IAsyncLifetime
{
    private const int Flood = 700; // more than an address without a place may ask at once and in the seconds that it takes
    private const int Class = 40;

    private readonly AttackedStudy _study = new();

    public Task InitializeAsync() => _study.InitializeAsync();

    public Task DisposeAsync() => _study.DisposeAsync();

    [Fact]
    public async Task Flood_WithoutACookie_IsTurnedAwayWithASentence_AndRatersBehindTheAddressGoOn()
    {
        var answers = await FloodAsync(i => _study.Stranger.SendAsync("GET", $"{_study.Api}/next", null, null, ("X-Forwarded-For", $"192.0.2.{i % 250}")));

        var turnedAway = answers.Where(answer => answer.StatusCode == TooManyRequests).ToList();
        Assert.InRange(turnedAway.Count, 1, Flood - 290); // 300 at once, of which the set-up took some
        Assert.Equal("1", turnedAway[0].Headers.GetValues("Retry-After").Single());
        Assert.Contains("wait a little", await turnedAway[0].Content.ReadAsStringAsync(), StringComparison.Ordinal);
        SafeHeaders.Check(turnedAway[0]);
        Assert.Equal(OK, (await _study.Victim.GetAsync($"{_study.Api}/next")).StatusCode);
        Assert.Equal(OK, (await _study.Attacker.SendAsync("PUT", _study.NewVote, _study.Vote().ToJsonString())).StatusCode);
    }

    [Fact]
    public async Task Flood_OfGuessedLinksAndCookies_IsTurnedAwayHoweverTheyDiffer()
    {
        var answers = await FloodAsync(i => i % 2 == 0
            ? _study.Stranger.GetAsync($"/r/{Guid.NewGuid():N}")
            : _study.Stranger.SendAsync("GET", $"{_study.Api}/next", null, null, ("Cookie", $"pixelpost-rater={Guid.NewGuid():N}")));

        var page = answers.First(answer => answer is { StatusCode: TooManyRequests, RequestMessage.RequestUri.AbsolutePath: ['/', 'r', '/', ..] });
        Assert.Equal("1", page.Headers.GetValues("Retry-After").Single());
        Assert.Contains("Wait a minute and try again.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        SafeHeaders.Check(page);
        Assert.Contains(answers, answer => answer is { StatusCode: TooManyRequests, RequestMessage.RequestUri.AbsolutePath: ['/', 'a', 'p', 'i', ..] });
    }

    [Fact]
    public async Task Flood_ByOneRater_IsTurnedAwayAndNobodyElseIs()
    {
        var answers = await FloodAsync(_ => _study.Attacker.GetAsync($"{_study.Api}/receipt"));

        Assert.Equal([OK, TooManyRequests], answers.Select(answer => answer.StatusCode).Distinct().Order());
        Assert.Equal(OK, (await _study.Victim.GetAsync($"{_study.Api}/receipt")).StatusCode);
    }

    [Fact]
    public async Task Flood_OfConsents_EndsAtTheAddress()
    {
        var token = await _study.FormTokenAsync(_study.Stranger);

        var answers = await FloodAsync(_ => _study.Stranger.PostAsync($"{_study.Page}/consent", new FormUrlEncodedContent([new("__RequestVerificationToken", token + "x")])));

        Assert.Equal([BadRequest, TooManyRequests], answers.Select(answer => answer.StatusCode).Distinct().Order());
    }

    [Fact]
    public async Task Class_OfFortyBehindOneAddress_IsNotHeldUp()
    {
        var raters = new List<HttpClient>();
        for (var i = 0; i < Class; i++)
            raters.Add((await _study.BeginAsync(_study.Study)).Rater);

        var answers = await Task.WhenAll(raters.Select(async rater =>
        {
            var statuses = new List<HttpStatusCode> { (await rater.GetAsync(_study.Page)).StatusCode };
            for (var i = 0; i < 10; i++)
                statuses.Add((await rater.GetAsync($"{_study.Api}/next")).StatusCode);
            return statuses;
        }));

        Assert.All(answers.SelectMany(statuses => statuses), status => Assert.Equal(OK, status));
    }

    private static async Task<IReadOnlyList<HttpResponseMessage>> FloodAsync(Func<int, Task<HttpResponseMessage>> send)
    {
        var answers = new HttpResponseMessage[Flood];
        await Parallel.ForAsync(0, Flood, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => answers[i] = await send(i));
        return answers;
    }
}
