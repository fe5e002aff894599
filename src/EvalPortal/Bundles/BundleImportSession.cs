using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>The page that takes bundles in. It works for as long as the page is open; what is broken off leaves nothing.</summary>
public sealed class BundleImportSession(BundleImport import, BundleStore store, BundleKey key, ImportRoots roots, DataFolder data) : IDisposable
{
    /// <summary>Most bytes of a file that comes through the browser; larger ones are put on the server.</summary>
    public const long MostUploaded = 8L << 30;

    private CancellationTokenSource? _working;

    /// <summary>The studies that came in bundles, the last first.</summary>
    public IReadOnlyList<BundleMark> Imported { get; private set; } = [];

    /// <summary>What others know this portal's bundles by.</summary>
    public string Fingerprint => key.Fingerprint;

    /// <summary>Where files may be named from.</summary>
    public IReadOnlyList<string> Roots => roots.All;

    /// <summary>A file on the server, in place of one that is sent.</summary>
    public string Path { get; set; } = "";

    /// <summary>What is done at the moment; null for nothing.</summary>
    public string? Doing { get; private set; }

    /// <summary>Share of it that is done.</summary>
    public double Share { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>The studies of the last bundle; none before.</summary>
    public IReadOnlyList<BundleMark> Done { get; private set; } = [];

    /// <summary>Whether they were stored now; false when they were here before.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Called when something on the page has changed.</summary>
    public Action Changed { get; set; } = () => { };

    public async Task ReadAsync() => Imported = await store.ListImportedAsync();

    /// <summary>Takes in a bundle that is sent.</summary>
    public Task ReceiveAsync(string fileName, long length, Stream content) => WorkAsync($"Sending {fileName}", async cancel =>
    {
        if (length > MostUploaded)
            throw new RefusedException($"{fileName} has {length / 1e9:0.0} GB; {MostUploaded >> 30} GB can be sent. Put it into {roots.All[0]} on the server and name it here.");
        var path = System.IO.Path.Combine(data.Imports, $"bundle-{Guid.NewGuid():N}.zip");
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew))
            {
                var buffer = new byte[1 << 16];
                for (int count; (count = await content.ReadAsync(buffer, cancel)) > 0;)
                {
                    await file.WriteAsync(buffer.AsMemory(0, count), cancel);
                    Tell(new BundleProgress($"Sending {fileName}", file.Length, length));
                }
            }
            await TakeAsync(path, fileName, cancel);
        }
        finally
        {
            File.Delete(path);
        }
    });

    /// <summary>Takes in a bundle that lies on the server.</summary>
    public Task TakeAsync() => WorkAsync("Opening it", cancel =>
    {
        var path = string.IsNullOrWhiteSpace(Path) ? throw new RefusedException("Choose a bundle.") : roots.Resolve(Path);
        return TakeAsync(path, System.IO.Path.GetFileName(path), cancel);
    });

    /// <summary>Breaks off what is being done.</summary>
    public void Cancel() => _working?.Cancel();

    public void Dispose() => _working?.Cancel();

    private async Task TakeAsync(string path, string name, CancellationToken cancel)
    {
        using var bundle = BundleFile.Open(path, name);
        var taken = await import.TakeAsync(bundle, Tell, cancel);
        (Done, IsNew, Path) = (taken.Studies, taken.IsNew, "");
        await ReadAsync();
    }

    private void Tell(BundleProgress progress)
    {
        var share = (double)progress.Done / Math.Max(1, progress.Total);
        if (progress.Doing == Doing && Math.Abs(share - Share) < 0.005 && share < 1)
            return;
        (Doing, Share) = (progress.Doing, share);
        Changed();
    }

    private async Task WorkAsync(string what, Func<CancellationToken, Task> work)
    {
        if (Doing is not null)
            return;
        (Doing, Share, Problem, Done) = (what, 0, null, []);
        using var working = _working = new CancellationTokenSource();
        Changed();
        try
        {
            await Task.Run(() => work(working.Token), working.Token);
        }
        catch (OperationCanceledException)
        {
            Problem = "Broken off. Nothing was stored.";
        }
        catch (RefusedException refused)
        {
            Problem = refused.Message;
        }
        finally
        {
            (_working, Doing) = (null, null);
            Changed();
        }
    }
}
