using System.Globalization;
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
/// <param name="fingerprint">Of job, model and data: a state is only taken up by the job that left it.</param>
internal sealed class Checkpoints(JobFolder folder, TextToImageModel model, LoraAdapters? adapters, IOptimizer optimizer, Ema? average, Generator generator, Shuffle order, string fingerprint)
{
    private const int KeptStates = 2;

    private readonly nn.Module _trained = (nn.Module?)adapters ?? model.Denoiser;

    /// <summary>Writes model and state, each complete or not at all, and removes states that are no longer needed.</summary>
    public void Save(int step, double elapsed)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var values = average?.State() ?? WeightLoader.Collect(_trained);
        model.SaveWith(folder.Checkpoint(step), adapters?.Merged(values) ?? values, adapters?.Pairs(values));

        var state = ResumableState.Collect(_trained, optimizer, average, generator);
        state["order"] = order.State();
        Safetensors.Write(folder.ResumableState(step), state, metadata: new Dictionary<string, string>
        {
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["elapsed"] = elapsed.ToString("R", CultureInfo.InvariantCulture),
            ["threads"] = get_num_threads().ToString(CultureInfo.InvariantCulture),
            ["fingerprint"] = fingerprint,
        });
        foreach (var old in States().SkipLast(KeptStates)) File.Delete(old);
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
        return (int.Parse(metadata["step"], CultureInfo.InvariantCulture), double.Parse(metadata["elapsed"], CultureInfo.InvariantCulture));
    }

    private IEnumerable<string> States() =>
        Directory.EnumerateFiles(folder.Checkpoints, "*.state.safetensors").Order(StringComparer.Ordinal);
}
