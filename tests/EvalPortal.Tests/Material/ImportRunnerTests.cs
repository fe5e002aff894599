using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Security;

namespace PixelPost.EvalPortal.Tests.Material;

/// <summary>Imports as the portal runs them, from the first byte to the study.</summary>
public sealed class ImportRunnerTests : IAsyncLifetime
{
    private const int Large = 40;

    private readonly PortalServer _portal = new();
    private HttpClient _researcher = null!;

    private ImportStore Imports => _portal.Services.GetRequiredService<ImportStore>();

    private DataFolder Data => _portal.Services.GetRequiredService<DataFolder>();

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _researcher = await _portal.SignedInClientAsync(Role.Researcher);
        await _researcher.TakeTokenAsync();
        await _portal.Services.GetRequiredService<PromptSetStore>().AddAsync(new NewPromptSet { Name = "Animals", Prompts = [new NewPrompt("a fox"), new NewPrompt("a hen")] });
    }

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Upload_PieceByPiece_IsCheckedAndTakenWhenConfirmed()
    {
        var id = await AddAsync(null, system: "ours");
        var png = SourceFolder.Png(10, 64);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(id, "1.png", 0, png[..50])).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await PutAsync(id, "1.png", 0, png[..50])).StatusCode); // sent twice
        Assert.Equal("{\"1.png\":50}", await _researcher.GetStringAsync($"/systems/imports/{id}/files"));
        Assert.Equal($"{{\"length\":{png.Length},\"problem\":null}}", await (await PutAsync(id, "1.png", 50, png[50..])).Content.ReadAsStringAsync());
        await PutAsync(id, "2.png", 0, SourceFolder.Png(20, 64));
        await _researcher.PostAsync($"/systems/imports/{id}/check", null);

        var import = await WaitAsync(id, ImportState.Checked);
        Assert.Equal((2, 0), (import.ReadSummary()!.New, import.ReadSummary()!.LeftOut));
        Assert.Empty(await _portal.Services.GetRequiredService<SystemStore>().ListAsync());
        Assert.Contains("new", await _researcher.GetStringAsync($"/systems/imports/{id}/report.csv"), StringComparison.Ordinal);
        Assert.Contains("2 new images for 1 system", await _researcher.GetStringAsync($"/systems/imports/{id}"), StringComparison.Ordinal);

        Assert.True(await Imports.ConfirmAsync(id));
        await WaitAsync(id, ImportState.Taken);
        Assert.Equal(("ours", 2), (await _portal.Services.GetRequiredService<SystemStore>().ListAsync()).Select(system => (system.Name, system.ImageCount)).Single());
        await WaitForTheReportAloneAsync(id);
    }

    [Fact]
    public async Task Portal_StoppedBeforeItHadDeletedWhatItTook_DeletesItAfterwards()
    {
        var folder = Path.Combine(Data.Import, "x");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "1.png"), SourceFolder.Png(10));
        var id = await AddAsync(folder);
        await WaitAsync(id, ImportState.Checked);
        await Imports.ConfirmAsync(id);
        await WaitAsync(id, ImportState.Taken);
        await WaitForTheReportAloneAsync(id);
        Directory.CreateDirectory(Path.Combine(Data.Imports, $"{id}", "work", "images"));

        await _portal.RestartAsync();

        await WaitForTheReportAloneAsync(id);
    }

    [Fact]
    public async Task Upload_CorrectedManifest_TakesThePlaceOfTheFirst()
    {
        var id = await AddAsync(null);
        await PutAsync(id, "manifest.csv", 0, "file;wrong\n"u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, (await _researcher.PutAsync($"/systems/imports/{id}/files?path=manifest.csv&at=0&anew=true", new ByteArrayContent("file"u8.ToArray()))).StatusCode);

        Assert.Equal("{\"manifest.csv\":4}", await _researcher.GetStringAsync($"/systems/imports/{id}/files"));
    }

    [Fact]
    public async Task ServerFolder_OfTwoSystems_LeadsToANewStudyOfThem()
    {
        foreach (var (system, shade) in new[] { ("old", 10), ("new", 50) })
        {
            Directory.CreateDirectory(Path.Combine(Data.Import, "both", system));
            File.WriteAllBytes(Path.Combine(Data.Import, "both", system, "1.png"), SourceFolder.Png(shade));
            File.WriteAllBytes(Path.Combine(Data.Import, "both", system, "2.png"), SourceFolder.Png(shade + 1));
        }
        var id = await AddAsync(_portal.Services.GetRequiredService<ImportRoots>().Resolve("both"));
        await WaitAsync(id, ImportState.Checked);
        await Imports.ConfirmAsync(id);
        await WaitAsync(id, ImportState.Taken);

        var page = await _researcher.GetStringAsync($"/systems/imports/{id}");

        Assert.Contains("New study of old and new", page, StringComparison.Ordinal);
        Assert.Contains("2 comparisons", await _researcher.GetStringAsync("/studies/new?a=2&b=1"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Data.Import, "both", "old", "1.png"))); // what lies on the server stays there
    }

    [Fact]
    public async Task Check_WhatCannotBe_FailsWithTheReasonAndCanBeTriedAgain()
    {
        var folder = Path.Combine(Data.Import, "x");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "manifest.csv"), "name\n");
        var id = await AddAsync(folder);

        Assert.Contains("there is no column file", (await WaitAsync(id, ImportState.Failed)).Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "manifest.csv"), "file,prompt\n1.png,a fox\n");
        File.WriteAllBytes(Path.Combine(folder, "1.png"), SourceFolder.Png(10));
        Assert.True(await Imports.StartCheckAsync(id));

        Assert.Equal(1, (await WaitAsync(id, ImportState.Checked)).ReadSummary()!.New);
    }

    [Fact]
    public async Task Take_OfAFolderThatChangedSince_IsAskedAboutAgain()
    {
        var folder = Path.Combine(Data.Import, "x");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "1.png"), SourceFolder.Png(10));
        var id = await AddAsync(folder);
        await WaitAsync(id, ImportState.Checked);
        File.WriteAllBytes(Path.Combine(folder, "2.png"), SourceFolder.Png(20));

        await Imports.ConfirmAsync(id);

        var import = await WaitAsync(id, ImportState.Checked);
        Assert.Equal(2, import.ReadSummary()!.New);
        Assert.Contains("has changed since", import.Error, StringComparison.Ordinal);
        Assert.Empty(await _portal.Services.GetRequiredService<SystemStore>().ListAsync());
    }

    [Fact]
    public async Task Portal_StoppedInTheMiddle_GoesOnAfterwards()
    {
        var id = await AddAsync(WriteLargeImages());
        await WaitAsync(id, ImportState.Checking, atLeast: 1);

        await _portal.RestartAsync();

        Assert.Equal(Large, (await WaitAsync(id, ImportState.Checked)).ReadSummary()!.New);
    }

    [Fact]
    public async Task Cancel_OfACheck_StopsItAndKeepsWhatWasFound()
    {
        var id = await AddAsync(WriteLargeImages());
        await WaitAsync(id, ImportState.Checking, atLeast: 1);

        Assert.True(await Imports.CancelAsync(id));
        Assert.False(await Imports.ConfirmAsync(id));
        Assert.True(await Imports.StartCheckAsync(id));

        Assert.Equal(Large, (await WaitAsync(id, ImportState.Checked)).ReadSummary()!.New);
        Assert.True(await Imports.RemoveAsync(id));
        Assert.Null(await Imports.FindAsync(id));
    }

    /// <summary>Images that take longer to be looked at than it takes to see that it goes on.</summary>
    private string WriteLargeImages()
    {
        var folder = Path.Combine(Data.Import, "large");
        Directory.CreateDirectory(folder);
        for (var i = 0; i < Large; i++)
        {
            using var image = SourceFolder.Picture(i, size: 2_048);
            File.WriteAllBytes(Path.Combine(folder, $"1_{i}.jpg"), image.JpegsaveBuffer());
        }
        return folder;
    }

    private Task<long> AddAsync(string? folder, string? system = null) =>
        Imports.AddAsync(new MaterialOrder { PromptSet = "Animals", System = system }, folder, accountId: null);

    private Task<HttpResponseMessage> PutAsync(long id, string path, long at, byte[] piece) =>
        _researcher.PutAsync($"/systems/imports/{id}/files?path={path}&at={at}", new ByteArrayContent(piece));

    /// <summary>Waits until what an import worked with is deleted, which is done once its images are stored.</summary>
    private async Task WaitForTheReportAloneAsync(long id)
    {
        string[] left = [];
        for (var tries = 0; tries < 600 && left is not ["report.csv"]; tries++)
        {
            left = [.. Directory.GetFileSystemEntries(Path.Combine(Data.Imports, $"{id}")).Select(path => Path.GetFileName(path))];
            await Task.Delay(100);
        }
        Assert.Equal(["report.csv"], left);
    }

    private async Task<MaterialImport> WaitAsync(long id, ImportState state, int atLeast = 0)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            if (await Imports.FindAsync(id) is { } import && import.State == state && import.Done >= atLeast)
                return import;
            await Task.Delay(100);
        }
        Assert.Fail($"The import is {(await Imports.FindAsync(id))?.State}: {(await Imports.FindAsync(id))?.Error}");
        return null!;
    }
}
