using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>A portal that scripts ask, for the tests of a class.</summary>
public sealed class ApiPortal : IAsyncLifetime
{
    /// <summary>The portal itself.</summary>
    public PortalServer Server { get; } = new();

    /// <summary>Its endpoints of the API, but for the description.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}".StartsWith($"{ApiSetup.Root}/", StringComparison.Ordinal))
        .Where(endpoint => !endpoint.RoutePattern.RawText!.EndsWith("openapi.json", StringComparison.Ordinal));

    internal Seeds Seeds => field ??= new Seeds(Get<Db>(), TimeProvider.System);

    public Task InitializeAsync() => Server.InitializeAsync();

    public Task DisposeAsync() => Server.DisposeAsync();

    public T Get<T>() where T : notnull => Server.Services.GetRequiredService<T>();

    /// <summary>An account of its own.</summary>
    public async Task<long> AccountAsync(Role role = Role.Researcher)
    {
        var invitations = Get<InvitationStore>();
        var token = await invitations.AddAsync(role, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        return await invitations.RedeemAsync(token, $"{Guid.NewGuid():N}@example.org", "Mary Cartwright", "hash");
    }

    /// <summary>A key of an account; all scopes unless told otherwise.</summary>
    public Task<string> KeyAsync(long accountId, params ApiScope[] scopes) => Get<ApiKeyStore>().AddAsync(
        accountId, new ApiKeyDraft { Name = "test", Scopes = [.. (scopes.Length == 0 ? ApiScopes.All : scopes).Select(scope => scope.Word())] });

    /// <summary>A script of an account of its own.</summary>
    public async Task<HttpClient> ScriptAsync(params ApiScope[] scopes) => Script(await KeyAsync(await AccountAsync(), scopes));

    /// <summary>A script with a secret; null for none. It keeps no cookies.</summary>
    public HttpClient Script(string? secret)
    {
        var script = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(Server.Address, $"{ApiSetup.Root}/") };
        if (secret is not null)
            script.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return script;
    }
}

/// <summary>Asking as a script does.</summary>
internal static class ScriptRequests
{
    /// <summary>The JSON at an address.</summary>
    public static async Task<JsonNode> ReadAsync(this HttpClient script, string path) => await (await script.GetAsync(path)).JsonAsync();

    /// <summary>Sends JSON.</summary>
    /// <param name="once">An Idempotency-Key; null for none.</param>
    public static async Task<HttpResponseMessage> SendAsync(this HttpClient script, HttpMethod method, string path, string? json = null, string? once = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, mediaType: new MediaTypeHeaderValue("application/json"));
        if (once is not null)
            request.Headers.Add("Idempotency-Key", once);
        return await script.SendAsync(request);
    }

    public static Task<HttpResponseMessage> PostAsync(this HttpClient script, string path, string json, string? once = null) => script.SendAsync(HttpMethod.Post, path, json, once);

    /// <summary>What was answered; a refusal fails the test with its sentence.</summary>
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>The sentence of a refusal, which must be a problem with the status.</summary>
    public static async Task<string> RefusalAsync(this HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode} instead of {status}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        var detail = problem.GetProperty("detail").GetString()!;
        Assert.True(detail.EndsWith('.') || detail.EndsWith('?'), detail);
        return detail;
    }
}
