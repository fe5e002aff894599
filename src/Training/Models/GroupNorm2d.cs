using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>
/// <c>GroupNorm</c> as PyTorch's, starting at weight 1 and bias 0: [B, C, …] to the same shape. TorchSharp's own (0.107) leaves both
/// as whatever was in memory.
/// </summary>
internal sealed class GroupNorm2d : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;
    private readonly int _groups;
    private readonly double _epsilon;

    /// <param name="groups">Groups of channels; divides <paramref name="channels"/>.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public GroupNorm2d(int groups, int channels, double epsilon) : base(nameof(GroupNorm2d))
    {
        if (channels % groups != 0)
            throw new BadJobException($"norm_num_groups is {groups}, which does not divide a layer of {channels} channels.");
        (_groups, _epsilon) = (groups, epsilon);
        weight = nn.Parameter(ones(channels));
        bias = nn.Parameter(zeros(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => nn.functional.group_norm(x, _groups, weight, bias, _epsilon);

    /// <summary>The same with statistics of an earlier pass in place of its own, or with its own noted.</summary>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="statistics">Null for the norm as it is.</param>
    public Tensor call(Tensor x, GroupStatistics? statistics)
    {
        if (statistics is null) return call(x);
        using var scope = NewDisposeScope();
        if (statistics.IsRecording)
        {
            var grouped = x.reshape(x.shape[0], _groups, -1);
            statistics.Note(this, grouped.mean([2]), (grouped.var(2, unbiased: false) + _epsilon).rsqrt());
            return call(x).MoveToOuterDisposeScope();
        }
        var (mean, inverse) = statistics.Of(this);
        var scale = ByChannel(inverse, x) * weight.reshape(1, -1, 1, 1);
        return addcmul(bias.reshape(1, -1, 1, 1) - ByChannel(mean, x) * scale, x, scale, 1).MoveToOuterDisposeScope();
    }

    private Tensor ByChannel(Tensor ofGroups, Tensor x) => ofGroups.repeat_interleave(x.shape[1] / _groups, 1).unsqueeze(-1).unsqueeze(-1);
}
