using PixelPost.Training.Contracts;

namespace PixelPost.Training.Ablation;

/// <summary>An ordinary job that is run here, by the process that wrote it.</summary>
internal static class JobRun
{
    private const int DrawAtOnce = 32; // small pictures: a GPU does 32 in the time of 8

    /// <summary>Runs a job to its end, or goes on where it stopped; one that is done stays as it is.</summary>
    /// <param name="folder">Its folder, with the data in it.</param>
    /// <param name="job">What to do.</param>
    /// <param name="work">Does it.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="OperationCanceledException">Somebody asked to stop; what was done is kept.</exception>
    public static JobResult Finish(JobFolder folder, JobSpec job, Func<JobSpec, RunFiles, JobResult> work)
    {
        if (!File.Exists(folder.Result))
        {
            ContractJson.WriteFile(folder.Job, job);
            using var files = new RunFiles(folder);
            files.Record(() =>
            {
                files.ThrowIfStopRequested();
                return work(job, files);
            });
        }
        return ContractJson.ReadFile<JobResult>(folder.Result);
    }

    /// <summary>Draws one image per prompt, as a sampling job in <paramref name="folder"/>.</summary>
    /// <param name="folder">The job's folder; made if need be.</param>
    /// <param name="model">Model folder.</param>
    /// <param name="settings">Steps and guidance.</param>
    /// <param name="prompts">What to draw.</param>
    /// <returns>The manifest, in the order of the prompts.</returns>
    public static List<SampleLine> Draw(JobFolder folder, string model, AblationSettings settings, IEnumerable<PromptLine> prompts)
    {
        Directory.CreateDirectory(folder.Root);
        if (!File.Exists(folder.Result)) Lines.Write(folder.Prompts, prompts);
        var sampling = new SampleSettings { InferenceSteps = settings.InferenceSteps, GuidanceScale = settings.GuidanceScale, BatchSize = DrawAtOnce };
        Finish(folder, new JobSpec { JobId = Path.GetFileName(folder.Root), Kind = JobKind.Sample, Model = Path.GetRelativePath(folder.Root, model), Sampling = sampling }, SamplingJob.Run);
        return [.. ContractJson.ReadLines<SampleLine>(folder.SampleManifest).Select(l => l.Value)];
    }
}
