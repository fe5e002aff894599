using System.Globalization;
using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Writes and finds what a run leaves behind: a whole model folder that anything reading diffusers layout can use, and beside it
/// the state from which the run goes on as if it had never stopped.
/// </summary>
/// <param name="folder">The job's folder.</param>
/// <param name="model">Its denoiser is trained.</param>
/// <param name="adapters">The matrices that are trained in place of the denoiser's weights; or null.</param>
/// <param name="optimizer">Moments.</param>
/// <param name="average">Moving average, which is what the model folder then holds; or null.</param>
/// <param name="generator">Source of every draw.</param>
/// <param name="order">Place in the data.</param>
/// <param name="kept">How many of the last models are kept, besides the best; 0 for all.</param>
/// <param name="fingerprint">Of job, model and data: a state is only taken up by the job that left it.</param>
internal sealed class Checkpoints(JobFolder folder, TextToImageModel model, LoraAdapters? adapters, IOptimizer optimizer, Ema? average, Generator generator, Shuffle order, int kept, string fingerprint)
{
    private const int KeptStates = 2;

    private readonly nn.Module _trained = (nn.Module?)adapters ?? model.Denoiser;

    /// <summary>The model that agreed with people most, the first of equals; null where none was measured.</summary>
    public BestCheckpoint? Best { get; private set; }

    /// <summary>Writes model and state, each complete or not at all, and removes what is no longer to be kept.</summary>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="elapsed">Seconds of training.</param>
    /// <param name="heldOutAccuracy">Of this model; null where it does not take part in the choice of the best.</param>
    public void Save(int step, double elapsed, double? heldOutAccuracy)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var values = average?.State() ?? WeightLoader.Collect(_trained);
        model.SaveWith(folder.Checkpoint(step), adapters?.Merged(values) ?? values, adapters?.Pairs(values));
        if (heldOutAccuracy is { } accuracy && (Best is null || accuracy > Best.HeldOutAccuracy))
            Best = new BestCheckpoint { Step = step, HeldOutAccuracy = accuracy, Output = Path.GetRelativePath(folder.Root, folder.Checkpoint(step)) };

        var state = ResumableState.Collect(_trained, optimizer, average, generator);
        state["order"] = order.State();
        Safetensors.Write(folder.ResumableState(step), state, metadata: new Dictionary<string, string>
        {
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["elapsed"] = elapsed.ToString("R", CultureInfo.InvariantCulture),
            ["threads"] = get_num_threads().ToString(CultureInfo.InvariantCulture),
            ["fingerprint"] = fingerprint,
            ["best"] = JsonSerializer.Serialize(Best, ContractJson.Line),
        });
        foreach (var old in States().SkipLast(KeptStates)) File.Delete(old);
        if (kept > 0) foreach (var old in Models(step).SkipLast(kept).Where(old => old != Best?.Step)) Remove(folder.Checkpoint(old));
    }

    /// <summary>What was measured for the pixel term before the first step belongs to the run that goes on from there. One that begins measures anew: its settings may be others.</summary>
    /// <param name="folder">Of the job.</param>
    /// <param name="settings">Of the job.</param>
    /// <exception cref="BadJobException">A run would go on, and what it measured is gone.</exception>
    public static void KeepMeasured(JobFolder folder, LoopSettings settings)
    {
        var begun = Directory.Exists(folder.Checkpoints) && States(folder).Any();
        (string, bool)[] measured = [(folder.Pixels, settings.PixelBudget > 0 || settings.PixelShare > 0), (folder.PixelMetric, settings.NeedsLinearMap)];
        foreach (var (file, isNeeded) in measured)
        {
            if (!begun) File.Delete(file);
            else if (isNeeded && !File.Exists(file))
                throw new BadJobException($"'{Path.GetFileName(file)}' is not there: a run that goes on with these settings needs what it measured before its first step. Put it back, or delete 'checkpoints' to start the job afresh.");
        }
    }

    /// <summary>Sets everything as the last state has it.</summary>
    /// <returns>Step and seconds of training it was left at; zeros where there is none.</returns>
    /// <exception cref="BadJobException">The state is of another job.</exception>
    public (int Step, double Elapsed) Resume()
    {
        Directory.CreateDirectory(folder.Checkpoints);
        foreach (var half in Directory.EnumerateDirectories(folder.Checkpoints, "*.tmp")) Directory.Delete(half, recursive: true);
        foreach (var half in Directory.EnumerateFiles(folder.Checkpoints, "*.tmp")) File.Delete(half);
        if (States().LastOrDefault() is not { } path) return (0, 0);

        var metadata = Safetensors.ReadMetadata(path);
        if (metadata["fingerprint"] != fingerprint)
            throw new BadJobException($"'{Path.GetFileName(path)}' was left by a run with other settings, data or model. Make a new job for those, or delete 'checkpoints' to start this one afresh.");
        if (metadata["threads"] != get_num_threads().ToString(CultureInfo.InvariantCulture))
            Console.WriteLine($"The run so far used {metadata["threads"]} threads, this one {get_num_threads()}: sums may differ in their last bits.");

        using var scope = NewDisposeScope();
        var state = Safetensors.Read(path);
        ResumableState.Restore(state, path, _trained, optimizer, average, generator);
        order.Load(state["order"]);
        Best = JsonSerializer.Deserialize<BestCheckpoint>(metadata["best"], ContractJson.Line);
        return (int.Parse(metadata["step"], CultureInfo.InvariantCulture), double.Parse(metadata["elapsed"], CultureInfo.InvariantCulture));
    }

    /// <summary>Steps, in order and up to one, of which there is a model.</summary>
    private IEnumerable<int> Models(int last) => Directory.EnumerateDirectories(folder.Checkpoints)
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : int.MaxValue)
        .Where(step => step <= last).Order();

    // gone at once, so that nobody finds half a model under its name
    private static void Remove(string model)
    {
        Directory.Move(model, model + ".tmp");
        Directory.Delete(model + ".tmp", recursive: true);
    }

    private IEnumerable<string> States() => States(folder);

    private static IEnumerable<string> States(JobFolder folder) =>
        Directory.EnumerateFiles(folder.Checkpoints, "*.state.safetensors").Order(StringComparer.Ordinal);
}
