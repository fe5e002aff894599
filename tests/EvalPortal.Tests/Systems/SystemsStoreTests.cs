using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Systems;

public sealed class SystemsStoreOnSqlite() : SystemsStoreTests(DatabaseKind.Sqlite);

public sealed class SystemsStoreOnPostgres() : SystemsStoreTests(DatabaseKind.Postgres);

public abstract class SystemsStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private ModelStore Models => new(Db, Clock);
    private SystemStore Systems => new(Db, Clock);

    [SkippableFact]
    public async Task AddModel_WithParent_IsFoundAgain()
    {
        var parent = await Models.AddAsync("base", "models/base", "aa");
        var child = await Models.AddAsync("tuned", "models/tuned", "bb", parent);

        var models = await Models.ListAsync();

        Assert.Equal([child, parent], models.Select(model => model.ModelId));
        Assert.Equal(
            new Model { ModelId = child, Name = "tuned", Folder = "models/tuned", WeightsSha256 = "bb", ParentModelId = parent, CreatedAt = Clock.GetUtcNow() },
            await Models.FindAsync(child));
        Assert.Null(await Models.FindByJobAsync(1));
    }

    [SkippableFact]
    public async Task AddModel_NameThatIsTaken_IsRefused()
    {
        await Models.AddAsync("base", "models/base", "aa");

        await Assert.ThrowsAsync<RefusedException>(() => Models.AddAsync("base", "models/other", "bb"));
    }

    [SkippableFact]
    public async Task ListSystems_WithImages_CountsThem()
    {
        var model = await Models.AddAsync("base", "models/base", "aa");
        var empty = await Systems.AddAsync("empty", model, "no image yet");
        var full = await Seeds.SystemAsync(await Seeds.PromptSetAsync("a fox", "a hen"), seeds: [1, 2]);

        Assert.Equal([(full, 4), (empty, 0)], (await Systems.ListAsync()).Select(system => (system.SystemId, system.ImageCount)));
        Assert.Equal((model, "no image yet"), ((await Systems.FindAsync(empty))!.ModelId, (await Systems.FindAsync(empty))!.Description));
    }

    [SkippableFact]
    public async Task AddSystem_NameThatIsTaken_IsRefused()
    {
        await Systems.AddAsync("base", modelId: null, "");

        await Assert.ThrowsAsync<RefusedException>(() => Systems.AddAsync("base", modelId: null, ""));
    }
}
