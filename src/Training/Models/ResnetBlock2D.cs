using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>Two normalised 3×3 convolutions beside a skip connection, with the timestep added between where there is one.</summary>
/// <remarks>diffusers 0.27 <c>ResnetBlock2D</c> with <c>time_embedding_norm="default"</c>.</remarks>
internal sealed class ResnetBlock2D : nn.Module
{
    private readonly GroupNorm2d norm1, norm2;
    private readonly Convolution2d conv1, conv2;
    private readonly Convolution2d? conv_shortcut;
    private readonly Linear? time_emb_proj;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="groups">Groups of the norms.</param>
    /// <param name="epsilon">Of the norms.</param>
    /// <param name="timeWidth">Channels of the timestep embedding; null without one.</param>
    public ResnetBlock2D(int inputs, int outputs, int groups, double epsilon, int? timeWidth = null) : base(nameof(ResnetBlock2D))
    {
        norm1 = new GroupNorm2d(groups, inputs, epsilon);
        conv1 = new Convolution2d(inputs, outputs, 3, padding: 1);
        if (timeWidth is { } width) time_emb_proj = nn.Linear(width, outputs);
        norm2 = new GroupNorm2d(groups, outputs, epsilon);
        conv2 = new Convolution2d(outputs, outputs, 3, padding: 1);
        if (inputs != outputs) conv_shortcut = new Convolution2d(inputs, outputs, 1);
        RegisterComponents();
    }

    /// <param name="x">[B, inputs, H, W].</param>
    /// <param name="time">[B, timeWidth]; null without one.</param>
    /// <param name="checkpointed">Whether it is computed again in the backward pass.</param>
    /// <param name="statistics">Of the norms; null for their own.</param>
    /// <returns>[B, outputs, H, W].</returns>
    public Tensor call(Tensor x, Tensor? time = null, bool checkpointed = false, GroupStatistics? statistics = null) =>
        Checkpointed.Call(checkpointed, inputs => Computed(inputs[0], inputs[1], statistics), x, time);

    private Tensor Computed(Tensor x, Tensor? time, GroupStatistics? statistics)
    {
        using var scope = NewDisposeScope();
        var inner = conv1.call(nn.functional.silu(norm1.call(x, statistics)));
        if (time_emb_proj is not null)
            inner += time_emb_proj.call(nn.functional.silu(time!)).unsqueeze(-1).unsqueeze(-1);
        inner = conv2.call(nn.functional.silu(norm2.call(inner, statistics)));
        return ((conv_shortcut is null ? x : conv_shortcut.call(x)) + inner).MoveToOuterDisposeScope();
    }
}

/// <summary>Halves height and width by a convolution: [B, C, H, W] to [B, C, H/2, W/2].</summary>
/// <remarks>diffusers 0.27 <c>Downsample2D</c>.</remarks>
internal sealed class Downsample2D : nn.Module<Tensor, Tensor>
{
    private readonly Convolution2d conv;
    private readonly bool _symmetric;

    /// <param name="channels">Channels.</param>
    /// <param name="symmetric">Whether there is a zero on every side (U-Net), or on the right and below only (autoencoder).</param>
    public Downsample2D(int channels, bool symmetric) : base(nameof(Downsample2D))
    {
        _symmetric = symmetric;
        conv = new Convolution2d(channels, channels, 3, stride: 2, padding: symmetric ? 1 : 0);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return conv.call(_symmetric ? x : nn.functional.pad(x, [0, 1, 0, 1])).MoveToOuterDisposeScope();
    }
}

/// <summary>Repeats pixels, then a convolution: [B, C, H, W] to [B, C, height, width].</summary>
/// <remarks>diffusers 0.27 <c>Upsample2D</c>.</remarks>
internal sealed class Upsample2D : nn.Module
{
    private readonly Convolution2d conv;

    public Upsample2D(int channels) : base(nameof(Upsample2D))
    {
        conv = new Convolution2d(channels, channels, 3, padding: 1);
        RegisterComponents();
    }

    /// <param name="x">[B, C, H, W].</param>
    /// <param name="height">Of the result: 2H, or one less where an odd size was halved.</param>
    /// <param name="width">Of the result.</param>
    public Tensor call(Tensor x, long height, long width)
    {
        using var scope = NewDisposeScope();
        return conv.call(nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Nearest)).MoveToOuterDisposeScope();
    }
}
