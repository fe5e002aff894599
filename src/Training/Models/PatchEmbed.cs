using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>Latents cut into patches, one token each, plus fixed sine-cosine positions.</summary>
/// <remarks>diffusers 0.27 <c>PatchEmbed</c>: positions are scaled so that an image of any size spans the one it was made for.</remarks>
internal sealed class PatchEmbed : nn.Module<Tensor, Tensor>
{
    private readonly Convolution2d proj;
    private readonly int _width, _baseSize;
    private readonly double _interpolation;
    private Tensor? _positions;
    private (long, long) _grid;

    /// <param name="channels">Channels of a latent.</param>
    /// <param name="width">Channels of a token; a multiple of 4.</param>
    /// <param name="patchSize">Side of a patch, in latents.</param>
    /// <param name="sampleSize">Side of the latent it is made for.</param>
    /// <param name="interpolation">Divides positions.</param>
    public PatchEmbed(int channels, int width, int patchSize, int sampleSize, double interpolation) : base(nameof(PatchEmbed))
    {
        (_width, _baseSize, _interpolation) = (width, sampleSize / patchSize, interpolation);
        proj = new Convolution2d(channels, width, patchSize, stride: patchSize);
        RegisterComponents();
    }

    /// <param name="latents">[B, C, H, W]; sides are multiples of the patch.</param>
    /// <returns>[B, tokens, width], row by row.</returns>
    public override Tensor forward(Tensor latents)
    {
        var x = proj.call(latents);
        var grid = (x.shape[2], x.shape[3]);
        if (_positions is null || _grid != grid || _positions.device != x.device)
        {
            _positions?.Dispose();
            _positions = Positions(grid.Item1, grid.Item2).to(x.device).DetachFromDisposeScope();
            _grid = grid;
        }
        return x.flatten(2).transpose(1, 2) + _positions.to(proj.Dtype);
    }

    // the first half of the channels encodes the column, the second the row
    private Tensor Positions(long rows, long columns)
    {
        var y = arange(rows, dtype: float64) / ((double)rows / _baseSize) / _interpolation;
        var x = arange(columns, dtype: float64) / ((double)columns / _baseSize) / _interpolation;
        var half = Waves(x).unsqueeze(0).expand(rows, columns, _width / 2);
        var other = Waves(y).unsqueeze(1).expand(rows, columns, _width / 2);
        return cat([half, other], 2).reshape(1, rows * columns, _width).to(float32);
    }

    private Tensor Waves(Tensor positions)
    {
        var quarter = _width / 4;
        var omega = pow(10_000.0, -arange(quarter, dtype: float64) / quarter);
        var angles = positions.unsqueeze(1) * omega.unsqueeze(0);
        return cat([sin(angles), cos(angles)], 1);
    }
}

/// <summary>The way back from tokens to latents.</summary>
internal static class Patches
{
    /// <param name="tokens">[B, rows · columns, patch² · C], the channel last in a token.</param>
    /// <param name="rows">Patches from top to bottom.</param>
    /// <param name="columns">Patches from left to right.</param>
    /// <param name="patchSize">Side of a patch, in latents.</param>
    /// <returns>[B, C, rows · patch, columns · patch].</returns>
    public static Tensor Joined(Tensor tokens, long rows, long columns, int patchSize) => tokens
        .reshape(tokens.shape[0], rows, columns, patchSize, patchSize, -1)
        .permute(0, 5, 1, 3, 2, 4)
        .reshape(tokens.shape[0], -1, rows * patchSize, columns * patchSize);
}
