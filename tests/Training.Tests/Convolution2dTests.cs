using PixelPost.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public class Convolution2dTests
{
    public Convolution2dTests() => Native.LibTorch.Load();

    [Theory]
    [InlineData(48, 3, 3, 1, 1)]
    [InlineData(48, 4, 3, 1, 1)]
    [InlineData(3, 48, 3, 1, 1)]
    [InlineData(24, 24, 3, 1, 1)]
    [InlineData(40, 24, 3, 2, 1)]
    [InlineData(48, 48, 3, 2, 1)]
    [InlineData(8, 8, 1, 1, 0)]
    [InlineData(4, 64, 2, 2, 0)]
    [InlineData(16, 32, 3, 1, 1)]
    public void Forward_MemoryThatHeldNaN_OutputAndGradientsOfDoublePrecision(long inputs, long outputs, long kernel, long stride, long padding)
    {
        using var scope = NewDisposeScope();
        torch.manual_seed(1);
        using var layer = new Convolution2d(inputs, outputs, kernel, stride, padding);
        var weight = layer.get_parameter("weight")!;
        var bias = layer.get_parameter("bias")!;
        var x = randn([2, inputs, 32, 32], requires_grad: true);
        var (exactX, exactWeight, exactBias) = (Exact(x), Exact(weight), Exact(bias));
        var exact = nn.functional.conv2d(exactX, exactWeight, exactBias, [stride, stride], [padding, padding]);
        var direction = randn(exact.shape, ScalarType.Float64);
        (exact * direction).sum().backward();

        LeaveNaNInMemory();
        var y = layer.call(x);
        LeaveNaNInMemory();
        (y * direction.to(ScalarType.Float32)).sum().backward();

        AssertClose(exact, y, "output");
        AssertClose(exactX.grad!, x.grad!, "gradient of the input");
        AssertClose(exactWeight.grad!, weight.grad!, "gradient of the weight");
        AssertClose(exactBias.grad!, bias.grad!, "gradient of the bias");
    }

    private static Tensor Exact(Tensor tensor) => tensor.detach().to(ScalarType.Float64).requires_grad_(true);

    /// <summary>What is allocated next gets memory that holds NaN, as it may in a long run.</summary>
    private static void LeaveNaNInMemory()
    {
        var tensors = Enumerable.Range(6, 17).SelectMany(power => Enumerable.Range(0, 3).Select(_ => full([1L << power], float.NaN))).ToList();
        foreach (var tensor in tensors) tensor.Dispose();
    }

    private static void AssertClose(Tensor expected, Tensor actual, string what) =>
        Golden.AssertClose(expected.detach(), actual.detach(), what: what);
}
