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

        Assert.Equal(["decisions.csv", "exclusions.csv", "manifest.json", "training.csv", "votes.csv"], Directory.GetFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
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
