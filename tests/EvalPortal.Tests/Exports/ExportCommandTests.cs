using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Exports;

public sealed class ExportCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-export-").FullName;

    private string Out => Path.Combine(_folder, "out");

    public async Task InitializeAsync()
    {
        using var db = Db.Sqlite(new DataFolder(_folder).Database);
        await Migrator.MigrateAsync(db, TimeProvider.System);
        await new Seeds(db, TimeProvider.System).StudyAsync("a fox"); // called "Study 4"
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("1")]
    [InlineData("Study 4")]
    public async Task Export_StudyByNumberOrName_WritesTheFolder(string study)
    {
        Assert.Equal(0, await Program.Main(["export", "--data", _folder, "--study", study, "--out", Out]));

        Assert.Equal(["decisions.csv", "exclusions.csv", "images.csv", "manifest.json", "training.csv", "votes.csv"], Directory.GetFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("--format", "parquet", ".parquet")]
    [InlineData("--format", "jsonl", ".jsonl")]
    [InlineData("--layout", "pick-a-pic", ".parquet")]
    [InlineData("--layout", "hpdv2", ".json")]
    public async Task Export_KindOrLayout_WritesSuchFiles(string option, string value, string extension)
    {
        Assert.Equal(0, await Program.Main(["export", "--data", _folder, "--study", "1", option, value, "--out", Out]));

        Assert.All(Directory.GetFiles(Out).Where(file => Path.GetFileName(file) != "manifest.json"), file => Assert.Equal(extension, Path.GetExtension(file)));
        Assert.True(File.Exists(Path.Combine(Out, "manifest.json")));
    }

    [Theory]
    [InlineData("--layout", "pickapic")]
    [InlineData("--layout", "hpdv2", "--format", "csv")]
    [InlineData("--layout", "lmarena", "--axis", "alignment")]
    [InlineData("--format", "parquet", "--spreadsheet", "on")]
    public async Task Export_WhatDoesNotGoTogether_IsRefused(params string[] options)
    {
        Assert.Equal(2, await Program.Main(["export", "--data", _folder, "--study", "1", "--out", Out, .. options]));

        Assert.False(Directory.Exists(Out));
    }

    [Theory]
    [InlineData("--study", "Round 1")]
    [InlineData("--spreadsheet", "on")]
    public async Task Export_UnknownOrMissingStudy_IsRefused(string option, string value)
    {
        Assert.Equal(2, await Program.Main(["export", "--data", _folder, option, value, "--out", Out]));

        Assert.False(Directory.Exists(Out));
    }
}
