using System.IO.Compression;
using System.Net;
using System.Text.Json;
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
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        var answer = await client.GetAsync($"/studies/{_study.StudyId}/export/votes.csv");

        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal($"{_study.Name} votes.csv", answer.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal("=a fox", CsvText.Read(await answer.Content.ReadAsStringAsync()).Single()["prompt"]);
    }

    [Fact]
    public async Task Votes_ForSpreadsheets_DisarmsFormulas()
    {
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        var text = await client.GetStringAsync($"/studies/{_study.StudyId}/export/votes.csv?spreadsheet=true");

        Assert.Equal("'=a fox", CsvText.Read(text).Single()["prompt"]);
    }

    [Fact]
    public async Task DecisionsAndPreferences_SignedIn_AreServed()
    {
        var set = await _portal.Services.GetRequiredService<PreferenceSetStore>()
            .FreezeAsync("set", _study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        var decisions = CsvText.Read(await client.GetStringAsync($"/studies/{_study.StudyId}/export/decisions.csv"));
        var pairs = CsvText.Read(await client.GetStringAsync($"/studies/{_study.StudyId}/export/preferences-{set}.csv"));

        Assert.Equal(["a", ""], decisions.Select(row => row["majority"]));
        Assert.Equal(decisions[0]["image_a_id"], pairs.Single()["chosen_image_id"]);
    }

    [Theory]
    [InlineData("votes.jsonl", "application/jsonl")]
    [InlineData("votes.parquet", "application/vnd.apache.parquet")]
    [InlineData("images.csv", "text/csv")]
    [InlineData("training.parquet", "application/vnd.apache.parquet")]
    [InlineData("layouts/pick-a-pic.zip", "application/zip")]
    [InlineData("layouts/hpdv3.zip?axis=appeal&votes=both&format=jsonl", "application/zip")]
    public async Task Download_EveryKind_IsServed(string file, string mediaType)
    {
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        var answer = await client.GetAsync($"/studies/{_study.StudyId}/export/{file}");

        Assert.Equal((HttpStatusCode.OK, mediaType), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Layout_Zip_HoldsTheFileAndWhatWasLeftOut()
    {
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        using var zip = new ZipArchive(await client.GetStreamAsync($"/studies/{_study.StudyId}/export/layouts/genai-bench.zip"));

        Assert.Equal(["genai-bench.jsonl", "manifest.json"], zip.Entries.Select(entry => entry.FullName));
        using var row = await JsonDocument.ParseAsync(await zip.Entries[0].OpenAsync());
        Assert.Equal(("=a fox", "leftvote"), (row.RootElement.GetProperty("prompt").GetString(), row.RootElement.GetProperty("vote_type").GetString()));
        using var manifest = await JsonDocument.ParseAsync(await zip.Entries[1].OpenAsync());
        Assert.Equal((1, 1), (manifest.RootElement.GetProperty("read").GetInt32(), manifest.RootElement.GetProperty("rows").GetInt32()));
    }

    [Fact]
    public async Task Page_WithALayout_SaysWhatWillBeLeftOut()
    {
        await new Seeds(_portal.Services.GetRequiredService<Db>(), TimeProvider.System).VoteAsync(_study, 1, Axis.Flaws, "tie");
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        var page = await client.GetStringAsync($"/studies/{_study.StudyId}/export?layout=hpdv2&axis=flaws");

        Assert.Contains("1: a tie", page, StringComparison.Ordinal);
        Assert.Contains("<strong>1</strong> of 2 votes will be written", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/studies/{_study.StudyId}/export/votes.parquet\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("votes.csv")]
    [InlineData("votes.exe")]
    [InlineData("layouts/pick-a-pic.zip")]
    [InlineData("decisions.csv")]
    [InlineData("preferences-1.csv")]
    public async Task Download_WithoutSignInOrStudy_GivesNothing(string file)
    {
        using var stranger = _portal.Client();
        using var researcher = await _portal.SignedInClientAsync(Role.Admin);

        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync($"/studies/{_study.StudyId}/export/{file}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await researcher.GetAsync($"/studies/99/export/{file}")).StatusCode);
    }
}
