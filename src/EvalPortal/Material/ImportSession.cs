using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Material;

/// <summary>The page of an import: how far it is, and what can be done with it.</summary>
public sealed class ImportSession(ImportStore imports, SystemStore systems, DataFolder data, TimeProvider clock)
{
    /// <summary>The import; null when there is none.</summary>
    public MaterialImport? Import { get; private set; }

    /// <summary>What the check found; null before it is done.</summary>
    public MaterialSummary? Summary { get; private set; }

    /// <summary>Two systems to compare next, once the images are there: of the import, or one of it and the nearest other.</summary>
    public (SystemUnderTest A, SystemUnderTest B)? Next { get; private set; }

    /// <summary>How long it will still take; null while that is not known.</summary>
    public TimeSpan? Left => Import is { Done: > 0, StartedAt: { } started } && Import.Done < Import.Total
        ? (clock.GetUtcNow() - started) * ((double)(Import.Total - Import.Done) / Import.Done)
        : null;

    /// <summary>Reads how far it is.</summary>
    public async Task ReadAsync(long importId, CancellationToken cancel)
    {
        var before = (Import?.State, Import?.FinishedAt);
        Import = await imports.FindAsync(importId, cancel);
        if ((Import?.State, Import?.FinishedAt) == before)
            return;
        Summary = Import?.ReadSummary();
        Next = Import?.State == ImportState.Taken ? await FindNextAsync(cancel) : null;
    }

    public Task<bool> CancelAsync() => imports.CancelAsync(Import!.MaterialImportId);

    /// <summary>Checks again, or goes on with it.</summary>
    public Task<bool> CheckAsync() => imports.StartCheckAsync(Import!.MaterialImportId);

    public Task<bool> TakeAsync() => imports.ConfirmAsync(Import!.MaterialImportId);

    /// <summary>Forgets the import with all that was sent for it; images that were taken stay.</summary>
    public async Task<bool> RemoveAsync()
    {
        if (!await imports.RemoveAsync(Import!.MaterialImportId))
            return false;
        ImportFolder.Of(data, Import.MaterialImportId).Delete();
        return true;
    }

    private async Task<(SystemUnderTest A, SystemUnderTest B)?> FindNextAsync(CancellationToken cancel)
    {
        var names = Summary!.Systems.Select(system => system.Name).ToHashSet();
        var all = await systems.ListForPromptSetAsync(Import!.PromptSetName, cancel);
        var own = all.Where(system => names.Contains(system.Name)).ToList();
        var others = all.Where(system => !names.Contains(system.Name)).ToList();
        return (own, others) switch
        {
            ([var a, var b, ..], _) => (a, b),
            ([var a], [var b, ..]) => (a, b),
            _ => null,
        };
    }
}
