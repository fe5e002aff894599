namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>What a row says about the two things it compares, told by its first and its second system.</summary>
internal enum Answer
{
    /// <summary>The first is better.</summary>
    First,

    /// <summary>The second is better.</summary>
    Second,

    /// <summary>Neither is better.</summary>
    Tie,

    /// <summary>Neither is better because both are bad: a tie that is also counted apart.</summary>
    BothBad,

    /// <summary>The two cannot be compared.</summary>
    Reject,
}
