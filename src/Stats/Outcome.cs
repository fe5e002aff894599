namespace PixelPost.Stats;

/// <summary>
/// One rater's answer to one comparison, told by system: which side an image was shown on no longer matters here.
/// </summary>
public enum Outcome
{
    /// <summary>System A's image is better.</summary>
    A,

    /// <summary>System B's image is better.</summary>
    B,

    /// <summary>Neither image is better.</summary>
    Tie,

    /// <summary>The images cannot be compared, e.g. a photograph against a drawing.</summary>
    Reject,
}
