using System.Net;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests;

public sealed class ProgramTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-program-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(2, "srve")]
    [InlineData(2, "serve", "--prot", "80")]
    [InlineData(2, "user")]
    [InlineData(1, "serve", "--database-kind", "postgres", "--database-connection", "Host=127.0.0.1;Port=1")]
    public async Task Main_WhatCannotWork_EndsWithACode(int expected, params string[] arguments) =>
        Assert.Equal(expected, await Program.Main([.. arguments, "--data", _folder.FullName]));

    [SkippableFact]
    public async Task Serve_OnPostgres_SignsInAndIsHealthy()
    {
        var portal = new PortalServer(new DatabaseOptions { Kind = DatabaseKind.Postgres, Connection = await PostgresCluster.CreateDatabaseAsync() });
        await portal.InitializeAsync();
        try
        {
            using var client = await portal.SignedInClientAsync(Role.Admin);

            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/people")).StatusCode);
            Assert.Equal("Healthy", await client.GetStringAsync("/health"));
        }
        finally
        {
            await portal.DisposeAsync();
        }
    }
}
