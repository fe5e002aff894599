using System.Globalization;
using System.Text.Json;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Systems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Takes in what a finished job made: a model, or the images of a new system. Doing it twice changes nothing.</summary>
public sealed class JobHarvest(DataFolder data, ModelStore models, SystemStore systems, ImageStore images, ImageFiles files)
{
    /// <summary>Records what lies in the job's folder.</summary>
    /// <exception cref="RefusedException">An image of it cannot be read.</exception>
    public Task TakeInAsync(Job job, JobResult result, CancellationToken cancel = default) =>
        job.Kind == JobKind.Train ? TakeModelAsync(job, result, cancel) : TakeImagesAsync(job, cancel);

    private async Task TakeModelAsync(Job job, JobResult result, CancellationToken cancel)
    {
        if (await models.FindByJobAsync(job.JobId, cancel) is not null)
            return;
        var folder = Path.Combine(job.Folder, result.Output);
        await NamedAsync(job, name => models.AddAsync(name, folder, result.ModelSha256, job.ModelId, job.JobId, cancel));
    }

    private async Task TakeImagesAsync(Job job, CancellationToken cancel)
    {
        var folder = new JobFolder(data.Resolve(job.Folder));
        var samples = File.ReadLines(folder.SampleManifest).Select(line => JsonSerializer.Deserialize<SampleLine>(line, ContractJson.Line)!).ToList();
        var kept = samples.Select(sample => files.Keep(File.ReadAllBytes(Path.Combine(folder.Root, sample.Image)), sample.Image)).ToList();

        var system = (await systems.FindByJobAsync(job.JobId, cancel))?.SystemId
            ?? await NamedAsync(job, name => systems.AddAsync(name, job.ModelId, description: "", job.JobId, cancel));
        await images.AddAsync(
            [.. samples.Zip(kept, (sample, file) => new NewImage
            {
                SystemId = system,
                PromptId = long.Parse(sample.PromptId, CultureInfo.InvariantCulture),
                File = file,
                Seed = sample.Seed,
                InferenceSteps = sample.InferenceSteps,
                GuidanceScale = sample.GuidanceScale,
                Scheduler = sample.Scheduler,
                ModelSha256 = sample.ModelSha256,
                JobId = job.JobId,
            })],
            cancel);
    }

    /// <summary>Names the product after the job; where that name was taken meanwhile, after the job and its number.</summary>
    private static async Task<long> NamedAsync(Job job, Func<string, Task<long>> add)
    {
        try
        {
            return await add(job.Name);
        }
        catch (RefusedException)
        {
            return await add($"{job.Name} (job {job.JobId})");
        }
    }
}
