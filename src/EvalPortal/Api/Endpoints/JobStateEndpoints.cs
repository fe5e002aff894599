using System.Text;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Jobs that are under way or over.</summary>
internal static class JobStateEndpoints
{
    private const int MostLogLines = 10_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/jobs", ListAsync).Needs(ApiScope.ReadStudies).Tell("listJobs", Groups.Jobs, "List jobs", "Newest first.");
        var job = api.MapGroup("/jobs/{jobId:long}");
        job.MapGet("", FindAsync).Needs(ApiScope.ReadStudies).Tell("getJob", Groups.Jobs, "See how far a job is");
        job.MapPost("/cancel", CancelAsync).Needs(ApiScope.Train).ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("cancelJob", Groups.Jobs, "Stop a job", "One that waits stops at once, one that runs as soon as its worker sees it. Asked again, this changes nothing.");
        job.MapPost("/resume", ResumeAsync).Needs(ApiScope.Train).ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("resumeJob", Groups.Jobs, "Go on with a job", "From its last checkpoint. One that waits or runs stays as it is.");
        job.MapGet("/metrics", MetricsAsync).Needs(ApiScope.ReadStudies)
            .Tell("getMetrics", Groups.Jobs, "Read the metrics of a training", "A line for each step that was written down, as in metrics.jsonl; with after=step those that come after.");
        job.MapGet("/log", LogAsync).Needs(ApiScope.ReadStudies).GivesFile("text/plain").Tell("getLog", Groups.Jobs, "Read the end of a job's log", "lines is 100 unless told otherwise.");
    }

    private static async Task<IEnumerable<JobResource>> ListAsync(JobStore jobs, StudyAccess access, CancellationToken cancel)
    {
        var hidden = await access.ListHiddenJobsAsync(cancel);
        return (await jobs.ListAsync(cancel)).Where(job => !hidden.Contains(job.JobId)).Select(JobResource.Of);
    }

    private static async Task<JobResource> FindAsync(long jobId, JobStore jobs, DataFolder data, CancellationToken cancel)
    {
        var job = await ReadAsync(jobId, jobs, cancel);
        return JobResource.Of(job) with { Progress = Folder(job, data).ReadStatus() };
    }

    private static async Task<JobResource> CancelAsync(long jobId, JobStore jobs, DataFolder data, CancellationToken cancel)
    {
        var job = await ReadAsync(jobId, jobs, cancel);
        if (job is { Ended: true, State: not RunState.Cancelled })
            throw new ApiProblemException(StatusCodes.Status409Conflict, $"The job is over already: {job.State.ToText()}.");
        await jobs.CancelAsync(jobId, cancel);
        return await FindAsync(jobId, jobs, data, cancel);
    }

    private static async Task<JobResource> ResumeAsync(long jobId, JobStore jobs, DataFolder data, CancellationToken cancel)
    {
        var job = await ReadAsync(jobId, jobs, cancel);
        if (job.State == RunState.Succeeded)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "The job has succeeded: there is nothing left to go on with.");
        if (job.CanResume)
            await jobs.ResumeAsync(jobId, cancel);
        return await FindAsync(jobId, jobs, data, cancel);
    }

    private static async Task<IEnumerable<MetricsLine>> MetricsAsync(long jobId, int? after, JobStore jobs, DataFolder data, CancellationToken cancel) =>
        new MetricsFile(Folder(await ReadAsync(jobId, jobs, cancel), data).Metrics).Read().Where(line => line.Step > (after ?? 0));

    private static async Task<IResult> LogAsync(long jobId, int? lines, JobStore jobs, DataFolder data, CancellationToken cancel)
    {
        if (lines is < 1 or > MostLogLines)
            throw new ApiProblemException(StatusCodes.Status400BadRequest, $"lines {lines} is not from 1 to {MostLogLines}.");
        var log = Folder(await ReadAsync(jobId, jobs, cancel), data).ReadLogTail(lines ?? 100);
        return Results.Text(string.Concat(log.Select(line => line + "\n")), "text/plain", Encoding.UTF8);
    }

    private static async Task<Job> ReadAsync(long jobId, JobStore jobs, CancellationToken cancel) => (await jobs.FindAsync(jobId, cancel))!;

    private static JobFolder Folder(Job job, DataFolder data) => new(data.Resolve(job.Folder));
}
