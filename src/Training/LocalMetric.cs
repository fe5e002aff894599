using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Pixel errors without a decoder: the difference of two decodings, taken for a linear map of the difference of their latents that is the same everywhere
/// in an image. It costs one convolution of the latent.
/// </summary>
/// <remarks>
/// The two sides of Eq. 2 of arXiv 2409.17565 differ by δ = √(1−ᾱ)(ε_θ − ε) in the latent, so that the pixel error is about ‖J δ‖² with the decoder's
/// Jacobian J. Here J is one kernel for each part of the noise schedule, fitted by ridge regression to a decoder's differences, and then made so long that
/// its errors are as large as the decoder's on average: what varies from image to image the regression takes for nothing.
/// </remarks>
internal sealed class LocalMetric : IDisposable
{
    /// <summary>Cells of the latent, in each direction, that a cell's pixels are taken to depend on.</summary>
    public const int Side = 5;

    private const int Bands = 4;          // of the noise schedule
    private const double Ridge = 1e-4;    // of the mean square of the features
    private const string Kernels = "kernels";

    private readonly Tensor _kernels; // [Bands, M, C, Side, Side], the sum over M of whose squares is the mean over a cell's pixels
    private readonly int _steps;

    private LocalMetric(Tensor kernels, int steps) => (_kernels, _steps) = (kernels.DetachFromDisposeScope(), steps);

    /// <summary>Mean squared difference in pixels, as <see cref="Losses.Error"/> gives it of two decodings.</summary>
    /// <param name="difference">Of the latents that are decoded, [B, C, h, w] scaled.</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B].</returns>
    public Tensor Errors(Tensor difference, Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        var bands = Band(timesteps, _steps).cpu().data<long>().ToArray();
        var errors = zeros(difference.shape[0], dtype: difference.dtype, device: difference.device);
        foreach (var band in bands.Distinct())
        {
            var rows = tensor(bands.Index().Where(row => row.Item == band).Select(row => (long)row.Index).ToArray(), device: difference.device);
            var pixels = nn.functional.conv2d(Last(difference.index_select(0, rows)), _kernels[band], padding: [Side / 2, Side / 2]).to(difference.dtype); // not bfloat16
            errors = errors.index_add(0, rows, pixels.square().sum(1).mean([1, 2]), 1);
        }
        return errors.MoveToOuterDisposeScope();
    }

    /// <summary>Fits it to what a decoder makes of a network's errors.</summary>
    /// <param name="pixels">Decodes.</param>
    /// <param name="steps">Of the whole noise schedule.</param>
    /// <param name="compression">f, pixels per cell.</param>
    /// <param name="batches">Latents, noise, timesteps, noisy latents and the network's output, from all parts of the schedule.</param>
    public static LocalMetric Fit(PixelDecoder pixels, int steps, int compression, IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> batches)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (squares, products, lengths) = (new Tensor?[Bands], new Tensor?[Bands], new Tensor?[Bands]); // XᵀX, XᵀY and the sum of Y²
        var channels = 0L;
        foreach (var (latents, noise, timesteps, noisy, output) in batches)
        {
            using var inner = NewDisposeScope();
            channels = latents.shape[1];
            var truth = pixels.Target(latents, noise, timesteps);
            var difference = nn.functional.pixel_unshuffle(pixels.Predicted(latents, output, noisy, timesteps) - truth, compression).flatten(2); // [B, 3f², hw]
            var patches = nn.functional.unfold(pixels.Difference(latents, noise, output, noisy, timesteps), Side, padding: Side / 2); // [B, C·Side², hw]
            var bands = Band(timesteps, steps).cpu().data<long>().ToArray();
            for (var i = 0; i < bands.Length; i++)
            {
                // every example counts alike, however large its error is
                var weight = 1 / difference[i].square().mean().clamp_min(1e-12);
                var (x, y) = (patches[i].to(float64), difference[i].to(float64));
                Add(squares, bands[i], (weight * x).mm(x.t()));
                Add(products, bands[i], (weight * x).mm(y.t()));
                Add(lengths, bands[i], weight * y.square().sum());
            }
        }
        return new LocalMetric(stack(Enumerable.Range(0, Bands).Select(band => Kernel(Nearest(squares, band), Nearest(products, band), Nearest(lengths, band), channels)).ToArray()), steps);
    }

    /// <summary>Goes on with one that was fitted.</summary>
    public static LocalMetric Read(string file, int steps, Device device)
    {
        using var scope = NewDisposeScope();
        return new LocalMetric(Safetensors.Read(file)[Kernels].to(device), steps);
    }

    /// <summary>Keeps it for runs that go on.</summary>
    public void Write(string file) => Safetensors.Write(file, new Dictionary<string, Tensor> { [Kernels] = _kernels });

    public void Dispose() => _kernels.Dispose();

    // with channels first some processors compute wrong gradients (docs/decisions/0004)
    private static Tensor Last(Tensor x) => x.device.type == DeviceType.CPU ? Convolution2d.ChannelsLast(x) : x;

    private static Tensor Band(Tensor timesteps, int steps) => (timesteps * Bands).div(steps, rounding_mode: RoundingMode.floor).to(int64);

    private static void Add(Tensor?[] sums, long band, Tensor part)
    {
        if (sums[band] is { } sum) sum.add_(part);
        else sums[band] = part.MoveToOuterDisposeScope();
    }

    /// <summary>Of a part of the schedule that no example was in, those of the nearest that some were in.</summary>
    private static Tensor Nearest(Tensor?[] sums, int band) => sums.Index().Where(sum => sum.Item is not null).MinBy(sum => Math.Abs(sum.Index - band)).Item!;

    private static Tensor Kernel(Tensor squares, Tensor products, Tensor length, long channels)
    {
        var features = squares.shape[0];
        var ridge = Ridge * squares.trace() / features * eye(features, dtype: float64, device: squares.device);
        var map = linalg.solve(squares + ridge, products).t(); // [3·f², C·Side²]
        map *= (length / (map.mm(squares) * map).sum()).sqrt();
        // a triangle of the same length for every difference has no more rows than are needed
        return (linalg.qr(map).R / Math.Sqrt(map.shape[0])).reshape(-1, channels, Side, Side).to(float32);
    }
}
