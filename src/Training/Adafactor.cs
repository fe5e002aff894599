using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Adafactor with a given step size: like Adam without a first moment, but of a matrix's second moments it keeps only the means of
/// rows and columns, so that it needs next to no memory of its own.
/// </summary>
/// <remarks>
/// Shazeer and Stern (2018), arXiv 1804.04235, algorithms 4 to 6, with the settings of DiffusionDPO's SDXL training: no relative step, no
/// scaling by the weights, clipping threshold 1, β₂ = 1 − step^−0.8, ε₁ = 10⁻³⁰. Of a tensor with more than two dimensions the last two
/// are the matrix, as in transformers' <c>Adafactor</c>; weight decay is decoupled.
/// </remarks>
public sealed class Adafactor : IOptimizer
{
    private const double DecayExponent = -0.8, ClipThreshold = 1, Epsilon = 1e-30;

    private readonly double _weightDecay;
    private readonly (string Name, Tensor Value)[] _parameters;
    private readonly Tensor[][] _secondMoments; // of each weight: its rows and columns, or the whole
    private readonly Tensor _step = zeros([], dtype: ScalarType.Int64, device: CPU).DetachFromDisposeScope();

    /// <param name="parameters">Weights to train, under their names; must not be replaced afterwards.</param>
    /// <param name="weightDecay">Weight decay.</param>
    public Adafactor(IEnumerable<(string Name, Tensor Value)> parameters, double weightDecay = 0)
    {
        _weightDecay = weightDecay;
        _parameters = [.. parameters];
        _secondMoments = [.. _parameters.Select(p => Shapes(p.Value).Select(shape => zeros(shape, device: p.Value.device).DetachFromDisposeScope()).ToArray())];
    }

    /// <inheritdoc/>
    public double ClipGradients(double maxNorm) => Gradients.Clip(_parameters.Select(p => p.Value), maxNorm);

    /// <inheritdoc/>
    public void Step(double learningRate)
    {
        using (no_grad())
        {
            _step.add_(1);
            var share = Math.Pow(_step.item<long>(), DecayExponent); // 1 − β₂
            for (var i = 0; i < _parameters.Length; i++)
            {
                using var scope = NewDisposeScope();
                var weight = _parameters[i].Value;
                var update = Direction(Gradients.Of([weight])[0], _secondMoments[i], share);
                var size = update.square().mean().sqrt().item<float>();
                if (_weightDecay > 0) weight.mul_(1 - learningRate * _weightDecay);
                weight.add_(update, alpha: -learningRate / Math.Max(1, size / ClipThreshold));
            }
        }
        foreach (var (_, value) in _parameters) value.grad = null;
    }

    /// <inheritdoc/>
    public Dictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["step"] = _step };
        for (var i = 0; i < _parameters.Length; i++)
        {
            var isFactored = _secondMoments[i].Length == 2;
            state[$"exp_avg_sq{(isFactored ? "_row" : "")}.{_parameters[i].Name}"] = _secondMoments[i][0];
            if (isFactored) state[$"exp_avg_sq_col.{_parameters[i].Name}"] = _secondMoments[i][1];
        }
        return state;
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in State()) tensor.copy_(state[name]);
    }

    public void Dispose()
    {
        foreach (var tensor in _secondMoments.SelectMany(m => m)) tensor.Dispose();
        _step.Dispose();
    }

    /// <summary>gradient / √(second moments), after the moments have moved towards the gradient's square.</summary>
    private static Tensor Direction(Tensor gradient, Tensor[] moments, double share)
    {
        var square = gradient.square() + Epsilon;
        if (moments is not [var rows, var columns]) return gradient * moments[0].lerp_(square, share).rsqrt();
        rows.lerp_(square.mean([-1]), share);
        columns.lerp_(square.mean([-2]), share);
        return gradient * (rows / rows.mean([-1], keepdim: true)).rsqrt().unsqueeze(-1) * columns.rsqrt().unsqueeze(-2);
    }

    private static long[][] Shapes(Tensor weight) => weight.dim() < 2 ? [weight.shape] : [weight.shape[..^1], [.. weight.shape[..^2], weight.shape[^1]]];
}
