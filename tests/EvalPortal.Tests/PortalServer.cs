using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Commands;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests;

/// <summary>The whole portal, listening on a free port, with an empty data folder of its own.</summary>
/// <param name="database">Where it keeps its rows; left out, a SQLite file in the data folder.</param>
/// <param name="configure">Changes its options; left out, they stay.</param>
public sealed class PortalServer(DatabaseOptions? database = null, Func<PortalOptions, PortalOptions>? configure = null) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-portal-").FullName;
    private WebApplication _app = null!;

    /// <summary>Address of the portal.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>The link printed for the first admin at the first start.</summary>
    public string? FirstAdminLink { get; private set; }

    /// <summary>The portal's own services, to set up what a test starts from.</summary>
    public IServiceProvider Services => _app.Services;

    public async Task InitializeAsync()
    {
        if (database is null)
            await MigratedDatabase.CopyToAsync(new DataFolder(_folder).Database);
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Stops the portal and starts it again on the same data folder, at another port.</summary>
    public async Task RestartAsync()
    {
        await _app.DisposeAsync();
        await StartAsync();
    }

    /// <summary>A browser without script that keeps its cookies and stays on the first answer.</summary>
    public HttpClient Client(CookieContainer? cookies = null) =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies ?? new() }) { BaseAddress = Address };

    /// <summary>Makes an account and signs in with it.</summary>
    public async Task<HttpClient> SignedInClientAsync(Role role, CookieContainer? cookies = null)
    {
        var client = Client(cookies);
        var token = await Services.GetRequiredService<InvitationStore>().AddAsync(role, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        var answer = await client.SubmitAsync($"/invitation/{token}", new()
        {
            ["Form.Email"] = $"{Guid.NewGuid():N}@example.org",
            ["Form.DisplayName"] = "Rosalind Franklin",
            ["Form.Password"] = "correct horse",
        });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    private async Task StartAsync()
    {
        var options = new PortalOptions { Data = _folder, Url = "http://127.0.0.1:0", Database = database ?? new(), Demo = false };
        _app = Program.BuildWeb(configure?.Invoke(options) ?? options);
        FirstAdminLink = await ServeCommand.StartAsync(_app);
    }
}

/// <summary>Filling in forms as a person without script would.</summary>
public static class HtmlForms
{
    /// <summary>Opens a page, fills in its form and sends it.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(this HttpClient client, string path, Dictionary<string, string> values, string form = "main form")
    {
        var page = await new HtmlParser().ParseDocumentAsync(await client.GetStringAsync(path));
        var element = (IHtmlFormElement)page.QuerySelector(form)!;
        var hidden = element.QuerySelectorAll("input[type=hidden]").Cast<IHtmlInputElement>().ToDictionary(i => i.Name!, i => i.Value);
        return await client.PostAsync(element.GetAttribute("action"), new FormUrlEncodedContent(hidden.Concat(values)));
    }
}
