using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Bundles;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>Long requests that are answered before they are done: <c>Prefer: respond-async</c>.</summary>
public sealed class ApiOperationTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    private const string Votes = "system_a,system_b,item_id,rater_id,choice\nold,new,fox,Ann,a\nold,new,hen,Ben,tie\n";

    [Fact]
    public async Task Votes_SentAndLeft_AreStoredAndTold()
    {
        using var script = await portal.ScriptAsync(ApiScope.Import, ApiScope.ReadStudies);

        var answer = await SendAsync(script, "vote-imports?name=Left alone&file=votes.csv", Encoding.UTF8.GetBytes(Votes));
        var done = await EndAsync(script, answer);
        var again = await EndAsync(script, await SendAsync(script, "vote-imports?name=Left alone&file=votes.csv", Encoding.UTF8.GetBytes(Votes)));

        Assert.Equal("respond-async", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal(("done", 1.0, 2), ((string?)done["state"], (double)done["share"]!, (int)done["vote_import"]!["stored"]!));
        Assert.Equal($"/api/v1/studies/{done["vote_import"]!["study_id"]}", (string?)done["location"]);
        Assert.Equal("Left alone", (string?)(await script.ReadAsync($"studies/{done["vote_import"]!["study_id"]}"))["name"]);
        Assert.NotNull(done["finished_at"]);
        Assert.Equal((0, null), ((int)again["vote_import"]!["stored"]!, (string?)again["location"]));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Bundle_SentAndLeft_TellsWhatItDoes()
    {
        await using var home = await BundleHome.OpenAsync(DatabaseKind.Sqlite);
        var zip = await File.ReadAllBytesAsync(await home.BundleAsync(await BundledStudies.PairsAsync(home)));
        using var script = portal.Script(await portal.KeyAsync(await portal.AccountAsync(Role.Admin)));

        var done = await EndAsync(script, await SendAsync(script, "bundles", zip));
        zip[zip.Length / 2] ^= 1;
        var spoilt = await EndAsync(script, await SendAsync(script, "bundles", zip));

        Assert.Equal("done", (string?)done["state"]);
        Assert.Single(done["bundle"]!["studies"]!.AsArray());
        Assert.NotEqual("", (string?)done["doing"]);
        Assert.Equal(("failed", 422), ((string?)spoilt["state"], (int)spoilt["error_status"]!));
        Assert.False(string.IsNullOrEmpty((string?)spoilt["error"]));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Cancel_WhileItRuns_KeepsWhatIsStoredAndTheSameFileGoesOn()
    {
        const int Many = 10_000; // enough to be caught at it
        using var script = await portal.ScriptAsync(ApiScope.Import);
        var file = Encoding.UTF8.GetBytes("system_a,system_b,item_id,rater_id,choice\n" + string.Concat(Enumerable.Range(0, Many).Select(i => $"old,new,item {i / 20},rater {i % 20},a\n")));

        var answer = await SendAsync(script, "vote-imports?name=Many&file=many.csv", file);
        var waits = await SendAsync(script, "vote-imports?name=After&file=votes.csv", Encoding.UTF8.GetBytes(Votes)); // one after another
        while ((string?)(await script.ReadAsync(Address(answer)))["doing"] != "Storing the votes")
            await Task.Delay(20);
        var shares = (double)(await script.ReadAsync(Address(answer)))["share"]!;
        Assert.Equal("running", (string?)(await script.ReadAsync(Address(waits)))["state"]);
        Assert.Equal(HttpStatusCode.Accepted, (await script.PostAsync($"{Address(answer)}/cancel", null)).StatusCode);
        var ended = await EndAsync(script, answer);
        Assert.Equal("done", (string?)(await EndAsync(script, waits))["state"]);
        var rest = await EndAsync(script, await SendAsync(script, "vote-imports?name=Many&file=many.csv", file));

        Assert.Equal("cancelled", (string?)ended["state"]);
        Assert.InRange(shares, 0, 0.999);
        Assert.Equal(Many, (long)rest["vote_import"]!["there"]! + (long)rest["vote_import"]!["stored"]!);
        Assert.InRange((long)rest["vote_import"]!["stored"]!, 1, Many);
        Assert.Equal(HttpStatusCode.Accepted, (await script.PostAsync($"{Address(answer)}/cancel", null)).StatusCode); // changes nothing
        Assert.Equal("cancelled", (string?)(await script.ReadAsync(Address(answer)))["state"]);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Operation_OfAnotherAccountOrUnknown_IsNotThere()
    {
        using var script = await portal.ScriptAsync(ApiScope.Import);
        using var other = await portal.ScriptAsync(ApiScope.Import);
        var answer = await SendAsync(script, "vote-imports?name=Mine&file=votes.csv&check=true", Encoding.UTF8.GetBytes(Votes));
        await EndAsync(script, answer);

        foreach (var refused in (HttpResponseMessage[])[await other.GetAsync(Address(answer)), await other.PostAsync($"{Address(answer)}/cancel", null), await script.GetAsync($"operations/{Guid.NewGuid()}")])
            Assert.Contains("Send its request again", await refused.RefusalAsync(404), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatIsWrongAtOnce_IsRefusedAtOnce()
    {
        using var script = await portal.ScriptAsync(ApiScope.Import);

        Assert.Contains("There is no format", await (await SendAsync(script, "vote-imports?name=N&file=v.csv&format=x", [1])).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Empty(Files());
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient script, string path, byte[] file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(file) };
        request.Headers.Add("Prefer", "respond-async, wait=10");
        return await script.SendAsync(request);
    }

    private static string Address(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    /// <summary>The operation when it is over.</summary>
    private static async Task<JsonNode> EndAsync(HttpClient script, HttpResponseMessage answer)
    {
        while (true)
        {
            var operation = await script.ReadAsync(Address(answer));
            if ((string?)operation["state"] != "running")
                return operation;
            await Task.Delay(100); // a key may ask twenty times a second
        }
    }

    /// <summary>What was sent and is still kept. It goes a moment after the end is told.</summary>
    private string[] Files()
    {
        var folder = portal.Get<DataFolder>().Imports;
        SpinWait.SpinUntil(() => Directory.GetFiles(folder).Length == 0, TimeSpan.FromSeconds(5));
        return Directory.GetFiles(folder);
    }
}
