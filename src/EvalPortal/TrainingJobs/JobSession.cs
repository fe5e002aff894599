using System.Text.Json;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Systems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>What the page of a job shows: its row, and what its worker has left in its folder so far.</summary>
public sealed class JobSession(JobStore jobs, ModelStore models, PreferenceSetStore sets, LineageStore lineage, DataFolder data)
{
    private const int LogLines = 40;

    private MetricsFile? _metrics;

    /// <summary>The job; null when there is none.</summary>
    public Job? Job { get; private set; }

    /// <summary>What it is to do.</summary>
    public JobSpec Spec { get; private set; } = default!;

    /// <summary>The model it starts from.</summary>
    public Model Model { get; private set; } = default!;

    /// <summary>The model it has made.</summary>
    public Model? Made { get; private set; }

    /// <summary>What it trains on.</summary>
    public PreferenceSet? Set { get; private set; }

    /// <summary>Whether it rests on simulated votes.</summary>
    public bool IsSimulated { get; private set; }

    /// <summary>The job's files.</summary>
    public JobFolder Folder { get; private set; } = default!;

    public JobStatus? Status { get; private set; }

    /// <summary>What it runs with; null until the worker has loaded everything.</summary>
    public JobOptions? Options { get; private set; }

    public JobResult? Result { get; private set; }

    public IReadOnlyList<MetricsLine> Metrics { get; private set; } = [];

    public IReadOnlyList<JobCheckpoint> Checkpoints { get; private set; } = [];

    /// <summary>Images drawn on the way.</summary>
    public IReadOnlyList<JobPreview> Previews { get; private set; } = [];

    /// <summary>What <see cref="Previews"/> are drawn from.</summary>
    public IReadOnlyList<string> PreviewPrompts { get; private set; } = [];

    public IReadOnlyList<string> Log { get; private set; } = [];

    /// <summary>Jobs that come first.</summary>
    public int Before { get; private set; }

    /// <summary>Why the folder cannot be read; null when it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the job again; another job's files are forgotten.</summary>
    public async Task ReadAsync(long jobId, CancellationToken cancel = default)
    {
        var before = Job;
        Job = await jobs.FindAsync(jobId, cancel);
        if (Job is null)
            return;
        if (before?.JobId != jobId)
            await BeginAsync(Job, cancel);
        Made ??= await models.FindByJobAsync(jobId, cancel);
        Before = (await jobs.ListAsync(cancel)).Count(job => job.JobId < jobId && job.State is RunState.Queued or RunState.Running);
        ReadFolder();
    }

    private async Task BeginAsync(Job job, CancellationToken cancel)
    {
        Folder = new JobFolder(data.Resolve(job.Folder));
        Spec = ContractJson.Parse<JobSpec>(job.SpecJson, "job.json");
        Model = (await models.FindAsync(job.ModelId, cancel))!;
        Set = job.PreferenceSetId is { } set ? await sets.FindAsync(set, cancel) : null;
        IsSimulated = (await lineage.ListSimulatedJobsAsync(cancel)).Contains(job.JobId);
        Made = null;
        _metrics = new MetricsFile(Folder.Metrics);
    }

    private void ReadFolder()
    {
        try
        {
            Problem = null;
            Status = Folder.ReadStatus();
            Options = File.Exists(Folder.Options) ? ContractJson.ReadFile<JobOptions>(Folder.Options) : null;
            Result = Folder.ReadResult();
            Metrics = _metrics!.Read();
            Checkpoints = JobCheckpoint.List(Folder);
            Previews = Job!.Kind == JobKind.Train ? JobPreview.List(Folder) : [];
            PreviewPrompts = Previews.Count > 0 ? Folder.ReadPreviewPrompts() : [];
            Log = Folder.ReadLogTail(LogLines);
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            Problem = $"The job's folder cannot be read: {exception.Message}";
        }
    }
}
