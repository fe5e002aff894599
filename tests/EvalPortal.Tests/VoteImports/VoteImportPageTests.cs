using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal.Tests.VoteImports;

/// <summary>The pages around imported votes, over HTTP, and what stands behind the page that takes them.</summary>
public sealed class VoteImportPageTests : IAsyncLifetime
{
    private const string Votes = "system_a,system_b,image_a,image_b,winner,prompt,rater_id\nm,n,1,2,a,a fox,u\nm,n,1,2,b,a fox,v\nm,n,1,2,perhaps,a fox,w\n";

    private readonly PortalServer _portal = new();

    public Task InitializeAsync() => _portal.InitializeAsync();

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Session_FileSentLookedAtAndTaken_IsAStudyWithPages()
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);
        using var scope = _portal.Services.CreateScope();
        var session = scope.ServiceProvider.GetRequiredService<VoteImportSession>();
        var bytes = Encoding.UTF8.GetBytes(Votes);

        await session.ReceiveAsync("votes.csv", bytes.Length, new MemoryStream(bytes));
        await session.CheckAsync(await AccountAsync());
        var report = await client.GetAsync($"/votes/import/report/{Path.GetFileName(session.Report)}");
        Assert.Equal((null, "votes", 2L, 1), (session.Problem, session.Name, session.Summary!.Votes, session.Summary.Faults.Count));
        Assert.Contains("faulty", await report.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await session.TakeAsync();

        Assert.Equal((null, 2L, "votes"), (session.Problem, session.Added, session.Done!.Name));
        var study = session.Done.StudyId;
        foreach (var (page, text) in ((string, string)[])[
            ("/votes/import", "votes.csv"), ($"/studies/{study}", "these votes were given elsewhere"), ($"/studies/{study}/results", "a fox"),
            ($"/studies/{study}/quality", "I-"), ($"/studies/{study}/export", "As a public data set"), ("/", "votes")])
        {
            var answer = await client.GetAsync(page);
            Assert.Equal((page, HttpStatusCode.OK), (page, answer.StatusCode));
            Assert.Contains(text, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Image_WithoutFile_IsAPlaceholderThatSaysSo()
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        var answer = await client.GetAsync($"/images/{new string('a', 64)}.png");

        Assert.Equal((HttpStatusCode.NotFound, "image/svg+xml"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains("This image is not here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_WhatCannotBe_IsASentence()
    {
        using var scope = _portal.Services.CreateScope();
        var session = scope.ServiceProvider.GetRequiredService<VoteImportSession>();
        session.Name = "Outside";

        await session.CheckAsync(1);
        Assert.Equal("Choose a file of votes.", session.Problem);
        session.Path = "/etc/passwd";
        await session.CheckAsync(1);
        Assert.Contains("may be brought in from", session.Problem!, StringComparison.Ordinal);
        Assert.Null(session.Doing);
    }

    [Theory]
    [InlineData("/votes/import/report/votes-report-00000000000000000000000000000000.csv")]
    [InlineData("/votes/import/report/..%2Fkeys%2Fparticipants.key")]
    public async Task Report_Unknown_IsNotFound(string address)
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(address)).StatusCode);
    }

    [Fact]
    public async Task Command_DryRunThenImport_TakesOnce()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-votes-").FullName;
        try
        {
            var file = Path.Combine(folder, "votes.csv");
            await File.WriteAllTextAsync(file, Votes);
            string[] command = ["import", "votes", file, "--data", folder, "--study", "Outside"];

            Assert.Equal(0, await Program.Main([.. command, "--dry-run", "--report", Path.Combine(folder, "report.csv")]));
            Assert.Equal(0, await CountAsync(folder));
            Assert.Equal(0, await Program.Main(command));
            Assert.Equal(0, await Program.Main(command));
            Assert.Equal(2, await CountAsync(folder));
            Assert.Equal(2, await Program.Main([.. command, "--format", "nonsense"]));
            Assert.Equal(2, await Program.Main(["import", "votes", file, "--data", folder]));
            Assert.True(File.Exists(Path.Combine(folder, "report.csv")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> CountAsync(string folder)
    {
        using var db = Db.Sqlite(new DataFolder(folder).Database);
        await using var connection = await db.OpenAsync();
        return await Dapper.SqlMapper.ExecuteScalarAsync<long>(connection, "SELECT COUNT(*) FROM vote");
    }

    private async Task<long> AccountAsync()
    {
        await using var connection = await _portal.Services.GetRequiredService<Db>().OpenAsync();
        return await Dapper.SqlMapper.ExecuteScalarAsync<long>(connection, "SELECT MAX(account_id) FROM account");
    }
}
