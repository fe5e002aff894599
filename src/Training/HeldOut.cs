using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Implicit accuracy on pairs that are not trained on. Every measurement, in every job, uses the same noise at the same timesteps,
/// so numbers differ only because models do.
/// </summary>
internal sealed class HeldOut : IDisposable
{
    /// <summary>Timesteps at which a pair is measured.</summary>
    public const int Draws = 4;

    private const int AtOnce = 8;

    private readonly TrainingSet _data;
    private readonly NoiseSchedule _schedule;
    private readonly Dictionary<ImageShape, Tensor> _noise = []; // [draws, 1, C, h, w]
    private readonly Tensor? _referenceErrors;     // [draws, 2N]

    /// <param name="data">Its held-out pairs are measured.</param>
    /// <param name="model">Schedule.</param>
    /// <param name="reference">Where the objective has one: measured once, here.</param>
    public HeldOut(TrainingSet data, TextToImageModel model, Denoiser? reference)
    {
        (_data, _schedule) = (data, model.Schedule);
        foreach (var pairs in data.HeldOut.GroupBy(e => e.Shape))
        {
            using var generator = new Generator(0);
            _noise[pairs.Key] = randn([Draws, 1, .. data.LatentShape([pairs.First()])], generator: generator).DetachFromDisposeScope();
        }
        _referenceErrors = reference is null || data.HeldOut.Count == 0 ? null : Errors(reference).DetachFromDisposeScope();
    }

    /// <summary>Share of the pairs on which <paramref name="denoiser"/> agrees with the people; null when none are held out.</summary>
    public double? Accuracy(Denoiser denoiser)
    {
        if (_data.HeldOut.Count == 0) return null;
        using var scope = NewDisposeScope();
        var errors = Errors(denoiser);
        var margins = Losses.Margins(errors.transpose(0, 1), _referenceErrors?.transpose(0, 1)); // [N, draws]
        return Losses.Accuracy(margins.mean([1]));
    }

    public void Dispose()
    {
        foreach (var noise in _noise.Values) noise.Dispose();
        _referenceErrors?.Dispose();
    }

    /// <summary>[draws, 2N]: at evenly spread timesteps, the preferred images first.</summary>
    private Tensor Errors(Denoiser denoiser)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (chosen, rejected) = (new List<Tensor>(), new List<Tensor>());
        foreach (var pairs in _data.HeldOut.GroupBy(e => e.Shape).SelectMany(g => g.Chunk(AtOnce)))
        {
            using var inner = NewDisposeScope();
            var ofDraw = Enumerable.Range(0, Draws).Select(draw =>
            {
                var timestep = (2 * draw + 1) * _schedule.Length / (2 * Draws);
                var timesteps = full([pairs.Length], timestep, dtype: ScalarType.Int64);
                return new NoisyBatch(_data, pairs, _noise[pairs[0].Shape][draw].expand(pairs.Length, -1, -1, -1), timesteps, new bool[pairs.Length], _schedule, null).Errors(denoiser).Latent;
            });
            var halves = stack(ofDraw.ToArray()).chunk(2, 1);
            chosen.Add(halves[0].MoveToOuterDisposeScope());
            rejected.Add(halves[1].MoveToOuterDisposeScope());
        }
        return cat([.. chosen, .. rejected], 1).MoveToOuterDisposeScope();
    }
}
