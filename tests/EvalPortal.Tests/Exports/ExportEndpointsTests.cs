using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Exports;

public sealed class ExportEndpointsTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private Study _study = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        var seeds = new Seeds(_portal.Services.GetRequiredService<Db>(), TimeProvider.System);
        _study = await seeds.StudyAsync("=a fox");
        await seeds.VoteAsync(_study, 1, Axis.Flaws, "a");
    }

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Votes_SignedIn_IsACsvFileNamedAfterTheStudy()
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        var answer = await client.GetAsync($"/studies/{_study.StudyId}/export/votes.csv");

        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal($"{_study.Name} votes.csv", answer.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal("=a fox", CsvText.Read(await answer.Content.ReadAsStringAsync()).Single()["prompt"]);
    }

    [Fact]
    public async Task Votes_ForSpreadsheets_DisarmsFormulas()
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        var text = await client.GetStringAsync($"/studies/{_study.StudyId}/export/votes.csv?spreadsheet=true");

        Assert.Equal("'=a fox", CsvText.Read(text).Single()["prompt"]);
    }

    [Fact]
    public async Task DecisionsAndPreferences_SignedIn_AreServed()
    {
        var set = await _portal.Services.GetRequiredService<PreferenceSetStore>()
            .FreezeAsync("set", _study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        var decisions = CsvText.Read(await client.GetStringAsync($"/studies/{_study.StudyId}/export/decisions.csv"));
        var pairs = CsvText.Read(await client.GetStringAsync($"/studies/{_study.StudyId}/export/preferences-{set}.csv"));

        Assert.Equal(["a", ""], decisions.Select(row => row["majority"]));
        Assert.Equal(decisions[0]["image_a_id"], pairs.Single()["chosen_image_id"]);
    }

    [Theory]
    [InlineData("votes.csv")]
    [InlineData("decisions.csv")]
    [InlineData("preferences-1.csv")]
    public async Task Download_WithoutSignInOrStudy_GivesNothing(string file)
    {
        using var stranger = _portal.Client();
        using var researcher = await _portal.SignedInClientAsync(Role.Researcher);

        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync($"/studies/{_study.StudyId}/export/{file}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await researcher.GetAsync($"/studies/99/export/{file}")).StatusCode);
    }
}
