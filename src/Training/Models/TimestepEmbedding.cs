using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>Sinusoidal timesteps through two linear layers.</summary>
/// <remarks>diffusers 0.27 <c>Timesteps(256, flip_sin_to_cos=True, downscale_freq_shift=0)</c> and <c>TimestepEmbedding</c>.</remarks>
internal sealed class TimestepEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Linear linear_1, linear_2;
    private readonly int _channels;

    public TimestepEmbedding(int channels, int width) : base(nameof(TimestepEmbedding))
    {
        _channels = channels;
        linear_1 = nn.Linear(channels, width);
        linear_2 = nn.Linear(width, width);
        RegisterComponents();
    }

    /// <param name="timesteps">[B], in training timesteps; any number type.</param>
    /// <returns>[B, width].</returns>
    public override Tensor forward(Tensor timesteps) =>
        Project(Sinusoids(timesteps, _channels));

    /// <summary>The two layers alone: [B, channels] to [B, width].</summary>
    public Tensor Project(Tensor sinusoids) => linear_2.call(nn.functional.silu(linear_1.call(sinusoids.to(linear_1.weight.dtype))));

    /// <summary>cos and sin of t · 10000^(−i/half), cosines first: [B, channels].</summary>
    internal static Tensor Sinusoids(Tensor timesteps, int channels)
    {
        var half = channels / 2;
        var frequencies = exp(arange(half, dtype: float32, device: timesteps.device) * (-Math.Log(10_000) / half));
        var angles = timesteps.to(float32).unsqueeze(1) * frequencies.unsqueeze(0);
        return cat([cos(angles), sin(angles)], 1);
    }
}
