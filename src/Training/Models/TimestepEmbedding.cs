using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>Sinusoidal timesteps through two linear layers.</summary>
/// <remarks>diffusers 0.27 <c>Timesteps(256, flip_sin_to_cos=True)</c> and <c>TimestepEmbedding</c>.</remarks>
internal sealed class TimestepEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Linear linear_1, linear_2;
    private readonly int _channels, _shift;

    /// <param name="channels">Sinusoids, even.</param>
    /// <param name="width">Channels of the output.</param>
    /// <param name="shift">Subtracted from half the sinusoids where frequencies are spread: 0, or 1 in DiT.</param>
    public TimestepEmbedding(int channels, int width, int shift = 0) : base(nameof(TimestepEmbedding))
    {
        (_channels, _shift) = (channels, shift);
        linear_1 = nn.Linear(channels, width);
        linear_2 = nn.Linear(width, width);
        RegisterComponents();
    }

    /// <param name="timesteps">[B], in training timesteps; any number type.</param>
    /// <returns>[B, width].</returns>
    public override Tensor forward(Tensor timesteps) =>
        Project(Sinusoids(timesteps, _channels, _shift));

    /// <summary>The two layers alone: [B, channels] to [B, width].</summary>
    public Tensor Project(Tensor sinusoids) => linear_2.call(nn.functional.silu(linear_1.call(sinusoids.to(linear_1.weight.dtype))));

    /// <summary>cos and sin of t · 10000^(−i/(half − shift)), cosines first: [B, channels].</summary>
    internal static Tensor Sinusoids(Tensor timesteps, int channels, int shift = 0)
    {
        var half = channels / 2;
        // in the reference's order: at an angle of 1000 one rounding of the frequency is an error of 6e-5
        var frequencies = exp(-Math.Log(10_000) * arange(half, dtype: float32, device: timesteps.device) / (half - shift));
        var angles = timesteps.to(float32).unsqueeze(1) * frequencies.unsqueeze(0);
        return cat([cos(angles), sin(angles)], 1);
    }
}
