using PixelPost.Training.Contracts;

namespace PixelPost.Training.Data;

/// <summary>Width and height of an image as the model sees it, in pixels.</summary>
public readonly record struct ImageShape(int Width, int Height);

/// <summary>The shapes that images are brought to: one square, or shapes of about its area so that little is cropped.</summary>
/// <remarks>Buckets of aspect ratios as in NovelAI's "Improvements on Stable Diffusion" (2022), with sides from half to twice the square's.</remarks>
internal sealed class Buckets
{
    /// <param name="size">Side of the square, in pixels.</param>
    /// <param name="step">Every side is a multiple of it and it divides <paramref name="size"/>; 0 for the square alone.</param>
    public Buckets(int size, int step)
    {
        if (step == 0)
        {
            Shapes = [new(size, size)];
            return;
        }
        int Multiple(double side) => (int)Math.Round(side / step) * step;
        var (least, most) = ((size + 2 * step - 1) / (2 * step) * step, 2 * size);
        Shapes = [.. Enumerable.Range(0, (most - least) / step + 1).Select(i => least + i * step)
            .Select(width => new ImageShape(width, Math.Clamp(Multiple((double)size * size / width), least, most)))];
    }

    /// <summary>All shapes.</summary>
    public IReadOnlyList<ImageShape> Shapes { get; }

    /// <summary>The shapes of a job's images.</summary>
    /// <exception cref="BadJobException">The model cannot take them.</exception>
    public static Buckets For(LoopSettings settings, TextToImageModel model)
    {
        var (size, step) = (model.ImageSize, settings.BucketStep);
        if (step == 0) return new Buckets(size, 0);
        if (!model.Denoiser.TakesAnyShape)
            throw new BadJobException($"job.json: training.bucket_step is {step}, but a {model.Denoiser.GetName()} takes square images of {size} pixels only; it must be 0.");
        var least = model.Vae.Compression * model.Denoiser.SideMultiple;
        if (step % least != 0 || size % step != 0)
            throw new BadJobException($"job.json: training.bucket_step is {step}; for this model it must be a multiple of {least} that divides {size}, or 0.");
        return new Buckets(size, step);
    }

    /// <summary>The shape of which an image, scaled to fill it, loses least.</summary>
    public ImageShape Nearest(int width, int height)
    {
        double Lost(ImageShape shape) => Math.Abs(Math.Log((double)width / height * shape.Height / shape.Width));
        return Shapes.MinBy(Lost);
    }
}
