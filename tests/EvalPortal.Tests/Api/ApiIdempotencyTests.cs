using System.Net;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>Requests that are sent again make nothing again.</summary>
public sealed class ApiIdempotencyTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    private const string Import = """{"prompt_set": "Animals", "system": "sd15"}""";

    private async Task<int> ImportsAsync() => (await portal.Get<ImportStore>().ListAsync()).Count;

    [Fact]
    public async Task Request_SentAgain_GetsTheSameAnswerAndMakesNothing()
    {
        using var script = await portal.ScriptAsync();
        var before = await ImportsAsync();

        var first = await script.PostAsync("imports", Import, "once");
        var second = await script.PostAsync("imports", Import, "once");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal((first.StatusCode, first.Headers.Location), (second.StatusCode, second.Headers.Location));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.False(first.Headers.Contains(Idempotency.Replayed));
        Assert.True(second.Headers.Contains(Idempotency.Replayed));
        Assert.Equal(before + 1, await ImportsAsync());
    }

    [Fact]
    public async Task Request_AnotherWithTheSameName_IsRefused()
    {
        using var script = await portal.ScriptAsync();
        await script.PostAsync("imports", Import, "once");

        Assert.Contains("another request", await (await script.PostAsync("imports", """{"prompt_set": "Plants"}""", "once")).RefusalAsync(422), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfAnotherKeyWithTheSameName_IsItsOwn()
    {
        var before = await ImportsAsync();

        for (var i = 0; i < 2; i++)
            await (await (await portal.ScriptAsync()).PostAsync("imports", Import, "shared")).JsonAsync();

        Assert.Equal(before + 2, await ImportsAsync());
    }

    [Fact]
    public async Task Request_ThatWasRefused_CanBeSentAgain()
    {
        using var script = await portal.ScriptAsync();

        for (var i = 0; i < 2; i++)
            Assert.Contains("no system", await (await script.PostAsync("studies", """{"name": "x", "system_a": "y"}""", "refused")).RefusalAsync(422), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("imports", Import)]
    [InlineData("training-jobs", """{"name": "x", "preference_set_id": 1}""")]
    [InlineData("generation-jobs", """{"name": "x", "model": "y", "prompt_set": "z"}""")]
    [InlineData("rounds", """{"job_id": 1}""")]
    public async Task Request_WithoutANameWhereItWouldMakeTwo_IsRefused(string path, string body)
    {
        using var script = await portal.ScriptAsync();

        Assert.Contains("Idempotency-Key", await (await script.PostAsync(path, body)).RefusalAsync(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_SentManyTimesAtOnce_MakesOne()
    {
        using var script = await portal.ScriptAsync();
        var before = await ImportsAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => script.PostAsync("imports", Import, "at once")));

        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
        Assert.Equal(before + 1, await ImportsAsync());
        Assert.Equal(HttpStatusCode.Created, (await script.PostAsync("imports", Import, "at once")).StatusCode);
    }
}
