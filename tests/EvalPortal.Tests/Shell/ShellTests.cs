using System.Net;
using System.Text.RegularExpressions;
using PixelPost.EvalPortal.Accounts;

namespace PixelPost.EvalPortal.Tests.Shell;

public sealed partial class ShellTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();

    public Task InitializeAsync() => _portal.InitializeAsync();

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Assets_OfAResearchersPage_HaveContent()
    {
        using var client = await _portal.SignedInClientAsync(Role.Admin);
        var page = await client.GetStringAsync("/people");

        var assets = AssetLinks().Matches(page).Select(match => match.Groups[1].Value).ToList();

        Assert.Contains(assets, asset => asset.StartsWith("_content/MudBlazor/", StringComparison.Ordinal));
        Assert.Contains(assets, asset => asset.StartsWith("_framework/blazor.web", StringComparison.Ordinal));
        foreach (var asset in assets)
        {
            // a wrongly set up portal answers 200 with an empty body
            Assert.NotEmpty(await client.GetByteArrayAsync(asset));
        }
    }

    [Fact]
    public async Task SignInPage_Always_LoadsNoScript()
    {
        using var client = _portal.Client();

        var page = await client.GetStringAsync("/sign-in");

        Assert.Contains("app.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_OfAPage_AllowOnlyTheImportMapAsInlineScript()
    {
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        var first = await client.GetAsync("/people");
        var second = await client.GetAsync("/people");

        var nonce = InlineScript().Match(await first.Content.ReadAsStringAsync()).Groups[1].Value;
        Assert.NotEmpty(nonce);
        Assert.Contains($"script-src 'self' 'nonce-{WebUtility.HtmlDecode(nonce)}';", Policy(first), StringComparison.Ordinal);
        Assert.NotEqual(Policy(first), Policy(second));
        Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", first.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task ProtectedPath_WithoutSignIn_SendsPeopleToSignInAndTellsProgramsNo()
    {
        using var client = _portal.Client();

        Assert.Equal("/sign-in?return=%2Fpeople", (await client.GetAsync("/people")).Headers.Location!.PathAndQuery);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/studies")).StatusCode);
    }

    [Fact]
    public async Task UnknownPage_SignedIn_SaysSo()
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        var answer = await client.GetAsync("/nonsense");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no such page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_Always_AnswersWithoutSignIn()
    {
        using var client = _portal.Client();

        Assert.Equal("Healthy", await client.GetStringAsync("/health"));
    }

    [Fact]
    public async Task Restart_SignedInBrowser_StaysSignedIn()
    {
        var cookies = new CookieContainer();
        using var before = await _portal.SignedInClientAsync(Role.Researcher, cookies);

        await _portal.RestartAsync();

        using var after = _portal.Client(cookies);
        Assert.Equal(HttpStatusCode.OK, (await after.GetAsync("/account")).StatusCode);
    }

    private static string Policy(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Content-Security-Policy").Single(policy => policy.Contains("script-src", StringComparison.Ordinal));

    [GeneratedRegex("(?:href|src)=\"((?!http|/)[^\"]+\\.(?:css|js|svg))\"")]
    private static partial Regex AssetLinks();

    [GeneratedRegex("<script type=\"importmap\" nonce=\"([^\"]+)\"")]
    private static partial Regex InlineScript();
}
