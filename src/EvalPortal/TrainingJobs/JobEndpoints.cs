using System.Globalization;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Preview images of a training job, for researchers, from the job's folder.</summary>
public static class JobEndpoints
{
    /// <summary>Where a researcher's browser finds a preview image.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="step">After how many optimizer steps it was drawn.</param>
    /// <param name="image">Name of its file.</param>
    public static string Address(long jobId, int step, string image) =>
        string.Create(CultureInfo.InvariantCulture, $"/jobs/{jobId}/previews/{step}/{image}");

    public static void MapJobs(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/jobs/{jobId:long}/previews/{step:int}/{image:regex(^[0-9]{{6}}\\.png$)}", async (long jobId, int step, string image, HttpContext context, JobStore jobs, DataFolder data) =>
        {
            if (await jobs.FindAsync(jobId, context.RequestAborted) is not { } job)
                return Results.NotFound();
            var path = Path.Combine(new JobFolder(data.Resolve(job.Folder)).Preview(step), image);
            if (!File.Exists(path))
                return Results.NotFound();
            context.Response.Headers.CacheControl = "private, max-age=3600"; // drawn again, it is the same image
            return Results.File(path, "image/png");
        });
}
