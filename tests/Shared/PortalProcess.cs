using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace PixelPost.Tests.Shared;

/// <summary>The built portal as a process of its own, as <c>dotnet run</c> starts it, on a free port and a new data folder.</summary>
internal sealed class PortalProcess : IAsyncDisposable
{
    private const string Ready = "PixelPost is ready at ";
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2); // a busy machine takes in the demonstration slowly

    // Tests lie beside the portal in the folder of build outputs, in a folder of the same name: release or debug.
    private static readonly string Output =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "EvalPortal", new DirectoryInfo(AppContext.BaseDirectory).Name));

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("pixelpost-e2e-");
    private readonly string[] _options;
    private readonly List<string> _printed = [];
    private Process? _process;

    private PortalProcess(string[] options) => _options = options;

    /// <summary>Why the tests cannot run on the demonstration; null when they can.</summary>
    public static string? WhyNoDemonstration { get; } =
        new[] { "models/fluent-emoji/model_index.json", "models/fluent-emoji-unet/model_index.json", "demo/round-1/samples/manifest.jsonl" }
            .Select(file => Path.Combine(Output, "data", file))
            .FirstOrDefault(file => !File.Exists(file)) is { } missing
            ? $"The demonstration is not there: {missing} is missing. See data/README.md."
            : null;

    /// <summary>Where the portal answers; the same after a restart.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The link that the first start prints for the first admin.</summary>
    public string FirstAdminLink { get; private set; } = "";

    /// <summary>Everything the portal has printed, for the message of a test that fails.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
                return string.Join('\n', _printed);
        }
    }

    /// <summary>The folder of everything the portal keeps.</summary>
    public string DataFolder => _data.FullName;

    /// <summary>Memory that the process holds, in bytes; Linux only.</summary>
    public long ResidentBytes => Memory("VmRSS:");

    /// <summary>The most memory that the process has held so far, in bytes; Linux only.</summary>
    public long MostResidentBytes => Memory("VmHWM:");

    /// <summary>Time that the process has spent on all processors.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a portal and waits until it answers.</summary>
    /// <param name="prepare">What to put into the data folder first; null for nothing.</param>
    /// <param name="options">Options of its command line besides data and address.</param>
    public static async Task<PortalProcess> StartAsync(Func<string, Task>? prepare = null, params string[] options)
    {
        var portal = new PortalProcess(options);
        try
        {
            if (prepare is not null)
                await prepare(portal.DataFolder);
            await portal.RunAsync("http://127.0.0.1:0", "/invitation/");
            portal.FirstAdminLink = portal.Line("/invitation/").Trim();
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process at once, as a crash or <c>kill -9</c> would: nothing is finished, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts the portal again, on the same data folder and port.</summary>
    public Task RestartAsync() => RunAsync(Address.ToString(), Ready);

    /// <summary>A client that keeps its cookies and follows redirects.</summary>
    public HttpClient Client() => new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>What comes after <c>/r/</c> in the link to the study that a new portal starts with.</summary>
    public async Task<string> DemonstrationLinkAsync() =>
        (await QueryAsync<string>("SELECT link_token FROM study WHERE name = 'Round 1'")).Single();

    /// <summary>Asks the database itself, beside the portal.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_data.FullName, "pixelpost.db")};Mode=ReadOnly;Pooling=False");
        return [.. await connection.QueryAsync<T>(sql)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true); // a worker may be under way
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _data.Delete(recursive: true);
    }

    private async Task RunAsync(string url, string lastLine)
    {
        var program = Path.Combine(Output, OperatingSystem.IsWindows() ? "PixelPost.EvalPortal.exe" : "PixelPost.EvalPortal");
        var start = new ProcessStartInfo(program, ["--data", _data.FullName, "--url", url, .. _options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _data.FullName,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production"; // as the launch profile says
        start.Environment["ASPNETCORE_DETAILEDERRORS"] = "true"; // a browser that is told of a fault is told which
        lock (_printed)
            _printed.Clear();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        for (var waited = Stopwatch.StartNew(); !Printed.Contains(lastLine, StringComparison.Ordinal); await Task.Delay(50))
        {
            if (_process.HasExited)
                await _process.WaitForExitAsync(); // until its last words are read
            if (_process.HasExited || waited.Elapsed > StartTime)
                throw new InvalidOperationException($"The portal did not start within {waited.Elapsed.TotalSeconds:0} s. It printed:\n{Printed}");
        }
        Address = new Uri(Line(Ready)[Ready.Length..]);
    }

    private long Memory(string what) => long.Parse(
        File.ReadLines($"/proc/{_process!.Id}/status").First(line => line.StartsWith(what, StringComparison.Ordinal)).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) << 10;

    private string Line(string part) => Printed.Split('\n').First(line => line.Contains(part, StringComparison.Ordinal));

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_printed)
            _printed.Add(line);
    }
}
