using System.Net;
using AngleSharp.Html.Parser;
using PixelPost.EvalPortal.Accounts;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>The pages of keys and of the API, in a browser without script.</summary>
public sealed class KeysPageTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    [Fact]
    public async Task Key_MadeOnThePage_IsShownOnceAndOpensWhatWasTicked()
    {
        using var researcher = await portal.Server.SignedInClientAsync(Role.Researcher);

        var made = await researcher.SubmitAsync("/account/keys", new() { ["Form.Name"] = "nightly export", ["Form.Scopes"] = "studies:read", ["Form.LastDay"] = "2100-01-01" });

        var page = await new HtmlParser().ParseDocumentAsync(await made.Content.ReadAsStringAsync());
        var secret = page.QuerySelector("input.secret")!.GetAttribute("value")!;
        Assert.StartsWith("pp_", secret, StringComparison.Ordinal);
        Assert.True(made.Headers.CacheControl!.NoStore);
        Assert.Equal(HttpStatusCode.OK, (await portal.Script(secret).GetAsync("studies")).StatusCode);
        await (await portal.Script(secret).GetAsync("studies/1/votes")).RefusalAsync(403);
        var again = await researcher.GetStringAsync("/account/keys");
        Assert.DoesNotContain(secret, again, StringComparison.Ordinal);
        Assert.Contains("nightly export", again, StringComparison.Ordinal);
        Assert.Contains("until the end of 1 Jan 2100", again, StringComparison.Ordinal);
        Assert.Contains("/account/keys", await researcher.GetStringAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_RevokedOnThePage_OpensNothing()
    {
        using var researcher = await portal.Server.SignedInClientAsync(Role.Researcher);
        var made = await researcher.SubmitAsync("/account/keys", new() { ["Form.Name"] = "old", ["Form.Scopes"] = "studies:read" });
        var secret = (await new HtmlParser().ParseDocumentAsync(await made.Content.ReadAsStringAsync())).QuerySelector("input.secret")!.GetAttribute("value");

        var page = await (await researcher.SubmitAsync("/account/keys", [], "main .keys form")).Content.ReadAsStringAsync();

        Assert.Contains("revoked", page, StringComparison.Ordinal);
        Assert.Contains("revoked", await (await portal.Script(secret).GetAsync("studies")).RefusalAsync(401), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_WithoutAScope_IsRefusedAndWhatWasTypedStays()
    {
        using var researcher = await portal.Server.SignedInClientAsync(Role.Researcher);

        var page = await (await researcher.SubmitAsync("/account/keys", new() { ["Form.Name"] = "nightly" })).Content.ReadAsStringAsync();

        Assert.Contains("Tick what the key may be used for.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"nightly\"", page, StringComparison.Ordinal);
        Assert.Contains("There is none yet.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiPage_ForAnybody_AllowsNothingInlineAndNothingFromElsewhere()
    {
        var answer = await portal.Server.Client().GetAsync("/api");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("nonce", policy, StringComparison.Ordinal);
        var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());
        Assert.All(page.Scripts, script => Assert.StartsWith("api.", script.Source, StringComparison.Ordinal));
        Assert.Empty(page.QuerySelectorAll("[style]"));
        Assert.Equal(HttpStatusCode.Redirect, (await portal.Server.Client().GetAsync("/account/keys")).StatusCode);
    }
}
