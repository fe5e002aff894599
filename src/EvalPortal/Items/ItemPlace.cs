namespace PixelPost.EvalPortal.Items;

/// <summary>Where an item stands in the list it was reached from.</summary>
public sealed record ItemPlace
{
    /// <summary>From 1; 0 when the list does not have it any more.</summary>
    public required int Number { get; init; }

    /// <summary>Length of the list.</summary>
    public required int Listed { get; init; }

    /// <summary>The item before it.</summary>
    public long? Previous { get; init; }

    /// <summary>The item after it.</summary>
    public long? Next { get; init; }

    public static ItemPlace Of(long comparisonId, List<long> list)
    {
        var number = list.IndexOf(comparisonId) + 1;
        return new ItemPlace
        {
            Number = number,
            Listed = list.Count,
            Previous = number > 1 ? list[number - 2] : null,
            Next = number > 0 && number < list.Count ? list[number] : null,
        };
    }
}
