using System.Net;
using System.Text.Json;
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

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("import", "votes", "-h")]
    public async Task Main_HelpIsAsked_NamesEveryCommandAndOption(params string[] arguments)
    {
        var (before, printed) = (Console.Out, new StringWriter());
        Console.SetOut(printed);
        try
        {
            Assert.Equal(0, await Program.Main(arguments));
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.All(Program.Verbs.Keys, verb => Assert.Matches($@"(?m)^  {verb}( |\r?$)", printed.ToString()));
        Assert.All(Options(typeof(PortalOptions), ""), option => Assert.Contains($"--{option} ", $"{printed} ".Replace(',', ' '), StringComparison.Ordinal));
    }

    private static IEnumerable<string> Options(Type record, string path) => record.GetProperties().Where(property => property.CanWrite).SelectMany(property =>
        property.PropertyType.IsClass && property.PropertyType != typeof(string)
            ? Options(property.PropertyType, path + property.Name)
            : [JsonNamingPolicy.KebabCaseLower.ConvertName(path + property.Name)]);

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
