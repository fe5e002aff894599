using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Systems;

/// <summary>A data folder, an empty registry, and the folder <c>source</c> with a model in the place that models may come from.</summary>
public abstract class ModelIntakeBase() : DatabaseTests(DatabaseKind.Sqlite)
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pixelpost-models-");

    protected DataFolder Data { get; private set; } = null!;

    protected ModelStore Models => new(Db, Clock);

    protected JobStore Jobs => new(Db, Clock);

    protected ModelIntake Intake => new(Data, new ImportRoots(new PortalOptions(), Data), Models, Jobs, Clock);

    /// <summary>A folder that a test may fill as it likes.</summary>
    protected string Outside => Path.Combine(_root.FullName, "outside");

    protected string Source => Path.Combine(Data.Import, "source");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Data = new DataFolder(Path.Combine(_root.FullName, "data"));
        ModelFiles.WriteFolder(Source);
        Directory.CreateDirectory(Outside);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _root.Delete(recursive: true);
    }

    protected Task<long> SendAsync(string name, Stream content, ModelDraft? draft = null, IProgress<IntakeProgress>? progress = null, CancellationToken cancel = default) =>
        Intake.TakeUploadAsync(draft ?? new ModelDraft { Name = "sent" }, name, content, content.Length, progress, cancel);

    /// <summary>Expects a refusal that leaves nothing behind.</summary>
    protected async Task AssertRefusedAsync(string sentence, Func<Task> take)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(take);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await Models.ListAsync());
        Assert.Empty(Directory.GetFileSystemEntries(Data.Models));
    }
}

