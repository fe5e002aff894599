using System.Security.Cryptography;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Shell;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Systems;

/// <summary>
/// Adds models from outside: a folder on the server, which stays where it is, or a zip or the weights of one part, of which a folder
/// of the portal's own is made. A model appears whole or not at all.
/// </summary>
public sealed class ModelIntake(DataFolder data, ImportRoots roots, ModelStore models, JobStore jobs, TimeProvider clock)
{
    private const string Half = ".half-";
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    /// <summary>Adds a folder or zip that lies on the server.</summary>
    /// <param name="path">Absolute, or as seen from the first of the allowed folders.</param>
    /// <returns>The model's id.</returns>
    /// <exception cref="RefusedException">It may not be taken, or is no model; the message says why.</exception>
    public async Task<long> TakeServerAsync(ModelDraft draft, string path, IProgress<IntakeProgress>? progress = null, CancellationToken cancel = default)
    {
        await CheckNameAsync(draft, cancel);
        var full = roots.Resolve(path);
        if (Directory.Exists(full))
            return await AddAsync(draft, full, progress, cancel);
        return await BuildAsync(draft, half => UnpackAsync(full, half, progress, cancel), progress, cancel);
    }

    /// <summary>Adds what was sent: the zip of a model, or the weights of one part as safetensors, with all the rest from a model that is here.</summary>
    /// <param name="fileName">Its ending says which.</param>
    /// <param name="content">Read once, to its end.</param>
    /// <param name="length">How long it is said to be.</param>
    /// <returns>The model's id.</returns>
    /// <exception cref="RefusedException">It is no model; the message says why. Nothing of it stays.</exception>
    public async Task<long> TakeUploadAsync(
        ModelDraft draft, string fileName, Stream content, long length, IProgress<IntakeProgress>? progress = null, CancellationToken cancel = default)
    {
        await CheckNameAsync(draft, cancel);
        var ending = Path.GetExtension(fileName).ToLowerInvariant();
        if (ModelCheck.IsPickled(fileName))
            throw new RefusedException($"{fileName}: weights of this kind can run code when they are read. Save the model as safetensors.");
        if (ending is not (".zip" or ".safetensors"))
            throw new RefusedException($"{fileName}: a model is sent as a .zip of its folder, or one part of it as .safetensors.");
        var rest = ending == ".safetensors" ? await FindRestAsync(draft, cancel) : null;
        return await BuildAsync(
            draft,
            async half =>
            {
                var sent = half + ending;
                try
                {
                    await ReceiveAsync(content, sent, length, progress, cancel);
                    if (rest is null)
                        await UnpackAsync(sent, half, progress, cancel);
                    else
                        await ModelPart.ReplaceAsync(rest, data.Resolve(rest.Folder), sent, fileName, half, cancel);
                }
                finally
                {
                    File.Delete(sent);
                }
            },
            progress, cancel);
    }

    /// <summary>Keeps a checkpoint of a training as a model of its own: a copy, which the job cannot take away again.</summary>
    /// <returns>The model's id.</returns>
    /// <exception cref="RefusedException">There is no such checkpoint, or it is kept already.</exception>
    public async Task<long> KeepCheckpointAsync(long jobId, int step, string name, CancellationToken cancel = default)
    {
        var job = await jobs.FindAsync(jobId, cancel) ?? throw new RefusedException($"There is no job {jobId}.");
        var source = new JobFolder(data.Resolve(job.Folder)).Checkpoint(step);
        if (!Directory.Exists(source))
            throw new RefusedException($"There is no checkpoint after step {step} any more: the job keeps only the last ones.");
        var draft = new ModelDraft { Name = name };
        await CheckNameAsync(draft, cancel);
        var parent = await models.FindAsync(job.ModelId, cancel);
        return await BuildAsync(
            draft, half => ModelPart.CopyAsync(source, half, cancel), progress: null, cancel,
            model => model with { ParentModelId = job.ModelId, CheckpointJobId = jobId, CheckpointStep = step, Source = parent?.Source ?? "", Licence = parent?.Licence ?? "" });
    }

