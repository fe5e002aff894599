using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>A comparison on one axis that a rater can be given.</summary>
public sealed record OpenItem
{
    public required long ComparisonId { get; init; }

    public required Axis Axis { get; init; }

    /// <summary>Place of the axis among the axes of the study.</summary>
    public required int Block { get; init; }

    /// <summary>Whether the axis shows the prompt.</summary>
    public required bool PromptVisible { get; init; }

    /// <summary>How many of its places for raters like this one are taken.</summary>
    public required int Taken { get; init; }

    /// <summary>The rater's own assignment, when they had the item before and let the lease end.</summary>
    public Guid? LapsedAssignmentId { get; init; }
}

/// <summary>A block of which a rater was given something already.</summary>
public sealed record EnteredBlock
{
    public required int Block { get; init; }

    public required bool PromptVisible { get; init; }

    /// <summary>Position of the rater's latest assignment in the block.</summary>
    public required int LastPosition { get; init; }
}

/// <summary>What a rater gets next.</summary>
public static class AssignmentOrder
{
    /// <summary>
    /// The items that a rater may be given, in the order in which they should be: block after block, the items with the fewest
    /// places taken first, equals in random order. What earlier blocks have got back meanwhile comes last, and not at all where
    /// the earlier block hides the prompt from a rater who has since been in one that shows it.
    /// </summary>
    public static IReadOnlyList<OpenItem> For(IEnumerable<OpenItem> items, IReadOnlyCollection<EnteredBlock> entered, Random random)
    {
        var current = entered.MaxBy(block => block.LastPosition)?.Block ?? int.MinValue;
        var sawPrompt = entered.Any(block => block.PromptVisible);
        return [.. items
            .Where(item => item.Block >= current || item.PromptVisible || !sawPrompt)
            .OrderBy(item => item.Block < current)
            .ThenBy(item => item.Block)
            .ThenBy(item => item.Taken)
            .ThenBy(_ => random.Next())];
    }
}
