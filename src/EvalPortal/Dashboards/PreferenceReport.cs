using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>How often an image was picked.</summary>
/// <param name="Image">The image.</param>
/// <param name="Best">Picks as the best.</param>
/// <param name="Worst">Picks as the worst.</param>
public sealed record PickedImage(PickableImage Image, int Best, int Worst)
{
    /// <summary>Best less worst: what decides.</summary>
    public int Score => Best - Worst;
}

/// <summary>The picks among the images of one prompt.</summary>
public sealed record PickedItem
{
    public required long ComparisonId { get; init; }

    public required string Prompt { get; init; }

    public required int Votes { get; init; }

    /// <summary>In the order of the study.</summary>
    public required IReadOnlyList<PickedImage> Images { get; init; }

    /// <summary>The image with the largest score; null without votes, or where several share it.</summary>
    public PickedImage? Chosen => Alone(Images.MaxBy(image => image.Score)!);

    /// <summary>The image with the smallest score; null without votes, or where several share it.</summary>
    public PickedImage? Rejected => Alone(Images.MinBy(image => image.Score)!);

    private PickedImage? Alone(PickedImage image) => Votes > 0 && Images.Count(other => other.Score == image.Score) == 1 ? image : null;

    /// <summary>Every item of a study with the picks that count, in its order.</summary>
    public static IReadOnlyList<PickedItem> Of(IEnumerable<PickableImage> images, IEnumerable<RecordedPick> picks)
    {
        var byItem = picks.ToLookup(pick => pick.ComparisonId);
        return [.. images.GroupBy(image => image.ComparisonId).Select(item => new PickedItem
        {
            ComparisonId = item.Key,
            Prompt = item.First().Prompt,
            Votes = byItem[item.Key].Count(),
            Images = [.. item.Select(image => new PickedImage(
                image,
                byItem[item.Key].Count(pick => pick.BestImageId == image.ImageId),
                byItem[item.Key].Count(pick => pick.WorstImageId == image.ImageId)))],
        })];
    }
}

/// <summary>How often the images of a system were picked.</summary>
public sealed record SystemPicks
{
    public required bool IsA { get; init; }

    /// <summary>Its share of the images that raters saw: what its picks would be by chance.</summary>
    public required double? Shown { get; init; }

    /// <summary>Share of the votes that picked one of its images as the best; interval clustered by prompt.</summary>
    public required Estimate Best { get; init; }

    /// <summary>The same of the worst.</summary>
    public required Estimate Worst { get; init; }
}

/// <summary>The results of a study in which best and worst are picked.</summary>
public sealed record PreferenceReport
{
    public required IReadOnlyList<PickedItem> Items { get; init; }

    /// <summary>A, and B where there are two.</summary>
    public required IReadOnlyList<SystemPicks> Systems { get; init; }

    public required int Votes { get; init; }

    public required int Raters { get; init; }

    /// <summary>Votes that kept a flagged image as the best.</summary>
    public required int FlawOverrides { get; init; }

    public required bool CountsSimulated { get; init; }

    /// <summary>Computes the report.</summary>
    /// <param name="images">All of the study.</param>
    /// <param name="picks">Those that count.</param>
    /// <param name="systemA">Every other system is B.</param>
    /// <param name="hasB">Whether there is a B.</param>
    public static PreferenceReport Of(IReadOnlyList<PickableImage> images, IReadOnlyList<RecordedPick> picks, long systemA, bool hasB)
    {
        var items = PickedItem.Of(images, picks);
        return new PreferenceReport
        {
            Items = items,
            Systems = [.. (hasB ? (bool[])[true, false] : [true]).Select(isA => Of(items, isA, systemA))],
            Votes = picks.Count,
            Raters = picks.Select(pick => pick.RaterId).Distinct().Count(),
            FlawOverrides = picks.Count(pick => pick.FlawOverride),
            CountsSimulated = picks.Any(pick => pick.Simulated),
        };
    }

    private static SystemPicks Of(IReadOnlyList<PickedItem> items, bool isA, long systemA)
    {
        var own = items.Select(item => (item.Votes, All: item.Images.Count, Images: item.Images.Where(image => image.Image.SystemId == systemA == isA).ToList())).ToList();
        var shown = own.Sum(item => (double)item.Votes * item.All);
        return new SystemPicks
        {
            IsA = isA,
            Shown = shown > 0 ? own.Sum(item => (double)item.Votes * item.Images.Count) / shown : null,
            Best = AlignmentRates.Of([.. own.Select(item => (item.Images.Sum(image => image.Best), item.Votes))]),
            Worst = AlignmentRates.Of([.. own.Select(item => (item.Images.Sum(image => image.Worst), item.Votes))]),
        };
    }
}
