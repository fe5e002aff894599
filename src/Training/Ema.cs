using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Exponential moving average of weights: ema ← d · ema + (1 − d) · weight after each optimizer step, with d = min(decay, (1 + step) / (10 + step)),
/// so that a short run is not mostly an average with its beginning.
/// </summary>
/// <remarks>The ramp is that of diffusers' <c>EMAModel</c>.</remarks>
public sealed class Ema : IDisposable
{
    private const string Source = """
        def lerp(a: List[Tensor], b: List[Tensor], w: float) -> int:
            torch._foreach_lerp_(a, b, w)
            return 0

        """;

    private readonly jit.CompilationUnit _kernel = jit.compile(Source);
    private readonly (string Name, Tensor Value)[] _parameters;
    private readonly Tensor[] _live, _average;
    private readonly double _decay;

    /// <param name="parameters">Weights to follow; the average starts as a copy of them.</param>
    /// <param name="decay">In [0, 1); 0.999 averages over about the last 1,000 steps.</param>
    public Ema(IEnumerable<(string Name, Tensor Value)> parameters, double decay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decay);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(decay, 1);
        _decay = decay;
        _parameters = [.. parameters];
        _live = [.. _parameters.Select(p => p.Value)];
        using var noGrad = no_grad();
        _average = [.. _live.Select(v => v.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>The decay per optimizer step by which a weight counts half after so many images: ½^(images per step / half-life).</summary>
    /// <param name="halfLife">In images.</param>
    /// <param name="imagesPerStep">Both of a pair counted.</param>
    public static double Decay(double halfLife, int imagesPerStep) => Math.Pow(0.5, imagesPerStep / halfLife);

    /// <summary>Moves the average towards the weights.</summary>
    /// <param name="step">Number of the optimizer step just taken, from 1.</param>
    public void Update(int step)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Scalar share = 1 - Math.Min(_decay, (1.0 + step) / (10 + step)); // held, not a plain number: see FusedAdam.Step
        _kernel.invoke<Scalar>("lerp", _average, _live, share).Dispose();
    }

    /// <summary>The averaged weights under the weights' names.</summary>
    public Dictionary<string, Tensor> State() => _parameters.Select((p, i) => (p.Name, _average[i])).ToDictionary(p => p.Name, p => p.Item2, StringComparer.Ordinal);

    /// <summary>Sets the average from <see cref="State"/>.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in State()) tensor.copy_(state[name]);
    }

    /// <summary>Exchanges weights and average, for measuring or saving with the average; call again to change back.</summary>
    public void Swap()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (var i = 0; i < _live.Length; i++)
        {
            var kept = _live[i].clone();
            _live[i].copy_(_average[i]);
            _average[i].copy_(kept);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _average) tensor.Dispose();
        _kernel.Dispose();
    }
}
