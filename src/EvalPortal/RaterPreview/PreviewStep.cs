namespace PixelPost.EvalPortal.RaterPreview;

/// <summary>What a rater meets in a study, one after another, as a preview shows it.</summary>
public enum PreviewStep
{
    Consent,

    /// <summary>The instructions with their examples, and what training asks.</summary>
    Guidelines,

    /// <summary>The page on which they judge.</summary>
    Judging,

    /// <summary>What they read after their last answer.</summary>
    End,
}
