using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>
/// <c>Conv2d</c> as PyTorch's, with the same parameters and initial values: [B, C, H, W] to [B, out, H', W']. On the CPU images
/// go through with their channels last in memory.
/// </summary>
/// <remarks>
/// With channels first, oneDNN 3.7.1 (in libtorch 2.10) sorts them into blocks of 16, and on some processors, seen on AMD's
/// family 26, computes wrong outputs and gradients from a block that is not full, and wrong gradients of strides: seldom NaN, mostly
/// plausible numbers. With channels last its other kernels run, which are right and not slower (docs/decisions/0004).
/// </remarks>
internal sealed class Convolution2d : nn.Module<Tensor, Tensor>
{
#pragma warning disable IDE1006 // field names are the weight keys
    private readonly Parameter weight;
    private readonly Parameter? bias;
#pragma warning restore IDE1006
    private readonly long[] _stride, _padding;

    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Side of the kernel, in pixels.</param>
    /// <param name="stride">Step, in pixels.</param>
    /// <param name="padding">Zeros around the input, in pixels.</param>
    /// <param name="hasBias">Whether a number is added per output channel.</param>
    public Convolution2d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, bool hasBias = true) : base(nameof(Convolution2d))
    {
        (_stride, _padding) = ([stride, stride], [padding, padding]);
        var bound = 1 / Math.Sqrt(inputs * kernel * kernel);
        weight = nn.Parameter(nn.init.uniform_(empty(outputs, inputs, kernel, kernel), -bound, bound));
        if (hasBias) bias = nn.Parameter(nn.init.uniform_(empty(outputs), -bound, bound));
        RegisterComponents();
    }

    /// <summary>Type of the weights.</summary>
    public ScalarType Dtype => weight.dtype;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (x.device.type == DeviceType.CPU) x = ChannelsLast(x);
        return nn.functional.conv2d(x, weight, bias, _stride, _padding).MoveToOuterDisposeScope();
    }

    /// <summary>The same tensor with its channels last in memory; no copy where they are already.</summary>
    internal static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
