using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>What a training job has in memory all the time, beside the program itself and what a pass needs.</summary>
internal static class HeldMemory
{
    /// <summary>Bytes by what they are for; nothing that there is none of.</summary>
    public static IReadOnlyList<(string Name, long Bytes)> Of(Learner learner, TrainingSet data) => [.. Parts(learner, data).Where(part => part.Bytes > 0)];

    private static IEnumerable<(string Name, long Bytes)> Parts(Learner learner, TrainingSet data)
    {
        var trained = learner.Parameters.Select(p => p.Value).ToList();
        yield return ("denoiser", Bytes(Tensors([learner.Denoiser])));
        if (learner.Adapters is not null) yield return ("adapters", Bytes(trained));
        yield return ("gradients", Bytes(trained));
        yield return ("optimizer's moments", Bytes(learner.Optimizer.State().Values));
        yield return ("moving average", Bytes(learner.Average is { } average ? average.State().Values : []));
        yield return ("reference", Bytes(Tensors(learner.Reference is { } reference ? [reference] : [])));
        yield return ("autoencoder, frozen", Bytes(Tensors([learner.Model.Vae])));
        if ((learner.StandIn ?? learner.Decoder) is { } decoder && decoder != learner.Model.Vae) yield return ("decoder of the pixel term, frozen", Bytes(Tensors([decoder])));
        yield return ("text encoders, frozen", Bytes(Tensors(learner.Model.Prompts.Networks)));
        yield return ("latents of all images", data.LatentBytes);
        yield return ("encoded prompts", data.PromptBytes);
    }

    private static IEnumerable<Tensor> Tensors(IEnumerable<nn.Module> modules) => modules.SelectMany(m => m.parameters().Concat(m.buffers()));

    private static long Bytes(IEnumerable<Tensor> tensors) => tensors.Sum(t => t.NumberOfElements * t.ElementSize);
}
