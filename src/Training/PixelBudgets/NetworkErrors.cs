using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>What a network makes of noisy latents: where its errors lie is what pixel terms are measured on.</summary>
internal static class NetworkErrors
{
    /// <summary>Batches of a part of the schedule: latents, noise, timesteps, noisy latents and the network's output.</summary>
    /// <param name="learner">The network.</param>
    /// <param name="data">Latents and texts.</param>
    /// <param name="examples">In turn; a batch has images of one shape.</param>
    /// <param name="generator">Of noise and timesteps.</param>
    /// <param name="from">First timestep.</param>
    /// <param name="until">The one after the last.</param>
    /// <param name="draws">In all.</param>
    /// <param name="batchSize">At most.</param>
    /// <param name="pairs">Both images of a pair are wanted, with the same noise: everything is [2B], the preferred ones first. Else only these.</param>
    public static IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> Of(
        Learner learner, TrainingSet data, IReadOnlyList<Example> examples, Generator generator, int from, int until, int draws, int batchSize, bool pairs = false)
    {
        var schedule = learner.Model.Schedule;
        for (var at = 0; draws > 0;)
        {
            var first = examples[at % examples.Count];
            var batch = Enumerable.Range(at, Math.Min(draws, batchSize)).Select(i => examples[i % examples.Count]).Select(example => pairs ? example : example with { Rejected = null }).TakeWhile(example => example.Shape == first.Shape).ToList();
            var latents = data.Latents(batch);
            var sides = pairs ? 2 : 1;
            var noise = randn([batch.Count, .. latents.shape[1..]], generator: generator).to(latents.device).repeat(sides, 1, 1, 1);
            var timesteps = randint(from, until, [batch.Count], generator: generator).to(latents.device).repeat(sides);
            var noisy = schedule.AddNoise(latents, noise, timesteps);
            Tensor output;
            using (no_grad()) output = learner.Denoiser.Predict(noisy, timesteps, data.Prompts(batch, new bool[batch.Count]).Repeat(sides)).to(noisy.dtype);
            yield return (latents, noise, timesteps, noisy, output);
            (at, draws) = (at + batch.Count, draws - batch.Count);
        }
    }
}
