using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Plots;

namespace PixelPost.EvalPortal.Items;

/// <summary>An image in the viewer.</summary>
public sealed record ShownImage
{
    /// <summary>What it is called beside the others, such as A.</summary>
    public required string Mark { get; init; }

    /// <summary>Class of the colour of its system: a or b; null for none.</summary>
    public string? Swatch { get; init; }

    /// <summary>Whose it is.</summary>
    public required string System { get; init; }

    public required StoredImage Image { get; init; }

    /// <summary>What lies over it; null for nothing.</summary>
    public Plot? Map { get; init; }

    /// <summary>What else there is to say of it.</summary>
    public string? Remark { get; init; }

    /// <summary>Size and how it was made.</summary>
    public string Details => string.Join(", ", new[]
    {
        $"{Image.Width} × {Image.Height} px",
        Image.Seed is { } seed ? $"seed {seed}" : null,
        Image.InferenceSteps is { } steps ? Figures.Count(steps, "step") : null,
        Image.GuidanceScale is { } guidance ? string.Create(CultureInfo.InvariantCulture, $"guidance {guidance}") : null,
    }.OfType<string>());
}
