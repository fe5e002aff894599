using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// The thin matrices that are trained in place of a denoiser's weights: each target computes W x + (alpha / rank) · B (A x), with
/// A drawn uniformly from ±1/√inputs (Kaiming's bound for a = √5) and B zero, so that the network begins as it is.
/// </summary>
/// <remarks>Hu et al. (2021), arXiv 2106.09685; initial values and names of targets as in peft. The module's parameters are the A and B alone.</remarks>
public sealed class LoraAdapters : nn.Module
{
    private readonly Denoiser _denoiser;
    private readonly double _alpha;
    private readonly List<string> _targets = [];
    private readonly List<Action> _removals = [];
    private bool _off;

    /// <summary>Adapts a network in place, until this is disposed.</summary>
    /// <param name="denoiser">Its weights stay as they are and get no gradients any more.</param>
    /// <param name="targets">Names, or ends of names, of linear layers and 1×1 convolutions.</param>
    /// <param name="rank">Rows of A.</param>
    /// <param name="alpha">Numerator of the factor alpha / rank.</param>
    /// <param name="generator">The A are drawn from it, in the order of the network's layers.</param>
    /// <exception cref="BadJobException">A target is not there or is another kind of layer.</exception>
    public LoraAdapters(Denoiser denoiser, IReadOnlyList<string> targets, int rank, double alpha, Generator generator) : base(nameof(LoraAdapters))
    {
        (_denoiser, _alpha) = (denoiser, alpha);
        var layers = denoiser.named_modules().Where(m => IsLinear(m.module)).Select(m => (m.name, layer: (nn.Module<Tensor, Tensor>)m.module)).ToList();
        bool Fits(string name, string target) => name == target || name.EndsWith('.' + target, StringComparison.Ordinal);
        if (targets.FirstOrDefault(target => !layers.Any(l => Fits(l.name, target))) is { } missing)
            throw new BadJobException($"job.json: training.lora_targets names '{missing}', and the denoiser has no linear layer or 1×1 convolution of that name; it has {string.Join(", ", layers.Select(l => ShortName(l.name)).Distinct().Order(StringComparer.Ordinal))}.");

        foreach (var parameter in denoiser.parameters()) parameter.requires_grad = false;
        foreach (var (name, layer) in layers.Where(l => targets.Any(target => Fits(l.name, target)))) Adapt(name, layer, rank, generator);
    }

    /// <summary>The network without the adapters: what it was at the start. It shares all its memory with the adapted one.</summary>
    public Denoiser Base() => new BaseDenoiser(this);

    /// <summary>The pairs of matrices by the layer they adapt.</summary>
    /// <param name="values">Under the names of this module's parameters: they themselves, or a moving average of them.</param>
    public IReadOnlyDictionary<string, LoraPair> Pairs(IReadOnlyDictionary<string, Tensor> values) =>
        _targets.ToDictionary(name => name, name => new LoraPair(values[NameOfA(name)], values[NameOfB(name)], _alpha), StringComparer.Ordinal);

    /// <summary>Every weight of the network, the adapted ones with their change: W + (alpha / rank) · B A.</summary>
    /// <inheritdoc cref="Pairs" path="/param"/>
    public Dictionary<string, Tensor> Merged(IReadOnlyDictionary<string, Tensor> values)
    {
        using var noGrad = no_grad();
        var weights = WeightLoader.Collect(_denoiser);
        foreach (var (name, pair) in Pairs(values)) weights[$"{name}.weight"] = pair.AddedTo(weights[$"{name}.weight"]);
        return weights;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var remove in _removals) remove();
        _removals.Clear();
        base.Dispose(disposing);
    }

    private void Adapt(string name, nn.Module<Tensor, Tensor> layer, int rank, Generator generator)
    {
        var weight = layer.get_parameter("weight")!;
        var (outputs, inputs) = (weight.shape[0], weight.shape[1]);
        var isConvolution = weight.dim() == 4;
        // drawn on the CPU, so that all devices begin with the same numbers
        var a = nn.Parameter(((2 * rand([rank, inputs], generator: generator) - 1) / Math.Sqrt(inputs)).to(weight.device));
        var b = nn.Parameter(zeros(outputs, rank, device: weight.device));
        register_parameter(NameOfA(name), a);
        register_parameter(NameOfB(name), b);
        _targets.Add(name);

        var hook = layer.register_forward_hook((_, x, output) =>
        {
            if (_off) return output;
            var change = nn.functional.linear(nn.functional.linear(isConvolution ? x.permute(0, 2, 3, 1) : x, a), b) * (_alpha / rank);
            return output + (isConvolution ? change.permute(0, 3, 1, 2) : change);
        });
        _removals.Add(hook.remove);
    }

    private static bool IsLinear(nn.Module module) => module switch
    {
        TorchSharp.Modules.Linear => true,
        Convolution2d convolution => convolution.get_parameter("weight")!.shape is [_, _, 1, 1],
        _ => false,
    };

    private static string NameOfA(string target) => target + ".lora_A.weight";

    private static string NameOfB(string target) => target + ".lora_B.weight";

    /// <summary>What a layer is called within its block: <c>to_q</c>, <c>to_out.0</c>.</summary>
    private static string ShortName(string name)
    {
        var parts = name.Split('.');
        return string.Join('.', parts[(char.IsAsciiDigit(parts[^1][0]) && parts.Length > 1 ? ^2 : ^1)..]);
    }

    private sealed class BaseDenoiser(LoraAdapters adapters) : Denoiser(nameof(BaseDenoiser))
    {
        public override int LatentChannels => adapters._denoiser.LatentChannels;

        public override int SampleSize => adapters._denoiser.SampleSize;

        public override Tensor Predict(Tensor noisyLatents, Tensor timesteps, Conditioning conditioning)
        {
            adapters._off = true;
            try
            {
                return adapters._denoiser.Predict(noisyLatents, timesteps, conditioning);
            }
            finally
            {
                adapters._off = false;
            }
        }
    }
}
