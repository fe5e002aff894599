using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>What a network makes of noisy latents: where its errors lie is what pixel terms are measured on.</summary>
internal static class NetworkErrors
{
    /// <summary>Batches of a part of the schedule: latents, noise, timesteps, noisy latents and the network's output. Of pairs the preferred image is taken.</summary>
    /// <param name="learner">The network.</param>
    /// <param name="data">Latents and texts.</param>
    /// <param name="examples">In turn; a batch has images of one shape.</param>
    /// <param name="generator">Of noise and timesteps.</param>
    /// <param name="from">First timestep.</param>
    /// <param name="until">The one after the last.</param>
    /// <param name="draws">In all.</param>
    /// <param name="batchSize">At most.</param>
    public static IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> Of(
        Learner learner, TrainingSet data, IReadOnlyList<Example> examples, Generator generator, int from, int until, int draws, int batchSize)
    {
        var schedule = learner.Model.Schedule;
        for (var at = 0; draws > 0;)
        {
            var first = examples[at % examples.Count];
            var batch = Enumerable.Range(at, Math.Min(draws, batchSize)).Select(i => examples[i % examples.Count] with { Rejected = null }).TakeWhile(example => example.Shape == first.Shape).ToList();
            var latents = data.Latents(batch);
            var noise = randn(latents.shape, generator: generator).to(latents.device);
            var timesteps = randint(from, until, [batch.Count], generator: generator).to(latents.device);
            var noisy = schedule.AddNoise(latents, noise, timesteps);
            Tensor output;
            using (no_grad()) output = learner.Denoiser.Predict(noisy, timesteps, data.Prompts(batch, new bool[batch.Count])).to(noisy.dtype);
            yield return (latents, noise, timesteps, noisy, output);
            (at, draws) = (at + batch.Count, draws - batch.Count);
        }
    }
}
