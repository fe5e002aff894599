namespace PixelPost.EvalPortal.Quality;

/// <summary>What a figure does about excluded raters.</summary>
public enum Exclusions
{
    /// <summary>Their votes are left out.</summary>
    Applied,

    /// <summary>Their votes are counted as if nobody were excluded.</summary>
    None,
}
