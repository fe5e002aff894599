namespace PixelPost.EvalPortal.Assignment;

/// <summary>An axis of a study: its raters judge one block after the other.</summary>
public sealed record Block
{
    /// <summary>Place of the axis among the axes of the study.</summary>
    public required int Position { get; init; }

    /// <summary>Whether the axis shows the prompt.</summary>
    public required bool PromptVisible { get; init; }
}

/// <summary>What a rater was given in a block.</summary>
public sealed record EnteredBlock
{
    public required int Block { get; init; }

    public required bool PromptVisible { get; init; }

    /// <summary>Position of the rater's latest assignment in the block.</summary>
    public required int LastPosition { get; init; }
}

/// <summary>What a rater gets next, and on which side: the part that needs no database.</summary>
/// <remarks>The whole rule and why it holds: <c>docs/decisions/0006-comparisons-are-handed-out-by-index.md</c>.</remarks>
public static class AssignmentOrder
{
    /// <summary>The ring on which the tasks of a study lie has this many points.</summary>
    public const long Ring = 1L << 32;

    /// <summary>
    /// The blocks in which a rater may be given something, in the order in which to look: the one they are in and those after it,
    /// then what earlier blocks have got back meanwhile, but not where an earlier block hides the prompt from a rater who has
    /// since been in one that shows it.
    /// </summary>
    public static IReadOnlyList<int> Blocks(IEnumerable<Block> blocks, IReadOnlyCollection<EnteredBlock> entered)
    {
        var current = entered.MaxBy(block => block.LastPosition)?.Block ?? int.MinValue;
        var sawPrompt = entered.Any(block => block.PromptVisible);
        return [.. blocks
            .Where(block => block.Position >= current || block.PromptVisible || !sawPrompt)
            .OrderBy(block => block.Position < current)
            .ThenBy(block => block.Position)
            .Select(block => block.Position)];
    }

    /// <summary>
    /// Which comparison a rater gets: of those with the fewest places taken those that lean as the rater does, because the side that rights the one
    /// rights the other; else those that are in balance, else those that lean the other way; of these any.
    /// </summary>
    /// <param name="tasks">At least one.</param>
    /// <param name="raterTilt">Pairs of the rater with B on the left, less those with A.</param>
    /// <param name="random">Decides between equals.</param>
    public static OpenTask Next(IReadOnlyCollection<OpenTask> tasks, int raterTilt, Random random)
    {
        var lean = raterTilt != 0 ? Math.Sign(raterTilt) : Either(random);
        var best = tasks.GroupBy(task => (task.Taken, Against: -lean * Math.Sign(task.Tilt))).MinBy(equals => equals.Key)!.ToList();
        return best[random.Next(best.Count)];
    }

    /// <summary>Whether B is to stand left: what rights the comparison, else what rights the rater, else by chance.</summary>
    public static bool LeftIsB(int taskTilt, int raterTilt, Random random) =>
        (taskTilt != 0 ? taskTilt : raterTilt != 0 ? raterTilt : Either(random)) < 0;

    private static int Either(Random random) => random.Next(2) == 0 ? -1 : 1;
}