    /// <summary>Removes a model that nothing stands on, and its files where they are the portal's own.</summary>
    /// <exception cref="RefusedException">Something stands on it, or there is none.</exception>
    public async Task RemoveAsync(long modelId, CancellationToken cancel = default)
    {
        var model = await models.FindAsync(modelId, cancel) ?? throw new RefusedException("The model is not there any more.");
        await models.RemoveAsync(modelId, cancel);
        if (OwnsFiles(model) && (await models.ListAsync(cancel)).All(other => other.Folder != model.Folder) && Directory.Exists(data.Resolve(model.Folder)))
            Directory.Delete(data.Resolve(model.Folder), recursive: true);
    }

    /// <summary>Whether a model's files lie in the portal's folder, so that they go with it.</summary>
    public bool OwnsFiles(Model model) => ((string[])[data.Models, data.Jobs])
        .Any(folder => data.Resolve(model.Folder).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private async Task CheckNameAsync(ModelDraft draft, CancellationToken cancel)
    {
        var name = draft.CheckedName();
        if ((await models.ListAsync(cancel)).Any(model => model.Name == name))
            throw new RefusedException($"There is a model called '{name}' already: choose another name.");
    }

    private async Task<Model> FindRestAsync(ModelDraft draft, CancellationToken cancel) =>
        draft.RestOfModelId is { } id && await models.FindAsync(id, cancel) is { } model
            ? model
            : throw new RefusedException("A single .safetensors file is one part of a model: choose the model that all the rest is taken from.");

    /// <summary>Makes a folder under a passing name, gives it its own, and looks at it.</summary>
    private async Task<long> BuildAsync(
        ModelDraft draft, Func<string, Task> fill, IProgress<IntakeProgress>? progress, CancellationToken cancel, Func<NewModel, NewModel>? complete = null)
    {
        ClearForgotten();
        var id = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var half = Path.Combine(data.Models, Half + id);
        var whole = Path.Combine(data.Models, id);
        try
        {
            await fill(half);
            Directory.Move(half, whole);
            return await AddAsync(draft, whole, progress, cancel, complete);
        }
        catch
        {
            foreach (var folder in ((string[])[half, whole]).Where(Directory.Exists))
                Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private async Task<long> AddAsync(
        ModelDraft draft, string folder, IProgress<IntakeProgress>? progress, CancellationToken cancel, Func<NewModel, NewModel>? complete = null)
    {
        progress?.Report(new("Looking at its parts"));
        ModelCheck.Of(folder, cancel);
        progress?.Report(new("Computing the hash of its weights"));
        var sha256 = await Task.Run(() => ModelFolder.Sha256(folder), cancel).WaitAsync(cancel);
        var model = draft.ToModel(data.Relative(folder), sha256);
        return await models.AddAsync(complete?.Invoke(model) ?? model, cancel);
    }

    private Task UnpackAsync(string zip, string folder, IProgress<IntakeProgress>? progress, CancellationToken cancel) => ModelZip.UnpackAsync(
        zip, folder, FreeBytes(), progress is null ? null : new Relay(unpacked => progress.Report(new("Unpacking", unpacked.Done, unpacked.Total))), cancel);

    private async Task ReceiveAsync(Stream content, string path, long length, IProgress<IntakeProgress>? progress, CancellationToken cancel)
    {
        if (length > FreeBytes())
            throw new RefusedException($"The file has {TimeText.Bytes(length)}, and the portal's disk has {TimeText.Bytes(Math.Max(0, FreeBytes()))} to spare.");
        var (buffer, done) = (new byte[1 << 16], 0L);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        while (await content.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            done += read;
            if (done > length)
                throw new RefusedException("More came than was announced: send the file again.");
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            progress?.Report(new("Receiving", done, length));
        }
        if (done < length)
            throw new RefusedException($"Only {TimeText.Bytes(done)} of {TimeText.Bytes(length)} came: send the file again.");
    }

    private long FreeBytes() => new DriveInfo(data.Root).AvailableFreeSpace - MaterialLimits.FreeBytes;

    /// <summary>What a portal that was killed left half done goes with the next model.</summary>
    private void ClearForgotten()
    {
        foreach (var entry in new DirectoryInfo(data.Models).EnumerateFileSystemInfos(Half + "*").Where(entry => clock.GetUtcNow() - entry.LastWriteTimeUtc > Forgotten).ToList())
        {
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    // Progress<T> posts to the thread pool, which can bring reports out of order.
    private sealed class Relay(Action<(long Done, long Total)> report) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => report(value);
    }
}
