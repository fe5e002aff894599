using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Systems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Writes a job's folder, with everything the worker needs in it, and queues it.</summary>
public sealed partial class JobOrders(
    DataFolder data, JobStore jobs, ModelStore models, PreferenceSetStore preferenceSets, ImageFiles images, TimeProvider clock)
{
    /// <summary>Orders the training of a model on a preference set.</summary>
    /// <param name="name">Name of the job and of the model it makes.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="RefusedException">The settings cannot be used; the message names every fault.</exception>
    public async Task<long> TrainAsync(
        string name, long modelId, long preferenceSetId, LoopSettings settings, long? createdByAccountId, CancellationToken cancel = default)
    {
        Refuse(settings.Faults());
        var model = await FindModelAsync(modelId, cancel);
        var pairs = await ReadPairsAsync(preferenceSetId, cancel);
        var order = new NewOrder(JobKind.Train, name, model, preferenceSetId, createdByAccountId);
        return await AddAsync(order, folder => WriteData(folder, pairs, settings), spec => spec with { Training = settings }, cancel);
    }

    /// <summary>Orders images from a model.</summary>
    /// <param name="name">Name of the job and of the system it makes.</param>
    /// <param name="prompts">Prompt ids are those of the database.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="RefusedException">The settings cannot be used; the message names every fault.</exception>
    public async Task<long> SampleAsync(
        string name, long modelId, IReadOnlyList<PromptLine> prompts, SampleSettings settings, long? createdByAccountId, CancellationToken cancel = default)
    {
        Refuse(settings.Faults());
        var model = await FindModelAsync(modelId, cancel);
        var order = new NewOrder(JobKind.Sample, name, model, PreferenceSetId: null, createdByAccountId);
        return await AddAsync(order, folder => WriteLines(folder.Prompts, prompts), spec => spec with { Sampling = settings }, cancel);
    }

    /// <summary>Orders a job again from its beginning, with the same settings, model and data, in a folder of its own.</summary>
    /// <returns>The new job's id.</returns>
    /// <exception cref="RefusedException">There is no such job, or its model is gone.</exception>
    public async Task<long> RepeatAsync(long jobId, long? createdByAccountId, CancellationToken cancel = default)
    {
        var job = await jobs.FindAsync(jobId, cancel) ?? throw new RefusedException($"There is no job {jobId}.");
        var spec = ContractJson.Parse<JobSpec>(job.SpecJson, "job.json");
        var name = FreeName(job.Name, (await jobs.ListAsync(cancel)).Select(other => other.Name).ToHashSet());
        if (job is { Kind: JobKind.Train, PreferenceSetId: { } set })
            return await TrainAsync(name, job.ModelId, set, spec.Training ?? new(), createdByAccountId, cancel);
        var lines = new JobFolder(data.Resolve(job.Folder)).Prompts;
        return File.Exists(lines)
            ? await SampleAsync(name, job.ModelId, [.. ContractJson.ReadLines<PromptLine>(lines).Select(line => line.Value)], spec.Sampling ?? new(), createdByAccountId, cancel)
            : throw new RefusedException($"The job's prompts are gone: there is no {lines}.");
    }

    private static string FreeName(string name, HashSet<string> taken)
    {
        var stem = RepeatNumber().Replace(name, "");
        return Enumerable.Range(2, taken.Count + 1).Select(number => $"{stem} ({number})").First(free => !taken.Contains(free));
    }

    [GeneratedRegex(@" \(\d+\)$")]
    private static partial Regex RepeatNumber();

    private async Task<long> AddAsync(NewOrder order, Action<JobFolder> write, Func<JobSpec, JobSpec> complete, CancellationToken cancel)
    {
        var id = clock.GetUtcNow().ToString("yyyyMMdd-HHmmss-", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(6, lowercase: true);
        var folder = new JobFolder(Path.Combine(data.Jobs, id));
        Directory.CreateDirectory(folder.Root);
        try
        {
            write(folder);
            var spec = complete(new JobSpec { JobId = id, Kind = order.Kind, Model = PathFor(order.Model, folder) });
            ContractJson.WriteFile(folder.Job, spec);
            return await jobs.AddAsync(
                new NewJob
                {
                    Kind = order.Kind,
                    Name = order.Name,
                    Folder = data.Relative(folder.Root),
                    SpecJson = JsonSerializer.Serialize(spec, ContractJson.File),
                    ModelId = order.Model.ModelId,
                    PreferenceSetId = order.PreferenceSetId,
                    CreatedByAccountId = order.CreatedByAccountId,
                },
                cancel);
        }
        catch
        {
            Directory.Delete(folder.Root, recursive: true);
            throw;
        }
    }

    private static void Refuse(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
            throw new RefusedException(string.Join(" ", faults));
    }

    /// <summary>Relative where it can be, so that the data folder may be moved with its jobs.</summary>
    private string PathFor(Model model, JobFolder folder) =>
        Path.IsPathRooted(model.Folder) ? model.Folder : Path.GetRelativePath(folder.Root, data.Resolve(model.Folder));

    private async Task<Model> FindModelAsync(long modelId, CancellationToken cancel) =>
        await models.FindAsync(modelId, cancel) ?? throw new RefusedException($"There is no model {modelId}: it was removed.");

    private async Task<IReadOnlyList<FrozenPair>> ReadPairsAsync(long preferenceSetId, CancellationToken cancel)
    {
        var set = await preferenceSets.FindAsync(preferenceSetId, cancel)
            ?? throw new ArgumentException($"There is no preference set {preferenceSetId}.", nameof(preferenceSetId));
        var pairs = await preferenceSets.ListPairsAsync(preferenceSetId, cancel);
        if (PreferenceFreeze.Sha256(pairs) != set.Sha256)
            throw new InvalidOperationException($"Preference set '{set.Name}' no longer gives the file it was frozen as.");
        var missing = pairs.Count(pair => !File.Exists(images.PathOf(pair.ChosenSha256)) || !File.Exists(images.PathOf(pair.RejectedSha256)));
        return missing == 0
            ? pairs
            : throw new RefusedException($"Of the pairs of '{set.Name}' {missing} have images whose files are not here, as those of imported votes have not: nothing can be trained from them.");
    }

    /// <summary>The preferences, or for fine-tuning the preferred images with their prompts; and the images.</summary>
    private void WriteData(JobFolder folder, IReadOnlyList<FrozenPair> pairs, LoopSettings settings)
    {
        if (settings.Objective == Objective.Sft)
            WriteLines(folder.Captions, pairs.Select(pair => new CaptionedImage { Image = $"images/{pair.ChosenSha256}.png", Sha256 = pair.ChosenSha256, Caption = pair.Prompt }));
        else
            File.WriteAllBytes(folder.Preferences, PreferenceFreeze.ToFile(pairs));

        Directory.CreateDirectory(folder.Images);
        foreach (var sha256 in pairs.SelectMany(pair => (string[])[pair.ChosenSha256, pair.RejectedSha256]).Distinct())
            File.Copy(images.PathOf(sha256), Path.Combine(folder.Images, $"{sha256}.png"));
    }

    private static void WriteLines<T>(string path, IEnumerable<T> lines) =>
        File.WriteAllText(path, string.Concat(lines.Select(line => JsonSerializer.Serialize(line, ContractJson.Line) + "\n")));

    private sealed record NewOrder(JobKind Kind, string Name, Model Model, long? PreferenceSetId, long? CreatedByAccountId);
}
