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

    /// <summary>Writes the state to a file, replacing the last one atomically.</summary>
    public static void Save(string file, int step, nn.Module model, FusedAdam optimizer, Ema average, Generator generator)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var state = ResumableState.Collect(model, optimizer, average, generator);
        state["step"] = tensor((long)step);
        Safetensors.Write(file, state);
    }

    /// <summary>Sets everything from the last state and returns its step; 0 when there is none.</summary>
    public static int Resume(string file, nn.Module model, FusedAdam optimizer, Ema average, Generator generator)
    {
        if (!File.Exists(file)) return 0;
        using var scope = NewDisposeScope();
        var state = Safetensors.Read(file);
        ResumableState.Restore(state, file, model, optimizer, average, generator);
        return (int)state["step"].item<long>();
    }
}
