namespace PixelPost.EvalPortal.Bundles.Pages;

/// <summary>An item of a study as its page shows it.</summary>
/// <param name="Number">In the bundle.</param>
/// <param name="Tallies">What its counting votes say, a line each.</param>
public sealed record BundleItem(long Number, string Prompt, string? Category, IReadOnlyList<BundleItemImage> Images, IReadOnlyList<string> Tallies, IReadOnlyList<BundleItemVote> Votes);

/// <summary>An image of an item.</summary>
/// <param name="Path">As seen from the page; null where the portal never had the file.</param>
/// <param name="Caption">Whose it is.</param>
/// <param name="Marks">Where raters saw flaws.</param>
public sealed record BundleItemImage(string? Path, string Caption, int Width, int Height, IReadOnlyList<BundleItemMark> Marks);

/// <summary>A flaw that was pointed out.</summary>
/// <param name="X">From 0 at the left edge to 1 at the right.</param>
/// <param name="Y">From 0 at the upper edge to 1 at the lower.</param>
public sealed record BundleItemMark(double X, double Y, string Words);

/// <summary>A vote on an item.</summary>
public sealed record BundleItemVote(string Rater, string Question, string Answer, string Time, string Counts);
