namespace PixelPost.EvalPortal.Studies;

/// <summary>What raters are asked to judge, one question each.</summary>
public enum Axis
{
    /// <summary>Which image has fewer visual flaws; the prompt is hidden.</summary>
    Flaws,

    /// <summary>Which image is more pleasing.</summary>
    Appeal,
}
