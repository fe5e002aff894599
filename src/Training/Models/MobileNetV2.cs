using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>
/// MobileNetV2 without its classifier, frozen: pictures to the average of its last activations, a place for each picture where similar
/// ones are near. Read from a TensorFlow.js layers model with Keras' names.
/// </summary>
/// <remarks>
/// Sandler et al. (2018), arXiv 1801.04381, Table 2. Keras' batch normalisation has ε = 0.001 and is folded into the convolution before it;
/// strided convolutions pad below and on the right alone, as TensorFlow does with sides that are even.
/// </remarks>
public sealed class MobileNetV2 : IDisposable
{
    /// <summary>Side that pictures are scaled to, in pixels.</summary>
    public const int InputSize = 224;

    private const double BatchNormEpsilon = 0.001;
    private const int AtOnce = 16;

    // blocks of the paper's table, and whether the first of each halves the picture
    private static readonly (int Blocks, bool Halves)[] Stages = [(1, false), (2, true), (3, true), (4, true), (3, false), (3, true), (1, false)];

    private readonly Convolution _first, _last;
    private readonly List<Block> _blocks = [];

    private MobileNetV2(Dictionary<string, Tensor> weights)
    {
        _first = new Convolution(weights, "Conv1", "bn_Conv1", stride: 2);
        foreach (var (blocks, halves) in Stages)
        {
            for (var i = 0; i < blocks; i++)
            {
                var name = _blocks.Count == 0 ? "expanded_conv" : FormattableString.Invariant($"block_{_blocks.Count}");
                _blocks.Add(new Block(
                    _blocks.Count == 0 ? null : new Convolution(weights, $"{name}_expand"),
                    new Convolution(weights, $"{name}_depthwise", stride: halves && i == 0 ? 2 : 1),
                    new Convolution(weights, $"{name}_project"),
                    IsResidual: i > 0));
            }
        }
        _last = new Convolution(weights, "Conv_1", "Conv_1_bn");
    }

    /// <summary>Reads the network from a folder as <c>data/fetch-features.sh</c> makes it.</summary>
    /// <exception cref="BadJobException">The folder does not hold a MobileNetV2.</exception>
    public static MobileNetV2 Load(string folder)
    {
        using var scope = NewDisposeScope();
        try
        {
            return new MobileNetV2(LayersModel.Read(folder));
        }
        catch (KeyNotFoundException problem)
        {
            throw new BadJobException($"The network in '{folder}' is not a MobileNetV2: {problem.Message}", problem);
        }
    }

    /// <summary>Features of pictures, [N, 1280].</summary>
    /// <param name="bytes">[N, 3, H, W] bytes; scaled to 224 × 224 (bilinear) and to 0..1.</param>
    public Tensor Features(Tensor bytes)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return cat(bytes.split(AtOnce).Select(some =>
        {
            using var inner = NewDisposeScope();
            var scaled = nn.functional.interpolate(some.to(ScalarType.Float32) / 255, [InputSize, InputSize], mode: InterpolationMode.Bilinear, align_corners: false);
            return Activations(scaled).mean([2, 3]).MoveToOuterDisposeScope();
        }).ToArray()).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _first.Dispose();
        _last.Dispose();
    }

    private Tensor Activations(Tensor x)
    {
        x = Relu6(_first.Apply(x));
        foreach (var block in _blocks) x = block.Apply(x);
        return Relu6(_last.Apply(x));
    }

    private static Tensor Relu6(Tensor x) => x.clamp(0, 6);

    /// <summary>Inverted residual: widen (but for the first block), filter each channel, narrow without activation.</summary>
    private sealed record Block(Convolution? Expand, Convolution Depthwise, Convolution Project, bool IsResidual) : IDisposable
    {
        public Tensor Apply(Tensor x)
        {
            var wide = Expand is null ? x : Relu6(Expand.Apply(x));
            var narrow = Project.Apply(Relu6(Depthwise.Apply(wide)));
            return IsResidual ? x + narrow : narrow;
        }

        public void Dispose()
        {
            Expand?.Dispose();
            Depthwise.Dispose();
            Project.Dispose();
        }
    }

    /// <summary>A convolution with the batch normalisation after it in its weights.</summary>
    private sealed class Convolution : IDisposable
    {
        private readonly Tensor _weight, _bias;
        private readonly int _stride;
        private readonly long _groups;

        public Convolution(Dictionary<string, Tensor> weights, string name, string? normalisation = null, int stride = 1)
        {
            using var scope = NewDisposeScope();
            normalisation ??= $"{name}_BN";
            _stride = stride;
            // Keras keeps kernels as height, width, in, out; those of single channels as height, width, channel, 1
            var isDepthwise = weights.TryGetValue($"{name}/depthwise_kernel", out var kernel);
            kernel = isDepthwise ? kernel!.permute(2, 3, 0, 1) : weights[$"{name}/kernel"].permute(3, 2, 0, 1);
            var scale = weights[$"{normalisation}/gamma"] / (weights[$"{normalisation}/moving_variance"] + BatchNormEpsilon).sqrt();
            _weight = (kernel * scale.reshape(-1, 1, 1, 1)).contiguous().DetachFromDisposeScope();
            _bias = (weights[$"{normalisation}/beta"] - weights[$"{normalisation}/moving_mean"] * scale).DetachFromDisposeScope();
            _groups = isDepthwise ? _weight.shape[0] : 1;
        }

        public Tensor Apply(Tensor x)
        {
            var side = _weight.shape[2];
            var before = _stride == 1 ? side / 2 : 0;
            if (side > 1) x = nn.functional.pad(x, [before, side / 2, before, side / 2]);
            // channels last for the same reason as in Convolution2d
            var channelsLast = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
            return nn.functional.conv2d(channelsLast, _weight, _bias, [_stride, _stride], groups: _groups);
        }

        public void Dispose()
        {
            _weight.Dispose();
            _bias.Dispose();
        }
    }
}
