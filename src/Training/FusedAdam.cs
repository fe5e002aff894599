using PixelPost.Training.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Adam and AdamW by libtorch's fused kernel: no temporaries and one native call per step, where TorchSharp's own optimizers
/// hold twice the weights' memory until the step ends.
/// </summary>
/// <remarks>Kingma and Ba (2015); Loshchilov and Hutter (2019). The kernel is reached through TorchScript, the only way TorchSharp leaves to it.</remarks>
public sealed class FusedAdam : IOptimizer
{
    private const string Source = """
        def adam(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], s: List[Tensor], lr: float, b1: float, b2: float, wd: float, eps: float) -> int:
            torch._foreach_add_(s, 1)
            torch._fused_adam_(p, g, m, v, [], s, lr=lr, beta1=b1, beta2=b2, weight_decay=wd, eps=eps, amsgrad=False, maximize=False)
            return 0
        def adamw(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], s: List[Tensor], lr: float, b1: float, b2: float, wd: float, eps: float) -> int:
            torch._foreach_add_(s, 1)
            torch._fused_adamw_(p, g, m, v, [], s, lr=lr, beta1=b1, beta2=b2, weight_decay=wd, eps=eps, amsgrad=False, maximize=False)
            return 0

        """;

    private readonly jit.CompilationUnit _kernels = jit.compile(Source);
    private readonly OptimizerKind _kind;
    private readonly double _beta1, _beta2, _weightDecay, _epsilon;
    private readonly (string Name, Tensor Value)[] _parameters;
    private readonly Tensor[] _values, _firstMoments, _secondMoments, _steps;

    /// <param name="parameters">Weights to train, under their names; must not be replaced afterwards.</param>
    /// <param name="kind">Weight decay in the gradient (Adam) or decoupled (AdamW).</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="weightDecay">Weight decay.</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    public FusedAdam(IEnumerable<(string Name, Tensor Value)> parameters, OptimizerKind kind, double beta1 = 0.9, double beta2 = 0.999, double weightDecay = 0, double epsilon = 1e-8)
    {
        if (kind is not (OptimizerKind.Adam or OptimizerKind.AdamW)) throw new ArgumentException($"{kind} is no kind of Adam.", nameof(kind));
        (_kind, _beta1, _beta2, _weightDecay, _epsilon) = (kind, beta1, beta2, weightDecay, epsilon);
        _parameters = [.. parameters];
        _values = [.. _parameters.Select(p => p.Value)];
        _firstMoments = [.. _values.Select(v => zeros_like(v, requires_grad: false).DetachFromDisposeScope())];
        _secondMoments = [.. _values.Select(v => zeros_like(v, requires_grad: false).DetachFromDisposeScope())];
        _steps = [.. _values.Select(v => zeros([], device: v.device).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public double ClipGradients(double maxNorm) => Gradients.Clip(_values, maxNorm);

    /// <inheritdoc/>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using (no_grad())
        // of a plain number TorchSharp makes a native scalar that nothing holds, and that is read after it is freed if the collector comes between
        using (Scalar rate = learningRate, beta1 = _beta1, beta2 = _beta2, weightDecay = _weightDecay, epsilon = _epsilon)
        {
            _kernels.invoke<Scalar>(_kind == OptimizerKind.Adam ? "adam" : "adamw", _values, Gradients.Of(_values), _firstMoments, _secondMoments, _steps, rate, beta1, beta2, weightDecay, epsilon).Dispose();
        }
        foreach (var value in _values) value.grad = null;
    }

    /// <inheritdoc/>
    public Dictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (var i = 0; i < _values.Length; i++)
        {
            state[$"exp_avg.{_parameters[i].Name}"] = _firstMoments[i];
            state[$"exp_avg_sq.{_parameters[i].Name}"] = _secondMoments[i];
            state[$"step.{_parameters[i].Name}"] = _steps[i];
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
        foreach (var tensor in _firstMoments.Concat(_secondMoments).Concat(_steps)) tensor.Dispose();
        _kernels.Dispose();
    }
}
