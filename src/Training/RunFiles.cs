using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using PixelPost.Training.Contracts;

namespace PixelPost.Training;

/// <summary>The worker's side of a job's folder: what it reports, and whether it is asked to stop.</summary>
public sealed class RunFiles : IDisposable
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _clock;
    private readonly FileStream _lock;
    private readonly PosixSignalRegistration[] _signals;
    private volatile bool _signalled;
    private StreamWriter? _metrics;
    private JobStatus _status;
    private (long At, int Done) _phaseStart;
    private long _written;

    /// <summary>Takes hold of the folder; SIGTERM and Ctrl-C become requests to stop.</summary>
    /// <exception cref="BadJobException">The folder does not exist, or another worker holds it.</exception>
    public RunFiles(JobFolder folder, TimeProvider? clock = null)
    {
        (Folder, _clock) = (folder, clock ?? TimeProvider.System);
        ThrowIfNoJob(folder);
        try
        {
            _lock = new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (File.Exists(folder.Lock))
        {
            throw new BadJobException($"Another worker is at work in '{folder.Root}'.", held);
        }
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop), PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop)];
        _status = new JobStatus { State = JobState.Starting, Phase = "starting", ProcessId = Environment.ProcessId, UpdatedAt = _clock.GetUtcNow() };
        Write();
    }

    /// <summary>The folder.</summary>
    public JobFolder Folder { get; }

    /// <summary>Whether the portal or a signal asks to stop.</summary>
    public bool StopRequested => _signalled || File.Exists(Folder.Cancel);

    /// <summary>Refuses a folder that is no job.</summary>
    /// <exception cref="BadJobException">It has no job.json.</exception>
    public static void ThrowIfNoJob(JobFolder folder)
    {
        if (!File.Exists(folder.Job)) throw new BadJobException($"'{folder.Root}' is not a job: job.json is missing.");
    }

    /// <summary>Ends the work where there is nothing to be saved first.</summary>
    /// <exception cref="OperationCanceledException">Somebody asks to stop.</exception>
    public void ThrowIfStopRequested()
    {
        if (StopRequested) throw new OperationCanceledException();
    }

    /// <summary>Begins a part of the work that is counted on its own.</summary>
    /// <param name="state">State to report.</param>
    /// <param name="phase">What is being done, as a person would say it.</param>
    /// <param name="total">Steps or images in all.</param>
    /// <param name="done">Of these, finished before this run.</param>
    public void Phase(JobState state, string phase, int total, int done = 0)
    {
        _phaseStart = (_clock.GetTimestamp(), done);
        _status = _status with { State = state, Phase = phase, Done = done, Total = total, ImagesPerSecond = null, SecondsLeft = null };
        Write();
    }

    /// <summary>Reports progress; the file is written at most twice a second.</summary>
    public void Progress(int done, double? imagesPerSecond = null)
    {
        var elapsed = _clock.GetElapsedTime(_phaseStart.At).TotalSeconds;
        var made = done - _phaseStart.Done;
        _status = _status with
        {
            Done = done,
            ImagesPerSecond = imagesPerSecond,
            SecondsLeft = made > 0 ? elapsed / made * (_status.Total - done) : null,
        };
        if (done == _status.Total || _clock.GetElapsedTime(_written) >= StatusInterval) Write();
    }

    /// <summary>Drops the metrics of steps after <paramref name="step"/>, and a line that was cut off, so that a resumed run can append.</summary>
    /// <returns>The lines that are kept.</returns>
    public IReadOnlyList<MetricsLine> KeepMetricsUpTo(int step)
    {
        if (!File.Exists(Folder.Metrics)) return [];
        var kept = File.ReadLines(Folder.Metrics).Select(text => (Text: text, Line: Metrics(text))).TakeWhile(l => l.Line is { } known && known.Step <= step).ToList();
        var temporary = Folder.Metrics + ".tmp";
        File.WriteAllLines(temporary, kept.Select(l => l.Text));
        File.Move(temporary, Folder.Metrics, overwrite: true);
        return [.. kept.Select(l => l.Line!)];
    }

    /// <summary>Appends one line to the metrics and flushes it.</summary>
    public void Log(MetricsLine line)
    {
        _metrics ??= new StreamWriter(new FileStream(Folder.Metrics, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
        _metrics.WriteLine(JsonSerializer.Serialize(line, ContractJson.Line));
        _metrics.Flush();
    }

    /// <summary>Does the work of the job and writes down how it ended: the result and, after it, the state. A job that is done stays as it is.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool Record(Func<JobResult> work)
    {
        if (File.Exists(Folder.Result))
        {
            End(JobState.Succeeded, null);
            return false;
        }
        try
        {
            ContractJson.WriteFile(Folder.Result, work());
            End(JobState.Succeeded, null);
            return true;
        }
        catch (Exception problem)
        {
            var (exit, sentence) = Failure.Explain(problem);
            if (exit == WorkerExit.Cancelled) End(JobState.Cancelled, null);
            else End(JobState.Failed, sentence);
            throw;
        }
    }

    private void End(JobState state, string? error)
    {
        _status = _status with { State = state, Error = error, ImagesPerSecond = null, SecondsLeft = null };
        Write();
    }

    /// <summary>Lets go of the folder.</summary>
    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _metrics?.Dispose();
        _lock.Dispose();
    }

    /// <summary>Physical memory this process holds, in bytes.</summary>
    public static long ResidentBytes()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _signalled = true;
    }

    private void Write()
    {
        _written = _clock.GetTimestamp();
        _status = _status with { ResidentBytes = ResidentBytes(), UpdatedAt = _clock.GetUtcNow() };
        ContractJson.WriteFile(Folder.Status, _status);
    }

    private static MetricsLine? Metrics(string line)
    {
        try
        {
            return ContractJson.Parse<MetricsLine>(line, "metrics.jsonl");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
