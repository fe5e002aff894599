using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>The tensors from which a training goes on as if it had never stopped: weights, moving average, moments, random state.</summary>
internal static class ResumableState
{
    private const string Weights = "weights.", Average = "average.", Moments = "optimizer.", Random = "generator";

    /// <summary>The state under the names that <see cref="Restore"/> reads; tensors are the live ones, not copies.</summary>
    public static Dictionary<string, Tensor> Collect(nn.Module model, IOptimizer optimizer, Ema? average, Generator generator)
    {
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Random] = generator.get_state() };
        foreach (var (name, value) in WeightLoader.Collect(model)) state[Weights + name] = value;
        foreach (var (name, value) in average?.State() ?? []) state[Average + name] = value;
        foreach (var (name, value) in optimizer.State()) state[Moments + name] = value;
        return state;
    }

    /// <summary>Sets everything from a state.</summary>
    /// <param name="state">As <see cref="Collect"/> makes it; other names are not looked at.</param>
    /// <param name="source">Named in messages.</param>
    /// <param name="model">Its weights are set.</param>
    /// <param name="optimizer">Its moments and step counts are set.</param>
    /// <param name="average">Its average is set; null where none is kept.</param>
    /// <param name="generator">Its random state is set.</param>
    public static void Restore(IReadOnlyDictionary<string, Tensor> state, string source, nn.Module model, IOptimizer optimizer, Ema? average, Generator generator)
    {
        WeightLoader.Load(model, Part(state, Weights), source);
        average?.Load(Part(state, Average));
        optimizer.Load(Part(state, Moments));
        generator.set_state(state[Random]);
    }

    private static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> state, string prefix) =>
        state.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);
}
