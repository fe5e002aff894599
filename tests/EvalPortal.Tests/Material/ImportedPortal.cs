using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Material;

/// <summary>A database, a data folder and a source to bring in.</summary>
public abstract class ImportTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("pixelpost-data-");

    private protected DataFolder Data { get; private set; } = null!;

    private protected SourceFolder Source { get; } = new();

    private protected PromptSetStore PromptSets => new(Db, Clock);

    private protected SystemStore Systems => new(Db, Clock);

    private protected ImageStore Images => new(Db, Clock);

    private protected ImageFiles Files => new(Data);

    private protected MaterialCheck Check => new(PromptSets, Systems, Images, Files);

    private protected MaterialTake Take => new(PromptSets, Systems, Images, Files);

    private protected string Work => Path.Combine(Data.Imports, "1");

    public override async Task InitializeAsync()
    {
        Data = new DataFolder(_data.FullName);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Source.Dispose();
        _data.Delete(recursive: true);
    }

    /// <summary>A prompt set called Animals with ids.</summary>
    private protected Task<long> AnimalsAsync() => PromptSets.AddAsync(new NewPromptSet
    {
        Name = "Animals",
        Prompts = [new NewPrompt("a fox", null, "f"), new NewPrompt("a hen", null, "h"), new NewPrompt("an owl", null, "o")],
    });

    private protected async Task<CheckedMaterial> CheckAsync(string? system = null, string? path = null, string promptSet = "Animals")
    {
        using var source = MaterialSource.Open(path ?? Source.Root);
        return await Check.RunAsync(new MaterialOrder { PromptSet = promptSet, System = system }, source, Work);
    }

    /// <summary>Checks and stores.</summary>
    private protected async Task<int> ImportAsync(string? system = null, string? path = null, string promptSet = "Animals") =>
        await Take.RunAsync(await CheckAsync(system, path, promptSet), Work);

    /// <summary>What a system has: prompt, seed and hash, in order.</summary>
    private protected async Task<List<(string Prompt, long? Seed, string Sha256)>> StoredAsync(string system, string promptSet = "Animals")
    {
        var found = (await Systems.ListAsync()).Single(known => known.Name == system);
        var set = (await PromptSets.FindByNameAsync(promptSet))!;
        var texts = (await PromptSets.ListPromptsAsync(set.PromptSetId)).ToDictionary(prompt => prompt.PromptId, prompt => prompt.Text);
        return [.. (await Images.ListAsync(found.SystemId)).Select(image => (texts[image.PromptId!.Value], image.Seed, image.Sha256))];
    }

    private protected int KeptFiles() => Directory.GetFiles(Data.Images, "*", SearchOption.AllDirectories).Length;
}
