using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Tests.Material;

public sealed class ImportCommandTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("pixelpost-import-").FullName;
    private readonly SourceFolder _source = new();

    public void Dispose()
    {
        _source.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Import_PromptsThenImages_AreStoredOnce()
    {
        File.WriteAllText(_source.Beside("Animals.txt"), "a fox\na hen\n");
        _source.AddImage("1.png", 10).AddImage("2.png", 20);
        var report = _source.Beside("report.csv");

        Assert.Equal(0, await RunAsync("prompts", _source.Beside("Animals.txt"), "--licence", "MIT"));
        Assert.Equal(0, await RunAsync("prompts", _source.Beside("Animals.txt")));
        Assert.Equal(0, await RunAsync("images", _source.Root, "--prompts", "Animals", "--dry-run"));
        Assert.Equal((0, 0), await CountAsync());
        Assert.Equal(0, await RunAsync("images", _source.Root, "--prompts", "Animals", "--report", report));
        Assert.Equal(0, await RunAsync("images", _source.ToZip(), "--prompts", "Animals"));

        Assert.Equal((1, 2), await CountAsync());
        Assert.Equal(2, Exports.CsvText.Read((await File.ReadAllTextAsync(report)).TrimStart('\ufeff')).Count);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_data, "imports")));
    }

    [Theory]
    [InlineData]
    [InlineData("votes")]
    [InlineData("prompts")]
    [InlineData("prompts", "nowhere.csv")]
    [InlineData("images")]
    [InlineData("images", "nowhere", "--prompts", "Animals")]
    [InlineData("images", ".")]
    [InlineData("images", ".", "--prompts", "Animals", "--dry-run", "perhaps")]
    public async Task Import_WhatCannotWork_IsRefused(params string[] arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));

        Assert.Equal((0, 0), await CountAsync());
    }

    private Task<int> RunAsync(params string[] arguments) => Program.Main(["import", .. arguments, "--data", _data]);

    private async Task<(int Systems, int Images)> CountAsync()
    {
        using var db = Db.Sqlite(new DataFolder(_data).Database);
        await Migrator.MigrateAsync(db, TimeProvider.System);
        var systems = await new SystemStore(db, TimeProvider.System).ListAsync();
        return (systems.Count, systems.Sum(system => system.ImageCount));
    }
}
