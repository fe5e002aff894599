using Dapper;
using PixelPost.EvalPortal.Commands;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Exports;

namespace PixelPost.EvalPortal.Tests.Simulation;

public sealed class SimulateCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-simulate-").FullName;
    private Db _db = null!;
    private Study _study = null!;

    public async Task InitializeAsync()
    {
        _db = Db.Sqlite(new DataFolder(_folder).Database);
        await Migrator.MigrateAsync(_db, TimeProvider.System);
        _study = await new Seeds(_db, TimeProvider.System).StudyAsync("a fox", "a hen"); // called "Study 4", three votes on 2 × 2
    }

    public Task DisposeAsync()
    {
        _db.Dispose();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("1")]
    [InlineData("Study 4")]
    public async Task Simulate_StudyByNumberOrName_AddsVotesThatTheExportMarks(string study)
    {
        var exported = Path.Combine(_folder, "out");

        Assert.Equal(0, await RunAsync("simulate", "--study", study, "--raters", "3", "--strength-b", "2", "--side-bias", "-0.5"));
        Assert.Equal(0, await RunAsync("export", "--study", study, "--out", exported));

        var votes = CsvText.Read(await File.ReadAllTextAsync(Path.Combine(exported, "votes.csv")));
        Assert.Equal(12, votes.Count);
        Assert.All(votes, vote => Assert.Equal(("true", "true"), (vote["simulated"], vote["counts"])));
        var decisions = CsvText.Read(await File.ReadAllTextAsync(Path.Combine(exported, "decisions.csv")));
        Assert.All(decisions, row => Assert.Equal(row["simulated"] == "true" ? "3" : "0", row["n"]));
    }

    [Theory]
    [InlineData("--raters", "3")]
    [InlineData("--study", "Study 4")]
    [InlineData("--study", "Study 5", "--raters", "3")]
    [InlineData("--study", "Study 4", "--raters", "0")]
    [InlineData("--study", "Study 4", "--raters", "3", "--pairs", "0")]
    [InlineData("--study", "Study 4", "--raters", "3", "--lapse", "2")]
    [InlineData("--study", "Study 4", "--raters", "3", "--strength", "1")]
    public async Task Simulate_WhatCannotWork_IsRefusedAndAddsNobody(params string[] options)
    {
        Assert.Equal(2, await RunAsync(["simulate", .. options]));

        Assert.Equal(0, await CountRatersAsync(_db));
    }

    [Fact]
    public async Task Simulate_StudyClosed_IsRefused()
    {
        await new StudyStore(_db, TimeProvider.System).SetStateAsync(_study.StudyId, StudyState.Closed);

        Assert.Equal(2, await RunAsync("simulate", "--study", "Study 4", "--raters", "3"));

        Assert.Equal(0, await CountRatersAsync(_db));
    }

    [SkippableFact]
    public async Task Simulate_OnPostgres_AddsRaters()
    {
        var connection = await PostgresCluster.CreateDatabaseAsync();
        using var db = Db.Postgres(connection);
        await Migrator.MigrateAsync(db, TimeProvider.System);
        await new Seeds(db, TimeProvider.System).StudyAsync("a fox", "a hen");

        Assert.Equal(0, await RunAsync(
            "simulate", "--study", "Study 4", "--raters", "3", "--database-kind", "postgres", "--database-connection", connection));

        Assert.Equal(3, await CountRatersAsync(db));
    }

    [Theory]
    [InlineData(5, false, StudyState.Running, "5 simulated raters gave 1,200 votes on 'Study 4'.")]
    [InlineData(3, false, StudyState.Running, "The study had places for no more raters. 3 simulated raters gave")]
    [InlineData(5, true, StudyState.Running, "Stopped; what is done stays. 5 simulated raters gave")]
    [InlineData(5, false, StudyState.Paused, "The study is paused by now, so this ended early. 5 simulated raters gave")]
    public void Summary_Ends_SayWhyAndHowMuch(int raters, bool stopped, StudyState state, string expected)
    {
        var order = new SimulationOrder { Study = _study, Raters = 5, Seed = 1, Traits = new RaterTraits() };

        Assert.StartsWith(expected, SimulateCommand.Summary(order, new SimulationResult(raters, 1_200), stopped, state), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => Program.Main([.. arguments, "--data", _folder]);

    private static async Task<long> CountRatersAsync(Db db)
    {
        await using var connection = await db.OpenAsync();
        return await connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM rater WHERE simulated = (1 = 1)");
    }
}
