using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>The last few tensors of a walk, newest first, which outlive the step they are from.</summary>
/// <param name="length">Tensors kept.</param>
internal sealed class History(int length) : IDisposable
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>Tensors there are.</summary>
    public int Count => _tensors.Count;

    /// <summary>A tensor by age, 0 the newest.</summary>
    public Tensor this[int age] => _tensors[age];

    /// <summary>Adds the newest and lets go of the oldest.</summary>
    public void Push(Tensor tensor)
    {
        _tensors.Insert(0, tensor.alias().DetachFromDisposeScope());
        if (Count <= length) return;
        _tensors[^1].Dispose();
        _tensors.RemoveAt(length);
    }

    public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());
}
