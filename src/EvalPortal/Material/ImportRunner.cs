using System.Text.Json;

namespace PixelPost.EvalPortal.Material;

/// <summary>
/// Checks and stores imports, one at a time, whether or not anybody looks on. What is to be done is read from the database, and what
/// was done lies in the import's folder, so that a restart goes on where it was.
/// </summary>
public sealed class ImportRunner(ImportStore imports, MaterialCheck check, MaterialTake take, DataFolder data, TimeProvider clock, ILogger<ImportRunner> log)
    : BackgroundService
{
    /// <summary>How often it looks for imports, and for somebody who cancels.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <summary>Does the next thing that is to be done.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> AdvanceAsync(CancellationToken cancel = default)
    {
        if (await imports.FindNextAsync(cancel) is not { } import)
            return false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var progress = new MaterialProgress();
        var watch = WatchAsync(import, () => progress, stop);
        try
        {
            await RunAsync(import, latest => progress = latest, stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // somebody cancelled: the state says so already
        }
        catch (RefusedException refused)
        {
            await imports.FinishAsync(import, ImportState.Failed, refused.Message, cancel);
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            log.LogError(exception, "Import {Import} failed.", import.MaterialImportId);
            await imports.FinishAsync(import, ImportState.Failed, $"The portal could not go on: {exception.Message}", cancel); // trying again and again would be no better
        }
        finally
        {
            await stop.CancelAsync();
            await watch;
        }
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SweepAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await AdvanceAsync(stoppingToken))
                {
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(exception, "An import could not be taken further; it is tried again.");
            }
            await Task.Delay(Beat, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Deletes what a portal that ended just after it had stored an import's images could not delete any more.</summary>
    private async Task SweepAsync(CancellationToken cancel)
    {
        try
        {
            foreach (var taken in (await imports.ListAsync(cancel)).Where(import => import.State == ImportState.Taken))
                ImportFolder.Of(data, taken.MaterialImportId).DeleteMaterial();
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            log.LogError(exception, "What is left of imports could not be deleted; the next start tries again.");
        }
    }

    private async Task RunAsync(MaterialImport import, Action<MaterialProgress> progress, CancellationToken cancel)
    {
        await Task.Yield(); // what follows may keep the thread for long
        var folder = ImportFolder.Of(data, import.MaterialImportId);
        using var source = folder.Open(import);
        var material = await check.RunAsync(import.Order, source, folder.Work, import.State == ImportState.Checking ? progress : null, cancel);
        if (import.State == ImportState.Checking || material.Sha256() != import.PlanSha256)
        {
            await MaterialReport.WriteAsync(material.Lines, folder.Report, cancel);
            var changed = import.State == ImportState.Checking ? null : "What was checked has changed since, so nothing was taken. This is what it is now.";
            await imports.FinishCheckAsync(import, material.Sha256(), JsonSerializer.Serialize(material.Summary), changed, cancel);
            return;
        }
        await take.RunAsync(material, folder.Work, progress, cancel);
        if (await imports.FinishAsync(import, ImportState.Taken, error: null, cancel))
            folder.DeleteMaterial();
    }

    /// <summary>Notes progress, and stops the work when it is not wanted any more.</summary>
    private async Task WatchAsync(MaterialImport import, Func<MaterialProgress> progress, CancellationTokenSource stop)
    {
        try
        {
            while (await imports.NoteProgressAsync(import, progress(), stop.Token))
                await Task.Delay(Beat, clock, stop.Token);
            await stop.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // the work is done
        }
    }
}
