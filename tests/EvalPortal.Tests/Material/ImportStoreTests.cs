using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Material;

public sealed class ImportStoreOnSqlite() : ImportStoreTests(DatabaseKind.Sqlite);

public sealed class ImportStoreOnPostgres() : ImportStoreTests(DatabaseKind.Postgres);

public abstract class ImportStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private ImportStore Imports => new(Db, Clock);

    [SkippableFact]
    public async Task Import_FromUploadToItsEnd_ChangesStateOnlyWhereItMakesSense()
    {
        var id = await Imports.AddAsync(new MaterialOrder { PromptSet = "Animals", System = "ours" }, sourceFolder: null, accountId: null);
        Assert.False(await Imports.ConfirmAsync(id));
        Assert.Null(await Imports.FindNextAsync());

        Assert.True(await Imports.StartCheckAsync(id));
        Assert.False(await Imports.RemoveAsync(id));
        var import = (await Imports.FindNextAsync())!;
        Assert.True(await Imports.NoteProgressAsync(import, new MaterialProgress(3, 9), default));
        Assert.True(await Imports.FinishCheckAsync(import, "ab", "null", error: null, default));
        Assert.False(await Imports.NoteProgressAsync(import, new MaterialProgress(4, 9), default));

        Assert.True(await Imports.ConfirmAsync(id));
        Assert.True(await Imports.CancelAsync(id));
        Assert.False(await Imports.FinishAsync((await Imports.FindAsync(id))! with { State = ImportState.Taking }, ImportState.Taken, error: null, default));
        Assert.Equal((ImportState.Cancelled, "ab", "ours", "Animals"), await FindAsync(id));
        Assert.True(await Imports.RemoveAsync(id));
        Assert.Empty(await Imports.ListAsync());
    }

    [SkippableFact]
    public async Task FindNext_OfSeveral_IsTheOldest()
    {
        var first = await Imports.AddAsync(new MaterialOrder { PromptSet = "Animals" }, "/data/a", accountId: null);
        await Imports.AddAsync(new MaterialOrder { PromptSet = "Animals" }, "/data/b", accountId: null);

        Assert.Equal((first, "a"), ((await Imports.FindNextAsync())!.MaterialImportId, (await Imports.FindNextAsync())!.Title));
    }

    private async Task<(ImportState State, string? Plan, string? System, string Set)> FindAsync(long id)
    {
        var import = (await Imports.FindAsync(id))!;
        return (import.State, import.PlanSha256, import.SystemName, import.PromptSetName);
    }
}
