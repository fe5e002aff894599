using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>
/// The page of vote imports: a file that is looked at, then taken. It works for as long as the page is open; what was taken stays, and
/// the same file goes on where it was broken off.
/// </summary>
public sealed class VoteImportSession(VoteImportStore store, VoteCheck check, VoteTake take, Material.ImportRoots roots, DataFolder data) : IDisposable
{
    /// <summary>Most bytes of a file that comes through the browser; larger ones are put on the server.</summary>
    public const long MostUploaded = 2L << 30;

    private CancellationTokenSource? _working;
    private string? _uploaded;
    private string? _fileName;
    private VoteOrder? _order;

    public IReadOnlyList<VoteImport> Imports { get; private set; } = [];

    public string Name { get; set; } = "";

    /// <summary>Key of the format; null where the file is to tell.</summary>
    public string? Format { get; set; }

    public Axis Overall { get; set; } = Axis.Appeal;

    /// <summary>A file on the server, in place of one that is sent.</summary>
    public string Path { get; set; } = "";

    /// <summary>What is done at the moment; null for nothing.</summary>
    public string? Doing { get; private set; }

    /// <summary>Share of it that is done.</summary>
    public double Share { get; private set; }

    /// <summary>What was found; null before.</summary>
    public VoteSummary? Summary { get; private set; }

    /// <summary>The report line by line, as CSV; null before.</summary>
    public string? Report { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>The import that was taken; null before.</summary>
    public VoteImport? Done { get; private set; }

    public long Added { get; private set; }

    /// <summary>Called when something on the page has changed.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>The file that was sent; null for none.</summary>
    public string? Uploaded => _uploaded is null ? null : _fileName;

    /// <summary>Where files may be named from.</summary>
    public IReadOnlyList<string> Roots => roots.All;

    public async Task ReadAsync() => Imports = await store.ListAsync();

    /// <summary>Takes in the bytes of a file.</summary>
    public Task ReceiveAsync(string fileName, long length, Stream content) => WorkAsync($"Sending {fileName}", async cancel =>
    {
        if (length > MostUploaded)
            throw new RefusedException($"{fileName} has {length / 1e9:0.0} GB; {MostUploaded >> 30} GB can be sent. Put it into {roots.All[0]} on the server and name it here.");
        Forget();
        (Summary, Report, Done) = (null, null, null);
        var path = System.IO.Path.Combine(data.Imports, $"votes-{Guid.NewGuid():N}");
        await using (var file = new FileStream(path, FileMode.CreateNew))
        {
            _uploaded = path;
            var buffer = new byte[1 << 16];
            for (int count; (count = await content.ReadAsync(buffer, cancel)) > 0;)
            {
                await file.WriteAsync(buffer.AsMemory(0, count), cancel);
                Tell((double)file.Length / Math.Max(1, length));
            }
        }
        _fileName = System.IO.Path.GetFileName(fileName);
        if (string.IsNullOrWhiteSpace(Name))
            Name = System.IO.Path.GetFileNameWithoutExtension(_fileName);
    });

    /// <summary>Looks at the file; nothing is stored.</summary>
    public Task CheckAsync(long accountId) => WorkAsync("Looking at the votes", async cancel =>
    {
        (Summary, Report, Done) = (null, null, null);
        var path = _uploaded ?? (string.IsNullOrWhiteSpace(Path) ? throw new RefusedException("Choose a file of votes.") : roots.Resolve(Path));
        if (Directory.Exists(path))
            throw new RefusedException($"{path} is a folder. Name the file of votes in it.");
        _order = new VoteOrder { Path = path, FileName = _fileName ?? System.IO.Path.GetFileName(path), Study = Name.Trim(), Format = Format, Overall = Overall, AccountId = accountId };
        var report = System.IO.Path.Combine(data.Imports, $"votes-report-{Guid.NewGuid():N}.csv");
        try
        {
            Summary = await check.RunAsync(_order, report, progress => Tell((double)progress.Done / Math.Max(1, progress.Total)), cancel);
            Report = report;
        }
        catch
        {
            File.Delete(report);
            throw;
        }
    });

    /// <summary>Stores what was looked at.</summary>
    public Task TakeAsync() => WorkAsync("Storing the votes", async cancel =>
    {
        Added = await take.RunAsync(_order!, Summary!, progress => Tell((double)progress.Done / Math.Max(1, progress.Total)), cancel);
        Done = await store.FindAsync(_order!.Study, cancel);
        Forget();
        (Summary, Name, Path) = (null, "", "");
        await ReadAsync();
    });

    /// <summary>Breaks off what is being done.</summary>
    public void Cancel() => _working?.Cancel();

    public void Dispose()
    {
        _working?.Cancel();
        Forget();
        if (Report is not null)
            File.Delete(Report);
    }

    private void Forget()
    {
        if (_uploaded is not null)
            File.Delete(_uploaded);
        (_uploaded, _fileName) = (null, null);
    }

    private void Tell(double share)
    {
        if (share - Share < 0.005 && share < 1)
            return;
        Share = share;
        Changed();
    }

    private async Task WorkAsync(string what, Func<CancellationToken, Task> work)
    {
        if (Doing is not null)
            return;
        (Doing, Share, Problem) = (what, 0, null);
        using var working = _working = new CancellationTokenSource();
        Changed();
        try
        {
            await Task.Run(() => work(working.Token), working.Token);
        }
        catch (OperationCanceledException)
        {
            Problem = "Broken off. What was stored stays; the same file goes on from there.";
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
