using static TorchSharp.torch;

namespace PixelPost.Training.Metrics;

/// <summary>
/// How much of a picture is coarse and how much is fine: S(r) = 10 · log₁₀(mean of |F|² / side² over the frequencies of radius r, + 1/12)
/// in dB, F being the discrete Fourier transform of the brightness in 0..255 and 1/12 the power that rounding to whole
/// numbers has at every frequency, so that flat pictures have a level too.
/// </summary>
/// <remarks>Radial average as in Durall et al. (2020), arXiv 2003.01826, section 3.2; radii are rounded to whole cycles per picture.</remarks>
public static class PowerSpectrum
{
    private const double RoundingPower = 1.0 / 12;

    /// <summary>S(r) of each picture for r = 0, 1, … side / 2: [N, side / 2 + 1] float64.</summary>
    /// <param name="bytes">[N, 3, side, side] bytes.</param>
    public static Tensor Profiles(Tensor bytes)
    {
        if (bytes.shape[2] != bytes.shape[3]) throw new ArgumentException($"Pictures are {bytes.shape[3]} × {bytes.shape[2]} pixels; they must be square.");
        using var scope = NewDisposeScope();
        var side = bytes.shape[2];
        var power = fft.fft2(Luma.Of(bytes)).abs().square().flatten(1) / (side * side);   // [N, side²]
        return (10 * log10(mm(power, Rings(side)) + RoundingPower)).MoveToOuterDisposeScope();
    }

    /// <summary>√ of the mean squared difference of two profiles over the finer half, r ≥ side / 4, in dB.</summary>
    /// <param name="first">[…, side / 2 + 1].</param>
    /// <param name="second">The same shape.</param>
    /// <returns>[…].</returns>
    public static Tensor HighFrequencyDistance(Tensor first, Tensor second)
    {
        var radii = first.shape[^1];
        var from = (radii - 1) / 2;
        return (first - second).narrow(-1, from, radii - from).square().mean([-1]).sqrt();
    }

    /// <summary>Averages over the frequencies of each radius, [side², side / 2 + 1]; corners, of which no whole ring exists, are left out.</summary>
    private static Tensor Rings(long side)
    {
        var frequencies = fft.fftfreq(side, 1.0 / side, dtype: ScalarType.Float64);
        var radius = (frequencies.square().unsqueeze(1) + frequencies.square().unsqueeze(0)).sqrt().round().flatten();
        var member = radius.unsqueeze(1).eq(arange(0, side / 2 + 1, ScalarType.Float64).unsqueeze(0)).to(ScalarType.Float64);
        return member / member.sum(0, keepdim: true);
    }
}
