using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Demo;

/// <summary>What the product ships in <c>data/</c>; beside the program after a build.</summary>
/// <param name="Root">The folder.</param>
public sealed record ShippedData(string Root)
{
    /// <summary>The folder that came with this program.</summary>
    public static ShippedData OfProgram { get; } = new(Path.Combine(AppContext.BaseDirectory, "data"));

    /// <summary>A small text-to-image model in diffusers layout: a transformer.</summary>
    public string Model => Path.Combine(Root, "models", "fluent-emoji");

    /// <summary>The same with a U-Net in place of the transformer.</summary>
    public string UNetModel => Path.Combine(Root, "models", "fluent-emoji-unet");

    /// <summary>A finished sampling job of the first model: its images are those of the first study.</summary>
    public JobFolder Round1 => new(Path.Combine(Root, "demo", "round-1"));

    /// <summary>The first file that is missing; null when everything is there.</summary>
    public string? Missing() =>
        new[] { Path.Combine(Model, "model_index.json"), Path.Combine(UNetModel, "model_index.json"), Round1.SampleManifest }.FirstOrDefault(file => !File.Exists(file));
}
