using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What is wrong with an image.</summary>
public enum FlawType
{
    /// <summary>Hands and limbs.</summary>
    Hands,

    Face,

    /// <summary>Letters and words in the image.</summary>
    Text,

    /// <summary>Edges and shapes.</summary>
    Edges,

    Texture,

    Other,
}

/// <summary>How bad a flaw is.</summary>
public enum FlawSeverity
{
    Minor,
    Major,
}

/// <summary>Where an image stood. On a narrow screen left is above right.</summary>
public enum Side
{
    Left,
    Right,
}

/// <summary>The worst flaw of a pair, as the rater's browser tells it after a vote. Everything is optional, but something is told.</summary>
public sealed record FlawDraft
{
    public FlawType? Type { get; init; }

    public FlawSeverity? Severity { get; init; }

    /// <summary>The image that the rater clicked on; null when they clicked on none.</summary>
    public Side? Side { get; init; }

    /// <summary>Where they clicked: 0 is the image's left edge, 1 its right one.</summary>
    public double? X { get; init; }

    /// <summary>Where they clicked: 0 is the image's upper edge, 1 its lower one.</summary>
    public double? Y { get; init; }

    /// <summary>What cannot be right, in a sentence; null when nothing is wrong.</summary>
    public string? Fault() => this switch
    {
        { Type: null, Side: null } => Say("Flaw_Nothing"),
        { Side: null, X: null, Y: null } => null,
        { Side: null } or { X: null } or { Y: null } => Say("Flaw_Place"),
        { X: not (>= 0 and <= 1) } or { Y: not (>= 0 and <= 1) } => Say("Flaw_PlaceOutside"),
        _ => null,
    };
}
