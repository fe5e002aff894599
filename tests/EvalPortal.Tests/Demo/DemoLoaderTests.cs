using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Demo;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Demo;

public sealed class DemoLoaderOnSqlite() : DemoLoaderTests(DatabaseKind.Sqlite);

public sealed class DemoLoaderOnPostgres() : DemoLoaderTests(DatabaseKind.Postgres);

public abstract class DemoLoaderTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private static readonly string[] Captions = ["a fox", "a hen", "a cat"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-demo-");
    private ServiceProvider _services = null!;

    private ShippedData Shipped => new(Path.Combine(_folder.FullName, "shipped"));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _services = Portal(demo: true);
        Ship();
    }

    public override async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [SkippableFact]
    public async Task Load_EmptyPortal_BringsTheModelsAndARunningStudyOfItsImages()
    {
        await Loader().LoadAsync();

        var models = (await Get<ModelStore>().ListAsync()).OrderBy(model => model.ModelId).ToList();
        Assert.Equal(
            [("Fluent Emoji", ModelFolder.Sha256(Shipped.Model)), ("Fluent Emoji U-Net", ModelFolder.Sha256(Shipped.UNetModel))],
            models.Select(model => (model.Name, model.WeightsSha256)));
        Assert.All(models, model => Assert.Equal(model.WeightsSha256, ModelFolder.Sha256(Get<DataFolder>().Resolve(model.Folder))));

        var study = (await Get<StudyStore>().FindByNameAsync("Round 1"))!;
        Assert.Equal(StudyState.Running, study.State);
        Assert.Equal([(Axis.Flaws, false), (Axis.Appeal, false)], study.Axes.Select(axis => (axis.Axis, axis.PromptVisible)));
        Assert.Equal("Fluent Emoji, seed 1", (await Get<SystemStore>().FindAsync(study.SystemAId))!.Name);
        Assert.Equal("Fluent Emoji, seed 2", (await Get<SystemStore>().FindAsync(study.SystemBId!.Value))!.Name);

        var comparisons = await Get<ComparisonStore>().ListAsync(study.StudyId);
        Assert.Equal(Captions, comparisons.Select(comparison => comparison.Prompt));
        Assert.All(comparisons, comparison => Assert.True(File.Exists(Get<ImageFiles>().PathOf(comparison.ImageASha256))));
        Assert.Equal((1, 2), (await SeedOfAsync(comparisons[0].ImageAId), await SeedOfAsync(comparisons[0].ImageBId)));
        Assert.Null(Loader().Absence);
    }

    [SkippableFact]
    public async Task Load_Twice_IsTheSameAsOnce()
    {
        await Loader().LoadAsync();
        await Loader().LoadAsync();

        await AssertOneOfEachAsync();
    }

    [SkippableFact]
    public async Task Load_AfterAStartThatWasCutShort_CompletesIt()
    {
        // Cut short by an image that is damaged, so after model, prompts and the first system.
        var damaged = Path.Combine(Shipped.Round1.Samples, "000005.png");
        var image = File.ReadAllBytes(damaged);
        File.WriteAllText(damaged, "not an image");
        await Loader().LoadAsync();
        Assert.Single(await Get<SystemStore>().ListAsync(), system => system.ImageCount == 3);
        Assert.Empty(await Get<StudyStore>().ListAsync());

        File.WriteAllBytes(damaged, image);
        await Loader().LoadAsync();

        await AssertOneOfEachAsync();
    }

    [SkippableFact]
    public async Task Load_NothingShipped_SaysWhatIsMissingAndBringsNothing()
    {
        Directory.Delete(Shipped.Model, recursive: true);
        var loader = Loader();

        await loader.LoadAsync();

        Assert.Equal($"The demonstration is not loaded: {Path.Combine(Shipped.Model, "model_index.json")} is not there.", loader.Absence);
        Assert.Empty(await Get<ModelStore>().ListAsync());
        Assert.Empty(await Get<StudyStore>().ListAsync());
    }

    [SkippableFact]
    public async Task Load_ImagesOfAnotherModel_AreRefused()
    {
        File.AppendAllText(Path.Combine(Shipped.Model, "transformer", "config.json"), " ");
        var loader = Loader();

        await loader.LoadAsync();

        Assert.Contains("was not made by the model", loader.Absence, StringComparison.Ordinal);
        Assert.Empty(await Get<ModelStore>().ListAsync());
    }

    [SkippableFact]
    public async Task Load_ImageThatIsNotTheManifests_IsRefused()
    {
        File.WriteAllBytes(Path.Combine(Shipped.Round1.Samples, "000000.png"), Png(200));
        var loader = Loader();

        await loader.LoadAsync();

        Assert.Contains("is not the file that its manifest lists", loader.Absence, StringComparison.Ordinal);
        Assert.Empty(await Get<StudyStore>().ListAsync());
    }

    [SkippableFact]
    public async Task Load_SwitchedOff_BringsNothing()
    {
        await using var off = Portal(demo: false);

        await off.GetRequiredService<DemoLoader>().LoadAsync();

        Assert.Empty(await Get<StudyStore>().ListAsync());
        Assert.Null(off.GetRequiredService<DemoLoader>().Absence);
    }

    [SkippableFact]
    public async Task Load_PortalWithStudiesOfItsOwn_BringsNothing()
    {
        await Seeds.StudyAsync("a dog");

        await Loader().LoadAsync();

        Assert.Null(await Get<StudyStore>().FindByNameAsync("Round 1"));
    }

    private async Task AssertOneOfEachAsync()
    {
        Assert.Equal(2, (await Get<ModelStore>().ListAsync()).Count);
        Assert.Single(await Get<PromptSetStore>().ListAsync());
        Assert.Equal([3, 3], (await Get<SystemStore>().ListAsync()).Select(system => system.ImageCount));
        var study = Assert.Single(await Get<StudyStore>().ListAsync());
        Assert.Equal(3, (await Get<ComparisonStore>().ListAsync(study.StudyId)).Count);
    }

    private T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A loader as a portal has after a new start.</summary>
    private DemoLoader Loader() => ActivatorUtilities.CreateInstance<DemoLoader>(_services);

    private async Task<long?> SeedOfAsync(long imageId) => (await Get<ImageStore>().FindAsync(imageId))!.Seed;

    private ServiceProvider Portal(bool demo) => new ServiceCollection()
        .AddLogging()
        .AddPortal(new PortalOptions { Data = Path.Combine(_folder.FullName, "data"), Demo = demo })
        .AddSingleton(Db)
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton(Shipped)
        .BuildServiceProvider();

    /// <summary>Models of one file each, and a finished sampling job of the first.</summary>
    private void Ship()
    {
        foreach (var (model, part) in new[] { (Shipped.Model, "transformer"), (Shipped.UNetModel, "unet") })
        {
            Directory.CreateDirectory(Path.Combine(model, part));
            File.WriteAllText(Path.Combine(model, "model_index.json"), "{}");
            File.WriteAllText(Path.Combine(model, part, "config.json"), "{}");
        }

        Directory.CreateDirectory(Shipped.Round1.Samples);
        var lines =
            from seed in (long[])[1, 2]
            from prompt in Enumerable.Range(0, Captions.Length)
            select Draw((int)(seed - 1) * Captions.Length + prompt, prompt, seed);
        File.WriteAllLines(Shipped.Round1.SampleManifest, lines.Select(line => JsonSerializer.Serialize(line, ContractJson.Line)));
    }

    private SampleLine Draw(int number, int prompt, long seed)
    {
        var bytes = Png(number);
        var file = $"samples/{number:D6}.png";
        File.WriteAllBytes(Path.Combine(Shipped.Round1.Root, file), bytes);
        return new SampleLine
        {
            Image = file,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            PromptId = $"p{prompt}",
            Prompt = Captions[prompt],
            Seed = seed,
            Width = 16,
            Height = 16,
            InferenceSteps = 30,
            GuidanceScale = 3,
            Scheduler = "ddim",
            ModelSha256 = ModelFolder.Sha256(Shipped.Model),
        };
    }

    private static byte[] Png(int shade)
    {
        using var image = Image.Black(16, 16, bands: 3) + new double[] { shade, 7, 7 };
        return image.Cast(Enums.BandFormat.Uchar).PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }
}
