using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>A sampling job: <c>prompts.jsonl</c> to PNG files and their manifest.</summary>
public static class SamplingJob
{
    /// <summary>Makes every image that is not there yet.</summary>
    /// <param name="job">The job.</param>
    /// <param name="files">Its folder.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="BadJobException">Job, model or prompts are not as they must be.</exception>
    /// <exception cref="OperationCanceledException">Somebody asked to stop; finished images are kept.</exception>
    public static JobResult Run(JobSpec job, RunFiles files)
    {
        var (folder, settings) = (files.Folder, job.Sampling ?? new SampleSettings());
        if (settings.Faults() is { Count: > 0 } faults) throw new BadJobException($"job.json: {string.Join(" ", faults)}");
        if (!File.Exists(folder.Prompts)) throw new BadJobException("prompts.jsonl is missing; a sampling job makes one image for each of its lines.");
        var prompts = ContractJson.ReadLines<PromptLine>(folder.Prompts).Select(l => l.Value).ToList();
        if (prompts.Count == 0) throw new BadJobException("prompts.jsonl has no lines: there is nothing to generate.");

        files.Phase(JobState.Starting, "loading the model", total: 0);
        using var model = TextToImageModel.Load(Path.Combine(folder.Root, job.Model), ComputeDevice.Choose());
        if (settings.InferenceSteps > model.Schedule.Length)
            throw new BadJobException($"job.json: sampling.inference_steps is {settings.InferenceSteps}; the model's schedule has {model.Schedule.Length} steps.");
        Samplers.Create(model.Schedule, settings.InferenceSteps).Dispose(); // what it cannot do is said before there is anything to keep
        var modelSha256 = ModelFolder.Sha256(model.Folder);
        using var unconditional = model.Prompts.Unconditional();
        ContractJson.WriteFile(folder.Options, new JobOptions
        {
            Job = job with { Sampling = settings },
            ModelSha256 = modelSha256,
            DataSha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.Prompts))),
            Examples = prompts.Count,
            WorkerVersion = Versions.Worker,
            Torch = Versions.Torch,
            Threads = get_num_threads(),
            Device = model.Device.ToString(),
        });

        // whole batches are kept, so that a batch is made of the same prompts whether the run was interrupted or not
        Directory.CreateDirectory(folder.Samples);
        var kept = Kept(folder, settings, modelSha256, prompts);
        if (kept < prompts.Count) kept -= kept % settings.BatchSize;
        if (File.Exists(folder.SampleManifest)) RewriteManifest(folder, kept);
        using var manifest = new StreamWriter(folder.SampleManifest, append: true);

        files.Phase(JobState.Running, "generating images", prompts.Count, kept);
        var clock = Stopwatch.StartNew();
        for (var done = kept; done < prompts.Count;)
        {
            files.ThrowIfStopRequested();
            using var scope = NewDisposeScope();
            var batch = prompts.Skip(done).Take(settings.BatchSize).ToList();
            var images = Sampling.Generate(model, model.Prompts.Encode([.. batch.Select(p => p.Prompt)]), unconditional, batch.Select(p => p.Seed).ToList(), settings.InferenceSteps, settings.GuidanceScale);
            for (var i = 0; i < batch.Count; i++)
            {
                var line = Save(folder, images[i], done + i, batch[i], settings, model.Schedule.Config, modelSha256);
                manifest.WriteLine(JsonSerializer.Serialize(line, ContractJson.Line));
            }
            manifest.Flush();
            done += batch.Count;
            files.Progress(done, (done - kept) / clock.Elapsed.TotalSeconds);
        }

        return new JobResult
        {
            Output = Path.GetRelativePath(folder.Root, folder.SampleManifest),
            ModelSha256 = modelSha256,
            Done = prompts.Count,
            Elapsed = clock.Elapsed.TotalSeconds,
            FinishedAt = DateTimeOffset.UtcNow,
        };
    }

    private static SampleLine Save(JobFolder folder, Tensor image, int index, PromptLine prompt, SampleSettings settings, ScheduleConfig schedule, string modelSha256)
    {
        var path = Path.Combine(folder.Samples, FormattableString.Invariant($"{index:D6}.png"));
        Pictures.WritePng(path + ".tmp", image);
        File.Move(path + ".tmp", path, overwrite: true);
        return new SampleLine
        {
            Image = Path.GetRelativePath(folder.Root, path),
            Sha256 = Sha256(path),
            PromptId = prompt.PromptId,
            Prompt = prompt.Prompt,
            Seed = prompt.Seed,
            Width = (int)image.shape[2],
            Height = (int)image.shape[1],
            InferenceSteps = settings.InferenceSteps,
            GuidanceScale = settings.GuidanceScale,
            Scheduler = Samplers.NameOf(schedule),
            ModelSha256 = modelSha256,
        };
    }

    /// <summary>Number of images, from the first, that an earlier run of this same job made and that are unharmed.</summary>
    private static int Kept(JobFolder folder, SampleSettings settings, string modelSha256, List<PromptLine> prompts)
    {
        if (!File.Exists(folder.SampleManifest)) return 0;
        var lines = File.ReadLines(folder.SampleManifest).Select(TryParse).TakeWhile(l => l is not null).Select(l => l!);
        return prompts.Zip(lines).TakeWhile(pair => pair is var (prompt, line)
            && (line.PromptId, line.Prompt, line.Seed) == (prompt.PromptId, prompt.Prompt, prompt.Seed)
            && (line.InferenceSteps, line.GuidanceScale, line.ModelSha256) == (settings.InferenceSteps, settings.GuidanceScale, modelSha256)
            && File.Exists(Path.Combine(folder.Root, line.Image)) && Sha256(Path.Combine(folder.Root, line.Image)) == line.Sha256).Count();
    }

    private static void RewriteManifest(JobFolder folder, int lines)
    {
        var temporary = folder.SampleManifest + ".tmp";
        File.WriteAllLines(temporary, File.ReadLines(folder.SampleManifest).Take(lines));
        File.Move(temporary, folder.SampleManifest, overwrite: true);
    }

    // the last line may have been cut off
    private static SampleLine? TryParse(string line)
    {
        try
        {
            return ContractJson.Parse<SampleLine>(line, "manifest.jsonl");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
