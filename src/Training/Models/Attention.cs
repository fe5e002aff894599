using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>Multi-head attention of the diffusers blocks: self-attention, or over a second sequence.</summary>
/// <remarks>diffusers 0.27 <c>Attention</c> without group norm, added projections or bias variants.</remarks>
internal sealed class Attention : nn.Module
{
    private readonly Linear to_q, to_k, to_v;
    private readonly Sequential to_out;
    private readonly int _heads;

    /// <param name="width">Channels in and out.</param>
    /// <param name="contextWidth">Channels of the sequence attended to.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="headDimension">Channels per head.</param>
    /// <param name="bias">Whether queries, keys and values have a bias; the output always has one.</param>
    public Attention(int width, int contextWidth, int heads, int headDimension, bool bias) : base(nameof(Attention))
    {
        _heads = heads;
        var inner = heads * headDimension;
        to_q = nn.Linear(width, inner, hasBias: bias);
        to_k = nn.Linear(contextWidth, inner, hasBias: bias);
        to_v = nn.Linear(contextWidth, inner, hasBias: bias);
        to_out = nn.Sequential(("0", nn.Linear(inner, width)));
        RegisterComponents();
    }

    /// <param name="x">[B, T, width].</param>
    /// <param name="context">[B, S, contextWidth]; the sequence itself for self-attention.</param>
    /// <param name="mask">Added to the scores, broadcast to [B, heads, T, S]; null for none.</param>
    /// <returns>[B, T, width].</returns>
    public Tensor call(Tensor x, Tensor context, Tensor? mask = null)
    {
        var attended = Attend(Heads(to_q.call(x)), Heads(to_k.call(context)), Heads(to_v.call(context)), mask);
        return to_out.call(attended.transpose(1, 2).flatten(2));
    }

    // In bfloat16 on the CPU two matrix products and a softmax take a quarter of the time of libtorch's fused kernel; in float32 it is the faster.
    private static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        if (query.dtype != ScalarType.BFloat16 || query.device.type != DeviceType.CPU)
            return nn.functional.scaled_dot_product_attention(query, key, value, mask);
        var (batch, heads, width) = (query.shape[0], query.shape[1], query.shape[3]);
        Tensor Stacked(Tensor x) => x.reshape(batch * heads, -1, width); // [B · heads, T, C / heads]
        var scores = bmm(Stacked(query / Math.Sqrt(width)), Stacked(key).transpose(1, 2)).reshape(batch, heads, query.shape[2], -1);
        var weights = nn.functional.softmax(mask is null ? scores : scores + mask, -1).to(value.dtype);
        return bmm(weights.reshape(batch * heads, query.shape[2], -1), Stacked(value)).reshape(batch, heads, -1, width);
    }

    // [B, T, C] -> [B, heads, T, C / heads]
    private Tensor Heads(Tensor x) => x.reshape(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
}

/// <summary>Two linear layers with a GELU between, four times as wide inside.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Sequential net;

    public FeedForward(int width) : base(nameof(FeedForward))
    {
        net = nn.Sequential(("0", new ApproximateGelu(width, 4 * width)), ("2", nn.Linear(4 * width, width)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => net.call(x);
}

/// <summary>A linear layer and the tanh approximation of GELU.</summary>
internal sealed class ApproximateGelu : nn.Module<Tensor, Tensor>
{
    private readonly Linear proj;

    public ApproximateGelu(int width, int inner) : base(nameof(ApproximateGelu))
    {
        proj = nn.Linear(width, inner);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => nn.functional.gelu(proj.call(x), TorchSharp.Modules.GELU.Approximate.tanh);
}
