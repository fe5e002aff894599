using System.ComponentModel;
using System.Diagnostics;
using PixelPost.EvalPortal.Database;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>The worker at one job: a process of its own, so that nothing that happens to it ends a rater's session.</summary>
public sealed class WorkerProcess : IDisposable
{
    private const int LinesKept = 50;
    private static readonly TimeSpan StartTimeTolerance = TimeSpan.FromSeconds(5); // it is computed from the boot time
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly bool _isChild;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private StreamWriter? _log;

    private WorkerProcess(Process process, bool isChild, StreamWriter? log)
    {
        (_process, _isChild, _log) = (process, isChild, log);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _exited.TrySetResult();
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>When the process started.</summary>
    public DateTimeOffset StartedAt { get; private init; }

    /// <summary>The last lines it printed.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lastLines)
                return [.. _lastLines];
        }
    }

    /// <summary>Starts the worker, or has it go on where it stopped; the command is the same.</summary>
    /// <exception cref="RefusedException">The program cannot be started.</exception>
    public static WorkerProcess Start(PortalOptions options, JobKind kind, JobFolder folder)
    {
        var worker = WorkerProgram.Find(options);
        string[] command = [.. worker, kind.ToText(), "--job", folder.Root];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };

        var log = new StreamWriter(new FileStream(folder.Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            log.Dispose();
            throw new RefusedException($"The training worker {worker[^1]} cannot be started: {exception.Message}.", exception);
        }
        var started = new WorkerProcess(process, isChild: true, log) { StartedAt = StartTime(process) ?? DateTimeOffset.UtcNow };
        started.BeginReading();
        return started;
    }

    /// <summary>Finds a worker that an earlier run of the portal started; null when it is gone.</summary>
    public static WorkerProcess? Attach(int processId, DateTimeOffset startedAt)
    {
        try
        {
            var process = Process.GetProcessById(processId);
            if (StartTime(process) - startedAt is { } difference && difference.Duration() < StartTimeTolerance)
                return new WorkerProcess(process, isChild: false, log: null) { StartedAt = startedAt };
            process.Dispose();
        }
        catch (ArgumentException)
        {
            // no process has this id
        }
        return null;
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code; null when the process is not this one's child, for then the system does not say.</returns>
    public async Task<int?> WaitAsync(CancellationToken cancel = default)
    {
        if (!_isChild)
        {
            while (!IsZombie() && await Task.WhenAny(_exited.Task, Task.Delay(LastWords, cancel)) != _exited.Task)
                cancel.ThrowIfCancellationRequested();
            return null;
        }
        await _exited.Task.WaitAsync(cancel);
        // Its output may be held open by a process it has left behind.
        await Task.WhenAny(_process.WaitForExitAsync(cancel), Task.Delay(LastWords, cancel));
        return _process.ExitCode;
    }

    /// <summary>Ends the process and whatever it started, at once.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        _process.Dispose();
        lock (_lastLines) // a last line may be under way
        {
            _log?.Dispose();
            _log = null;
        }
    }

    private void BeginReading()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            _process.PriorityClass = ProcessPriorityClass.BelowNormal; // raters come first
        }
        catch (InvalidOperationException)
        {
            // it is over already
        }
    }

    /// <summary>
    /// Whether it is over although the system still lists it. Where nobody collects the ends of orphans, as in a container without
    /// an init, a worker of an earlier portal stays listed for ever.
    /// </summary>
    private bool IsZombie()
    {
        try
        {
            // "pid (name) state …"; the name may have brackets of its own
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{Id}/stat") is var stat && stat.AsSpan(stat.LastIndexOf(')') + 1).Trim() is ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return false; // not listed any more: its exit is told by the system
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesKept)
                _lastLines.Dequeue();
            try
            {
                _log?.WriteLine(line);
            }
            catch (IOException)
            {
                // The disk is full; the lines kept here say so.
            }
        }
    }

    /// <summary>When a process started; null when it is over already.</summary>
    private static DateTimeOffset? StartTime(Process process)
    {
        try
        {
            return process.StartTime.ToUniversalTime();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
