using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Tests.Accounts;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>Every endpoint of the API, asked with the key of somebody who may not.</summary>
public sealed partial class ApiAccessTests : IAsyncLifetime
{
    private readonly PeopledPortal _people = new();

    public Task InitializeAsync() => _people.StartAsync();

    public async Task DisposeAsync() => await _people.DisposeAsync();

    [Fact]
    public async Task EveryEndpoint_OfAStudy_DoesNotExistForAStranger()
    {
        using var stranger = await ScriptAsync("Stranger");
        foreach (var (method, path, nothing) in OfStudies())
        {
            var hidden = await (await stranger.SendAsync(method, path, "{}")).RefusalAsync(404);
            var missing = await (await stranger.SendAsync(method, nothing, "{}")).RefusalAsync(404);

            Assert.Equal(Number().Replace(missing, "N"), Number().Replace(hidden, "N"));
        }
    }

    [Fact]
    public async Task EveryChange_BySomebodyWhoMayLook_IsForbidden()
    {
        using var viewer = await ScriptAsync("Viewer");
        foreach (var (method, path, _) in OfStudies(writes: true))
            Assert.Contains("not change", await (await viewer.SendAsync(method, path, "{}")).RefusalAsync(403), StringComparison.Ordinal);
        foreach (var (method, path, _) in OfStudies(writes: false).Where(asked => asked.Method == HttpMethod.Get))
        {
            using var answer = await viewer.SendAsync(method, path);
            Assert.False((int)answer.StatusCode is 401 or 403 or >= 500, $"{method} {path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Lists_Stranger_HoldNothingOfStudies()
    {
        using var stranger = await ScriptAsync("Stranger");
        foreach (var list in (string[])["studies", "jobs"])
            Assert.Empty((await stranger.ReadAsync(list)).AsArray());
        using var viewer = await ScriptAsync("Viewer");
        foreach (var list in (string[])["studies", "jobs"])
            Assert.NotEmpty((await viewer.ReadAsync(list)).AsArray());
    }

    [Fact]
    public async Task Change_ByKey_IsLoggedUnderItsAccount()
    {
        using var admin = await ScriptAsync("Admin");
        await (await admin.PostAsync($"studies/{_people.Study.StudyId}/pause", "{}")).JsonAsync();

        var log = await _people.Admin.GetStringAsync("/audit");

        Assert.Contains("paused", log, StringComparison.Ordinal);
        Assert.Contains("api key", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_ByKey_IsRecordedAsOnPages()
    {
        using var viewer = await ScriptAsync("Viewer");
        var study = _people.Study.StudyId;
        foreach (var path in (string[])[$"studies/{study}/votes", $"studies/{study}/export/votes.csv", $"studies/{study}/report.md", $"preference-sets/{_people.Values["setId"]}/pairs.csv"])
            Assert.True((await viewer.GetAsync(path)).IsSuccessStatusCode, path);

        var people = await _people.Viewer.GetStringAsync($"/studies/{study}/people");

        foreach (var what in (string[])["votes", "export/votes.csv", "report.md", "pairs.csv"])
            Assert.Contains($"export {what} downloaded", people, StringComparison.Ordinal);
    }

    /// <summary>Every endpoint whose address names something of a study: its method, its address, and the same of something that is not there.</summary>
    private IEnumerable<(HttpMethod Method, string Path, string OfNothing)> OfStudies(bool? writes = null) =>
        from route in _people.Portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where route.Metadata.GetMetadata<AsksItself>() is not null && route.RoutePattern.Parameters.Any(value => StudyGate.Scopes.ContainsKey(value.Name))
        where writes is null || route.Metadata.GetRequiredMetadata<RequiredScope>().Scope.Writes() == writes
        let path = route.RoutePattern.RawText!.TrimStart('/')[ApiSetup.Root.Length..]
        select (
            new HttpMethod(route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Single()),
            Value().Replace(path, value => _people.Values.GetValueOrDefault(value.Groups[1].Value, "1")),
            Value().Replace(path, value => StudyGate.Scopes.ContainsKey(value.Groups[1].Value) ? "987654" : "1"));

    private async Task<HttpClient> ScriptAsync(string who)
    {
        var accounts = await _people.Portal.Services.GetRequiredService<AccountStore>().ListAsync();
        var account = accounts[Array.IndexOf(["Admin", "Viewer", "Stranger"], who)];
        var secret = await _people.Portal.Services.GetRequiredService<ApiKeyStore>()
            .AddAsync(account.AccountId, new ApiKeyDraft { Name = who, Scopes = [.. ApiScopes.All.Select(scope => scope.Word())] });
        var script = new HttpClient { BaseAddress = new Uri(_people.Portal.Address, $"{ApiSetup.Root}/") };
        script.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        return script;
    }

    [GeneratedRegex(@"\{(\w+)(?::\w+)?\}")]
    private static partial Regex Value();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
