using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>The size of a batch of images, which PixArt-α of 1024 pixels is told.</summary>
/// <param name="Resolution">[B, 2]: height and width, in pixels.</param>
/// <param name="AspectRatio">[B, 1]: height over width.</param>
public sealed record PixArtImageSize(Tensor Resolution, Tensor AspectRatio)
{
    private const int PixelsPerLatent = 8;

    /// <summary>The size of the images that latents [B, C, H, W] stand for.</summary>
    public static PixArtImageSize Of(Tensor latents)
    {
        var (height, width) = (latents.shape[2] * PixelsPerLatent, latents.shape[3] * PixelsPerLatent);
        return new(
            tensor(new float[] { height, width }, device: latents.device).expand(latents.shape[0], 2),
            tensor(new[] { (float)height / width }, device: latents.device).expand(latents.shape[0], 1));
    }
}

/// <summary>Timestep, and size where the model is told it, to the six shifts, scales and gates that every block shares.</summary>
/// <remarks>diffusers 0.27 <c>AdaLayerNormSingle</c>.</remarks>
internal sealed class AdaLayerNormSingle : nn.Module
{
    private readonly TimestepAndSizeEmbeddings emb;
    private readonly Linear linear;

    public AdaLayerNormSingle(int width, bool hasSizes) : base(nameof(AdaLayerNormSingle))
    {
        emb = new TimestepAndSizeEmbeddings(width, hasSizes);
        linear = nn.Linear(width, 6 * width);
        RegisterComponents();
    }

    public (Tensor Modulation, Tensor Time) call(Tensor timesteps, PixArtImageSize? size)
    {
        var time = emb.call(timesteps, size);
        return (linear.call(nn.functional.silu(time)), time);
    }
}

/// <remarks>diffusers 0.27 <c>PixArtAlphaCombinedTimestepSizeEmbeddings</c>.</remarks>
internal sealed class TimestepAndSizeEmbeddings : nn.Module
{
    private const int Sinusoids = 256;

    private readonly TimestepEmbedding timestep_embedder;
    private readonly TimestepEmbedding? resolution_embedder, aspect_ratio_embedder;

    public TimestepAndSizeEmbeddings(int width, bool hasSizes) : base(nameof(TimestepAndSizeEmbeddings))
    {
        timestep_embedder = new TimestepEmbedding(Sinusoids, width);
        if (hasSizes)
        {
            // height, width and aspect ratio get a third of the channels each
            resolution_embedder = new TimestepEmbedding(Sinusoids, width / 3);
            aspect_ratio_embedder = new TimestepEmbedding(Sinusoids, width / 3);
        }
        RegisterComponents();
    }

    /// <param name="timesteps">[B].</param>
    /// <param name="size">Needed where sizes are told, else null.</param>
    /// <returns>[B, width].</returns>
    public Tensor call(Tensor timesteps, PixArtImageSize? size)
    {
        var time = timestep_embedder.call(timesteps);
        if (resolution_embedder is null || aspect_ratio_embedder is null) return time;
        ArgumentNullException.ThrowIfNull(size);
        var batch = timesteps.shape[0];
        return time + cat([
            resolution_embedder.call(size.Resolution.flatten()).reshape(batch, -1),
            aspect_ratio_embedder.call(size.AspectRatio.flatten()).reshape(batch, -1)], 1);
    }
}
