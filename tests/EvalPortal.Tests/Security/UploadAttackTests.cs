using System.Net;
using System.Net.Http.Json;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Tests.Material;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>Uploads and folders of the server, asked for by somebody who means harm.</summary>
public sealed class UploadAttackTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private HttpClient _researcher = null!;
    private long _import;

    private DataFolder Data => _portal.Services.GetRequiredService<DataFolder>();

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _researcher = await _portal.SignedInClientAsync(Role.Researcher);
        _import = await AddAsync(null);
        await _researcher.TakeTokenAsync();
    }

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Theory]
    [InlineData("../../keys/key.png")]
    [InlineData("/etc/f.png")]
    [InlineData("..\\f.png")]
    [InlineData("a/../../../f.png")]
    [InlineData("f.html")]
    [InlineData("below/f.zip")]
    [InlineData("f.png/")]
    [InlineData("a\0.png")]
    [InlineData("")]
    public async Task Upload_OfANameThatLeadsElsewhere_IsRefusedAndWritesNothing(string path)
    {
        var before = Files();

        var answer = await PutAsync(path, 0, SourceFolder.Png(1));

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.UnprocessableEntity, HttpStatusCode.BadRequest });
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task Upload_WithoutTheToken_IsRefused()
    {
        _researcher.DefaultRequestHeaders.Remove("RequestVerificationToken");

        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("f.png", 0, SourceFolder.Png(1))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _researcher.PostAsync($"/systems/imports/{_import}/check", null)).StatusCode);
        Assert.False(Directory.Exists(Path.Combine(Data.Imports, $"{_import}")));
    }

    [Theory]
    [InlineData("GET", "files")]
    [InlineData("PUT", "files?path=f.png&at=0")]
    [InlineData("POST", "check")]
    [InlineData("GET", "report.csv")]
    public async Task Upload_BySomebodyWithoutAccount_IsSentToSignIn(string method, string what)
    {
        using var stranger = _portal.Client();

        var answer = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/systems/imports/{_import}/{what}") { Content = new ByteArrayContent(SourceFolder.Png(1)) });

        Assert.Equal("/sign-in", answer.Headers.Location?.AbsolutePath);
        Assert.False(Directory.Exists(Path.Combine(Data.Imports, $"{_import}")));
    }

    [Fact]
    public async Task Upload_OfAPieceThatIsTooLarge_LeavesNothingOfIt()
    {
        var answer = await PutAsync("f.zip", 0, new byte[MaterialEndpoints.MaxPiece + 1]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(0, (await _researcher.GetFromJsonAsync<Dictionary<string, long>>($"/systems/imports/{_import}/files"))!["f.zip"]);
    }

    [Fact]
    public async Task Upload_OfAnImageThatGrowsBeyondItsLimit_IsRefused()
    {
        for (var piece = 0; piece < 4; piece++)
            Assert.Equal(HttpStatusCode.OK, (await PutAsync("f.png", piece * 8L << 20, new byte[8 << 20])).StatusCode);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PutAsync("f.png", 32L << 20, [1])).StatusCode);
    }

    [Fact]
    public async Task Upload_ToAnImportThatWaitsForNone_IsRefused()
    {
        _import = await AddAsync(Data.Import);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PutAsync("f.png", 0, SourceFolder.Png(1))).StatusCode);
        _import = 999;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PutAsync("f.png", 0, SourceFolder.Png(1))).StatusCode);
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("../keys")]
    [InlineData("x/../../models")]
    public void ServerFolder_OutsideTheRoots_IsRefused(string path)
    {
        var roots = _portal.Services.GetRequiredService<ImportRoots>();

        Assert.Contains("may be brought in from", Assert.Throws<RefusedException>(() => roots.Resolve(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>A folder whose name only begins like the root's is another folder.</summary>
    [Fact]
    public void ServerFolder_WithTheRootsNameAndMore_IsRefused()
    {
        Directory.CreateDirectory(Data.Import + "-other");

        Assert.Throws<RefusedException>(() => _portal.Services.GetRequiredService<ImportRoots>().Resolve(Data.Import + "-other"));
    }

    [SkippableFact]
    public void ServerFolder_ReachedByALink_IsRefused()
    {
        Skip.If(OperatingSystem.IsWindows(), "making links needs rights on Windows");
        var roots = _portal.Services.GetRequiredService<ImportRoots>();
        Directory.CreateSymbolicLink(Path.Combine(Data.Import, "out"), Data.Keys);
        Directory.CreateDirectory(Path.Combine(Data.Keys, "below"));
        Directory.CreateDirectory(Path.Combine(Data.Import, "in"));

        Assert.Contains("is a link", Assert.Throws<RefusedException>(() => roots.Resolve("out")).Message, StringComparison.Ordinal);
        Assert.Contains("is a link", Assert.Throws<RefusedException>(() => roots.Resolve("out/below")).Message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Data.Import, "in")], roots.List());
        Assert.Equal(Path.Combine(Data.Import, "in"), roots.Resolve("in"));
    }

    private Task<long> AddAsync(string? folder) => _portal.Services.GetRequiredService<ImportStore>().AddAsync(new MaterialOrder { PromptSet = "Animals" }, folder, accountId: null);

    private Task<HttpResponseMessage> PutAsync(string path, long at, byte[] piece) =>
        _researcher.PutAsync($"/systems/imports/{_import}/files?path={Uri.EscapeDataString(path)}&at={at}", new ByteArrayContent(piece));

    private List<string> Files() => [.. Directory.GetFiles(Data.Root, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith("pixelpost.db", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}

/// <summary>What the page's script knows.</summary>
internal static class UploadToken
{
    /// <summary>Takes the antiforgery token of a page and sends it with everything that follows.</summary>
    public static async Task TakeTokenAsync(this HttpClient client)
    {
        var page = await new HtmlParser().ParseDocumentAsync(await client.GetStringAsync("/systems"));
        client.DefaultRequestHeaders.Add("RequestVerificationToken", page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value"));
    }
}
