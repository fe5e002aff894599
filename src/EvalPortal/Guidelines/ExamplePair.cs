using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>Where raters meet an example.</summary>
public enum ExampleUse
{
    /// <summary>Among the guidelines, with its answer.</summary>
    Guidelines,

    /// <summary>In the training round: first asked, then answered.</summary>
    Training,
}

/// <summary>A pair of images with the right answer and the reason for it.</summary>
public sealed record ExamplePair
{
    /// <summary>Drawn at random: it stands in addresses that raters see.</summary>
    public required Guid ExamplePairId { get; init; }

    public required long StudyId { get; init; }

    /// <summary>The question that it is an example of.</summary>
    public required Axis Axis { get; init; }

    public required ExampleUse UsedIn { get; init; }

    /// <summary>Names the file of the left image; see <see cref="ImageFiles.PathOf"/>.</summary>
    public required string LeftSha256 { get; init; }

    public required int LeftWidth { get; init; }

    public required int LeftHeight { get; init; }

    /// <summary>Names the file of the right image.</summary>
    public required string RightSha256 { get; init; }

    public required int RightWidth { get; init; }

    public required int RightHeight { get; init; }

    /// <summary>What the images were to show; null where the question shows no prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>The right answer: left, right or tie.</summary>
    public required Choice Answer { get; init; }

    /// <summary>Why, as raters read it.</summary>
    public required string Explanation { get; init; }

    /// <summary>What is wrong with the worse image; null where nothing was said.</summary>
    public FlawType? FlawType { get; init; }

    public FlawSeverity? FlawSeverity { get; init; }

    /// <summary>The image on which the flaw is pointed out; null when it is on none.</summary>
    public Side? FlawSide { get; init; }

    /// <summary>Where the flaw is: 0 is the image's left edge, 1 its right one.</summary>
    public double? FlawX { get; init; }

    /// <summary>Where the flaw is: 0 is the image's upper edge, 1 its lower one.</summary>
    public double? FlawY { get; init; }

    /// <summary>The file of an image.</summary>
    public string Sha256(Side side) => side == Side.Left ? LeftSha256 : RightSha256;

    /// <summary>Width and height of an image in pixels.</summary>
    public (int Width, int Height) Size(Side side) => side == Side.Left ? (LeftWidth, LeftHeight) : (RightWidth, RightHeight);
}

/// <summary>Left for right and right for left, where a pair stands with its sides swapped.</summary>
internal static class Swap
{
    public static Choice If(bool swapped, Choice choice) => (swapped, choice) switch
    {
        (true, Choice.Left) => Choice.Right,
        (true, Choice.Right) => Choice.Left,
        _ => choice,
    };

    public static Side If(bool swapped, Side side) => swapped ? (side == Side.Left ? Side.Right : Side.Left) : side;
}