public sealed class ModelIntakeTests : ModelIntakeBase
{
    [Fact]
    public async Task ServerFolder_OfAModel_StaysWhereItIs()
    {
        var id = await Intake.TakeServerAsync(new ModelDraft { Name = " base ", Source = "the hub", Licence = "OpenRAIL" }, "source");

        var model = (await Models.FindAsync(id))!;
        Assert.Equal(("base", "import/source", "the hub", "OpenRAIL"), (model.Name, model.Folder, model.Source, model.Licence));
        Assert.Equal(ModelFolder.Sha256(Source), model.WeightsSha256);
        await Intake.RemoveAsync(id);
        Assert.True(File.Exists(Path.Combine(Source, "model_index.json")));
        Assert.Empty(await Models.ListAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("my model/")]
    public async Task Zip_OfAModel_IsUnpackedAndGoesWithItsEntry(string top)
    {
        var said = new List<IntakeProgress>();

        var id = await SendAsync("model.zip", ModelFiles.Zip(Source, top), progress: new Said(said));

        var folder = Data.Resolve((await Models.FindAsync(id))!.Folder);
        Assert.Equal(ModelFolder.Sha256(Source), ModelFolder.Sha256(folder));
        Assert.Equal([folder], Directory.GetFileSystemEntries(Data.Models));
        Assert.Equal(["Receiving", "Unpacking", "Looking at its parts", "Computing the hash of its weights"], said.Select(progress => progress.What).Distinct());
        await Intake.RemoveAsync(id);
        Assert.Empty(Directory.GetFileSystemEntries(Data.Models));
    }

    [Fact]
    public async Task ServerZip_IsTakenLikeOneThatIsSent()
    {
        File.WriteAllBytes(Path.Combine(Data.Import, "model.zip"), ModelFiles.Zip(Source).ToArray());

        var id = await Intake.TakeServerAsync(new ModelDraft { Name = "zipped" }, "model.zip");

        Assert.Equal(ModelFolder.Sha256(Source), (await Models.FindAsync(id))!.WeightsSha256);
    }

    [Fact]
    public async Task Safetensors_OfOnePart_TakesAllTheRestFromAnotherModel()
    {
        var rest = await Intake.TakeServerAsync(new ModelDraft { Name = "base" }, "source");
        var weights = ModelFiles.Weights(("conv_in.bias", [4]), ("conv_in.weight", [4, 4]));
        weights[^1] = 7;

        var id = await SendAsync("unet.safetensors", new MemoryStream(weights), new ModelDraft { Name = "tuned elsewhere", RestOfModelId = rest });

        var folder = Data.Resolve((await Models.FindAsync(id))!.Folder);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Source, "vae", "diffusion_pytorch_model.safetensors")), File.ReadAllBytes(Path.Combine(folder, "vae", "diffusion_pytorch_model.safetensors")));
        Assert.NotEqual((await Models.FindAsync(rest))!.WeightsSha256, (await Models.FindAsync(id))!.WeightsSha256);
    }

    [Fact]
    public async Task Safetensors_OfAPartInShards_ReplacesThemAll()
    {
        File.Delete(Path.Combine(Source, "unet", "diffusion_pytorch_model.safetensors"));
        ModelFiles.Write(Source, "unet/diffusion_pytorch_model-00001-of-00002.safetensors", ModelFiles.Weights(("conv_in.weight", [4, 4])));
        ModelFiles.Write(Source, "unet/diffusion_pytorch_model-00002-of-00002.safetensors", ModelFiles.Weights(("conv_in.bias", [4])));
        ModelFiles.Write(Source, "unet/diffusion_pytorch_model.safetensors.index.json", """{"weight_map":{"conv_in.weight":"diffusion_pytorch_model-00001-of-00002.safetensors","conv_in.bias":"diffusion_pytorch_model-00002-of-00002.safetensors"}}"""u8.ToArray());
        var rest = await Intake.TakeServerAsync(new ModelDraft { Name = "base" }, "source");

        var id = await SendAsync("unet.safetensors", new MemoryStream(ModelFiles.Weights(("conv_in.weight", [4, 4]), ("conv_in.bias", [4]))), new ModelDraft { Name = "whole", RestOfModelId = rest });

        var part = Path.Combine(Data.Resolve((await Models.FindAsync(id))!.Folder), "unet");
        Assert.Equal(["config.json", "diffusion_pytorch_model.safetensors"], Directory.GetFiles(part).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("conv_in.weight", 5, "unet, and 'conv_in.weight' has the shape 5×5")]
    [InlineData("conv_out.weight", 4, "unet, and 1 tensors are missing, such as 'conv_in.weight'")]
    public async Task Safetensors_OfNoPart_SaysWhatIsNearest(string name, int size, string sentence)
    {
        var rest = await Intake.TakeServerAsync(new ModelDraft { Name = "base" }, "source");
        var weights = ModelFiles.Weights((name, [size, size]), ("conv_in.bias", [4]));

        var refused = await Assert.ThrowsAsync<RefusedException>(() => SendAsync("lora.safetensors", new MemoryStream(weights), new ModelDraft { Name = "x", RestOfModelId = rest }));

        Assert.Contains($"lora.safetensors is no part of base: nearest is {sentence}.", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Data.Models));
    }

    [Fact]
    public async Task Names_ThatAreEmptyOrTaken_AreSentencesBeforeAnythingIsRead()
    {
        await Intake.TakeServerAsync(new ModelDraft { Name = "base" }, "source");

        Assert.Contains("Give the model a name.", (await Assert.ThrowsAsync<RefusedException>(() => Intake.TakeServerAsync(new ModelDraft(), "source"))).Message, StringComparison.Ordinal);
        Assert.Contains("There is a model called 'base' already", (await Assert.ThrowsAsync<RefusedException>(() => SendAsync("a.zip", new MemoryStream([1]), new ModelDraft { Name = "base" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_WhileSending_LeavesNothing()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync("model.zip", ModelFiles.Zip(Source), cancel: cancel.Token));

        Assert.Empty(Directory.GetFileSystemEntries(Data.Models));
    }

    [Fact]
    public async Task Upload_CutOff_SaysHowMuchCame()
    {
        var content = ModelFiles.Zip(Source);
        await AssertRefusedAsync("Only 1 MB of 50 MB came", () => Intake.TakeUploadAsync(new ModelDraft { Name = "sent" }, "model.zip", content, 50_000_000));
    }

    [Fact]
    public async Task Checkpoint_Kept_IsACopyWithItsOrigin()
    {
        var parent = await Intake.TakeServerAsync(new ModelDraft { Name = "base", Licence = "MIT" }, "source");
        var folder = new JobFolder(Path.Combine(Data.Jobs, "j"));
        ModelFiles.WriteFolder(folder.Checkpoint(100));
        var job = await Jobs.AddAsync(new NewJob { Kind = JobKind.Train, Name = "tuned", Folder = Data.Relative(folder.Root), SpecJson = "{}", ModelId = parent });

        var id = await Intake.KeepCheckpointAsync(job, 100, "tuned, step 100");
        Directory.Delete(folder.Root, recursive: true);

        var model = (await Models.FindAsync(id))!;
        Assert.Equal((parent, job, 100, "MIT", null), (model.ParentModelId!.Value, model.CheckpointJobId!.Value, model.CheckpointStep!.Value, model.Licence, model.JobId));
        Assert.NotNull(ModelSize.Of(Data.Resolve(model.Folder)));
        Assert.Contains("There is no checkpoint after step 200", (await Assert.ThrowsAsync<RefusedException>(() => Intake.KeepCheckpointAsync(job, 200, "x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_ModelThatThingsStandOn_NamesThem()
    {
        var id = await Intake.TakeServerAsync(new ModelDraft { Name = "base" }, "source");
        await Models.AddAsync("child", "models/child", "bb", id);
        await Jobs.AddAsync(new NewJob { Kind = JobKind.Train, Name = "training", Folder = "jobs/1", SpecJson = "{}", ModelId = id });
        await new SystemStore(Db, Clock).AddAsync("its images", id, "");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Intake.RemoveAsync(id));

        Assert.Equal("The model cannot be removed, because these 3 stand on it: the job 'training', the model 'child', the system 'its images'.", refused.Message);
        Assert.NotNull(await Models.FindAsync(id));
    }

    [Fact]
    public async Task HalfDone_ByAPortalThatWasKilled_GoesAfterADay()
    {
        var half = Directory.CreateDirectory(Path.Combine(Data.Models, ".half-abc"));
        half.LastWriteTimeUtc = Clock.GetUtcNow().UtcDateTime.AddDays(-2);

        await SendAsync("model.zip", ModelFiles.Zip(Source));

        Assert.False(Directory.Exists(half.FullName));
    }

    private sealed class Said(List<IntakeProgress> said) : IProgress<IntakeProgress>
    {
        public void Report(IntakeProgress value) => said.Add(value);
    }
}
