using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Pretraining;

/// <summary>What a pre-training run needs to go on after an interruption: weights, their average, optimizer, step, random state.</summary>
internal static class PretrainingState
{
    /// <summary>Linear warm-up, then cosine from <paramref name="peak"/> to a hundredth of it.</summary>
    public static double Cosine(double peak, int step, int steps, int warmup) =>
        step < warmup
            ? peak * (step + 1) / warmup
            : peak * (0.01 + 0.99 * 0.5 * (1 + Math.Cos(Math.PI * (step - warmup) / Math.Max(1, steps - warmup))));

    /// <summary>Writes the state, replacing the last one atomically.</summary>
    public static void Save(string folder, int step, nn.Module model, FusedAdam optimizer, Ema average, Generator generator)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(folder);
        var all = new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["step"] = tensor((long)step), ["generator"] = generator.get_state() };
        foreach (var (name, value) in WeightLoader.Collect(model)) all[$"weights.{name}"] = value;
        foreach (var (name, value) in average.State()) all[$"average.{name}"] = value;
        foreach (var (name, value) in optimizer.State()) all[$"optimizer.{name}"] = value;
        Safetensors.Write(StateFile(folder), all);
    }

    /// <summary>Sets everything from the last state and returns its step; 0 when there is none.</summary>
    public static int Resume(string folder, nn.Module model, FusedAdam optimizer, Ema average, Generator generator)
    {
        if (!File.Exists(StateFile(folder))) return 0;
        using var scope = NewDisposeScope();
        var all = Safetensors.Read(StateFile(folder));
        WeightLoader.Load(model, Part(all, "weights."), StateFile(folder));
        average.Load(Part(all, "average."));
        optimizer.Load(Part(all, "optimizer."));
        generator.set_state(all["generator"]);
        return (int)all["step"].item<long>();
    }

    private static string StateFile(string folder) => Path.Combine(folder, "state.safetensors");

    private static Dictionary<string, Tensor> Part(Dictionary<string, Tensor> all, string prefix) =>
        all.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);
}
