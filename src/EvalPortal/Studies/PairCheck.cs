using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Studies;

/// <summary>How the images of two systems go together.</summary>
public sealed record PairCheck
{
    // One system's files that are the larger ones in four of five pairs, in so many pairs that chance hardly makes them so.
    private const int FewestToJudgeBy = 20;
    private const double Mostly = 0.8;

    /// <summary>What can be compared; see <see cref="ComparisonStore.PairUpAsync"/>.</summary>
    public required IReadOnlyList<ImagePair> Pairs { get; init; }

    /// <summary>Images of system A without a partner.</summary>
    public required int OnlyInA { get; init; }

    /// <summary>Images of system B without a partner.</summary>
    public required int OnlyInB { get; init; }

    /// <summary>Pairs of the very same file.</summary>
    public required int SameFile { get; init; }

    /// <summary>Pairs whose images differ in width or height.</summary>
    public required int UnequalSize { get; init; }

    /// <summary>Pairs in which A's image is the larger file.</summary>
    public required int LargerFileInA { get; init; }

    /// <summary>Pairs in which B's image is the larger file.</summary>
    public required int LargerFileInB { get; init; }

    /// <summary>Why there is nothing to compare; null when there is something.</summary>
    public string? Fault => Pairs.Count > 0 ? null : "These systems have no images for the same prompts, so there is nothing to compare.";

    /// <summary>What the study should be made with one's eyes open to, a sentence each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (OnlyInA + OnlyInB > 0)
            yield return $"Left out, because the other system has none for the prompt: {Figures.Count(OnlyInA, "image")} of A, {Figures.Count(OnlyInB, "image")} of B.";
        if (SameFile > 0)
            yield return $"{Figures.Count(SameFile, "pair")} of the very same image: raters can only call {(SameFile == 1 ? "it" : "them")} equal.";
        if (UnequalSize > 0)
            yield return $"{Figures.Count(UnequalSize, "pair")} with images of unequal size: raters may learn to tell the systems apart by it.";
    }

    /// <summary>What no page shows raters and their browsers could be asked for, a sentence each.</summary>
    public IEnumerable<string> Notes()
    {
        var (larger, system) = LargerFileInA > LargerFileInB ? (LargerFileInA, "A") : (LargerFileInB, "B");
        if (Pairs.Count >= FewestToJudgeBy && larger >= Mostly * Pairs.Count)
            yield return $"System {system} has the larger file in {larger} of {Figures.Count(Pairs.Count, "pair")}. No page shows it, but a rater who opens the browser's own tools could tell the systems apart by it.";
    }

    /// <summary>Checks pairs against the images they are made of.</summary>
    public static PairCheck Of(IReadOnlyList<StoredImage> imagesOfA, IReadOnlyList<StoredImage> imagesOfB, IReadOnlyList<ImagePair> pairs)
    {
        var (a, b) = (imagesOfA.ToDictionary(image => image.ImageId), imagesOfB.ToDictionary(image => image.ImageId));
        var paired = pairs.Select(pair => (A: a[pair.ImageAId], B: b[pair.ImageBId])).ToList();
        return new PairCheck
        {
            Pairs = pairs,
            OnlyInA = imagesOfA.Count - pairs.Count,
            OnlyInB = imagesOfB.Count - pairs.Count,
            SameFile = paired.Count(pair => pair.A.Sha256 == pair.B.Sha256),
            LargerFileInA = paired.Count(pair => pair.A.ByteLength > pair.B.ByteLength),
            LargerFileInB = paired.Count(pair => pair.B.ByteLength > pair.A.ByteLength),
            UnequalSize = paired.Count(pair => (pair.A.Width, pair.A.Height) != (pair.B.Width, pair.B.Height)),
        };
    }
}
