using System.Net;
using System.Text;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Security;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>Requests that are wrong, and the sentence each gets.</summary>
public sealed class ApiRefusalTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    [Fact]
    public async Task Key_ThatOpensNothing_IsRefusedWithTheReason()
    {
        var (account, keys) = (await portal.AccountAsync(), portal.Get<ApiKeyStore>());
        var (revoked, over, closed) = (await portal.KeyAsync(account), await portal.KeyAsync(account), await portal.KeyAsync(await portal.AccountAsync()));
        await keys.RevokeAsync(account, (await keys.FindAsync(revoked))!.ApiKeyId);
        await ExecuteAsync($"UPDATE api_key SET expires_at = '2020-01-01T00:00:00.000Z' WHERE api_key_id = {(await keys.FindAsync(over))!.ApiKeyId}");
        await portal.Get<AccountStore>().DisableAsync((await keys.FindAsync(closed))!.AccountId);

        Assert.Contains("revoked", await RefusalAsync(revoked), StringComparison.Ordinal);
        Assert.Contains("last day of this key is over", await RefusalAsync(over), StringComparison.Ordinal);
        Assert.Contains("account of this key is closed", await RefusalAsync(closed), StringComparison.Ordinal);
        Assert.Contains("no such key", await RefusalAsync("pp_AAAAAAAAAAAAAAAAAAAAAA"), StringComparison.Ordinal);
        Assert.Contains("no such key", await RefusalAsync("correct horse"), StringComparison.Ordinal);

        async Task<string> RefusalAsync(string secret)
        {
            var answer = await portal.Script(secret).GetAsync("studies");
            Assert.Contains("invalid_token", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            return await answer.RefusalAsync(401);
        }
    }

    [Fact]
    public async Task Key_AsAnotherScheme_IsRefused()
    {
        var answer = await portal.Script(null).SendAsync("GET", "/api/v1/studies", headers: ("Authorization", "Basic YTpi"));

        Assert.Contains("Authorization: Bearer", await answer.RefusalAsync(401), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_OfSomebodySignedIn_IsNotLookedAt()
    {
        using var signedIn = await portal.Server.SignedInClientAsync(Role.Admin);
        Assert.Equal(HttpStatusCode.OK, (await signedIn.GetAsync("/")).StatusCode);

        Assert.Contains("needs a key", await (await signedIn.GetAsync("/api/v1/studies")).RefusalAsync(401), StringComparison.Ordinal);
        Assert.Contains("needs a key", await (await signedIn.PostAsync("/api/v1/studies", "{}")).RefusalAsync(401), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_ThatIsWrong_IsRefusedWithASentence()
    {
        using var script = portal.Script(await portal.KeyAsync(await portal.AccountAsync(Role.Admin)));

        Assert.Contains("nothing at /api/v1/nowhere", await (await script.GetAsync("nowhere")).RefusalAsync(404), StringComparison.Ordinal);
        Assert.Equal("There is no study 7777.", await (await script.GetAsync("studies/7777")).RefusalAsync(404));
        Assert.Equal("There is no study 7777.", await (await script.PostAsync("studies/7777/start", "{}")).RefusalAsync(404));
        Assert.Equal("There is no preference set 7777.", await (await script.GetAsync("preference-sets/7777")).RefusalAsync(404));
        Assert.Equal("There is no job 7777.", await (await script.GetAsync("jobs/7777/log")).RefusalAsync(404));
        Assert.Equal("There is no round 7777.", await (await script.GetAsync("rounds/7777")).RefusalAsync(404));
        Assert.Contains("does not take DELETE", await (await script.DeleteAsync("studies")).RefusalAsync(405), StringComparison.Ordinal);
        var study = (await portal.Seeds.StudyAsync("a fox")).StudyId;
        Assert.Contains("limit is a whole number", await (await script.GetAsync($"studies/{study}/votes?limit=ten")).RefusalAsync(400), StringComparison.Ordinal);
        Assert.Contains("1 to 1000", await (await script.GetAsync($"studies/{study}/votes?limit=5000")).RefusalAsync(400), StringComparison.Ordinal);
        Assert.Contains("no page gave", await (await script.GetAsync($"studies/{study}/votes?after=2026")).RefusalAsync(400), StringComparison.Ordinal);
        Assert.Contains("did you mean 'simulated'", await (await script.GetAsync($"studies/{study}/results?votes=simulate")).RefusalAsync(400), StringComparison.Ordinal);
        Assert.Contains("not as docx", await (await script.GetAsync($"studies/{study}/report.docx")).RefusalAsync(404), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatIsWrong_IsRefusedWithASentence()
    {
        using var script = await portal.ScriptAsync();

        Assert.Contains("no JSON: look at line 2", await (await script.PostAsync("studies", "{\n\"name\" \"x\"}")).RefusalAsync(400), StringComparison.Ordinal);
        Assert.Contains("did you mean 'system_a'", await (await script.PostAsync("studies", """{"name": "x", "sytem_a": "y"}""")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("'name' is missing", await (await script.PostAsync("studies", "{}")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("must be a whole number", await (await script.PostAsync("studies", """{"name": "x", "votes_per_comparison": "5"}""")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("no system called 'y'", await (await script.PostAsync("studies", """{"name": "x", "system_a": "y"}""")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("There are: pixel-space", await (await script.PostAsync("studies", """{"name": "x", "preset": "y"}""")).RefusalAsync(422), StringComparison.Ordinal);
        Assert.Contains("UTF-8", await (await script.SendContentAsync("POST", "/api/v1/studies", new ByteArrayContent([0x7b, 0xff, 0x7d]), "application/json")).RefusalAsync(400), StringComparison.Ordinal);
        Assert.Contains("text/plain", await (await script.SendAsync("POST", "/api/v1/studies", "{}", "text/plain")).RefusalAsync(415), StringComparison.Ordinal);
        Assert.Contains("larger", await (await script.SendAsync("POST", "/api/v1/studies", $"\"{new string('x', 2 << 20)}\"")).RefusalAsync(413), StringComparison.Ordinal);
        Assert.Contains("must be", await (await script.PostAsync("studies", "[]")).RefusalAsync(422), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_OfUnknownLengthThatIsTooLarge_IsRefused()
    {
        using var script = await portal.ScriptAsync();
        var endless = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', 2 << 20))));
        script.DefaultRequestHeaders.TransferEncodingChunked = true;

        Assert.Contains("larger", await (await script.SendContentAsync("POST", "/api/v1/studies", endless, "application/json")).RefusalAsync(413), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_TooManyOfAKey_AreToldToWait()
    {
        using var script = await portal.ScriptAsync(ApiScope.ReadStudies);
        using var other = await portal.ScriptAsync(ApiScope.ReadStudies);

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => script.GetAsync("presets")));

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        await refused.RefusalAsync(429);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("presets")).StatusCode);
    }

    [Theory]
    [InlineData("../../keys/key.png")]
    [InlineData("/etc/f.png")]
    [InlineData("f.html")]
    public async Task Upload_OfANameThatLeadsElsewhere_IsRefused(string path)
    {
        using var script = await portal.ScriptAsync();
        var import = (long)(await (await script.PostAsync("imports", """{"prompt_set": "p"}""", Guid.NewGuid().ToString())).JsonAsync())["import_id"]!;

        await (await script.PutAsync($"imports/{import}/files?path={Uri.EscapeDataString(path)}", new ByteArrayContent([1]))).RefusalAsync(422);
        Assert.Contains("may be brought in from", await (await script.PostAsync("imports", """{"prompt_set": "p", "server_folder": "/etc"}""", Guid.NewGuid().ToString())).RefusalAsync(422), StringComparison.Ordinal);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await portal.Get<Db>().OpenAsync();
        await connection.ExecuteAsync(sql);
    }
}
