using System.Text.Json;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Systems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>What the page of a job shows: its row, and what its worker has left in its folder so far.</summary>
public sealed class JobSession(JobStore jobs, ModelStore models, SystemStore systems, PreferenceSetStore sets, LineageStore lineage, DataFolder data, StudyAccess accesses)
{
    private const int LogLines = 40;

    private MetricsFile? _metrics;
    private MetricsFile? _otherMetrics;

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

    /// <summary>The other trainings, newest first: one of them can be laid over this one.</summary>
    public IReadOnlyList<Job> Others { get; private set; } = [];

    /// <summary>The training that is laid over; null for none.</summary>
    public Job? Other { get; private set; }

    /// <summary>This training as its curves show it.</summary>
    public JobRun Run => new(Spec.Training ?? new(), Metrics, Options);

    /// <summary>The training that is laid over as its curves show it; null for none.</summary>
    public JobRun? OtherRun { get; private set; }

    /// <summary>What of the two runs cannot be compared; null when all can.</summary>
    public string? Caution => (OtherRun is { } other && other.Settings.Objective != Run.Settings.Objective, Other is { } job && job.PreferenceSetId != Job?.PreferenceSetId) switch
    {
        (true, true) => "They have other objectives and other preference sets: neither losses nor accuracies can be compared.",
        (true, false) => "They have other objectives, so that their losses cannot be compared; their accuracies on the held-out pairs can.",
        (false, true) => "They train on other preference sets, so that their accuracies are not of the same pairs.",
        _ => null,
    };

    /// <summary>The system that its images are filed as; null until they are all there.</summary>
    public SystemUnderTest? FiledAs { get; private set; }

    /// <summary>Jobs that come first.</summary>
    public int Before { get; private set; }

    /// <summary>Why the folder cannot be read; null when it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the job again; another job's files are forgotten.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="with">The training that is laid over; null for none.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task ReadAsync(long jobId, long? with = null, CancellationToken cancel = default)
    {
        var before = Job;
        if (await jobs.FindAsync(jobId, cancel) is not { } job)
        {
            Job = null;
            return;
        }
        if (before?.JobId != jobId)
            await BeginAsync(job, cancel);
        Made ??= await models.FindByJobAsync(jobId, cancel);
        FiledAs = job.Kind == JobKind.Sample ? FiledAs ?? await systems.FindByJobAsync(jobId, cancel) : null;
        var all = await jobs.ListAsync(cancel);
        Before = job.State != RunState.Queued ? 0
            : all.Count(one => one.State == RunState.Running) + (await jobs.ListQueueAsync(cancel)).TakeWhile(one => one.JobId != jobId).Count();
        var hidden = await accesses.ListHiddenJobsAsync(cancel);
        Others = job.Kind == JobKind.Train ? [.. all.Where(one => one.Kind == JobKind.Train && one.JobId != jobId && !hidden.Contains(one.JobId))] : [];
        Job = job; // not before: a page that is drawn while the rest is read for the first time has nothing to show yet
        ReadFolder();
        ReadOther(Others.FirstOrDefault(one => one.JobId == with));
    }

    private void ReadOther(Job? other)
    {
        if (other?.JobId != Other?.JobId)
            _otherMetrics = other is null ? null : new MetricsFile(new JobFolder(data.Resolve(other.Folder)).Metrics);
        Other = other;
        try
        {
            OtherRun = other is null ? null
                : new JobRun(ContractJson.Parse<JobSpec>(other.SpecJson, "job.json").Training ?? new(), _otherMetrics!.Read(), new JobFolder(data.Resolve(other.Folder)).ReadOptions());
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            (OtherRun, Problem) = (null, $"The folder of the other run cannot be read: {exception.Message}");
        }
    }

    private async Task BeginAsync(Job job, CancellationToken cancel)
    {
        Folder = new JobFolder(data.Resolve(job.Folder));
        Spec = ContractJson.Parse<JobSpec>(job.SpecJson, "job.json");
        Model = (await models.FindAsync(job.ModelId, cancel))!;
        Set = job.PreferenceSetId is { } set ? await sets.FindAsync(set, cancel) : null;
        IsSimulated = (await lineage.ListSimulatedJobsAsync(cancel)).Contains(job.JobId);
        (Made, FiledAs) = (null, null);
        _metrics = new MetricsFile(Folder.Metrics);
    }

    private void ReadFolder()
    {
        try
        {
            Problem = null;
            Status = Folder.ReadStatus();
            Options = Folder.ReadOptions();
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
