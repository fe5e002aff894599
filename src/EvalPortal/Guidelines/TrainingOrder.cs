using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>An example as it is asked about in a try.</summary>
/// <param name="Swapped">Whether its left image stands right.</param>
public sealed record DrawnExample(Guid ExamplePairId, bool Swapped);

/// <summary>
/// Draws order and sides of a try. Questions follow one another as in the study. In the second try every pair has its sides
/// swapped, and the order of each question is another one wherever there is another.
/// </summary>
public static class TrainingOrder
{
    /// <summary>A try's pairs, in order.</summary>
    /// <param name="examples">The study's training examples with their axes, in the order of the axes.</param>
    /// <param name="before">The first try, in order; empty when this is the first.</param>
    public static IReadOnlyList<DrawnExample> Draw(
        IReadOnlyList<(Guid ExamplePairId, Axis Axis)> examples, IReadOnlyList<DrawnExample> before, Random random)
    {
        var firstSides = before.ToDictionary(pair => pair.ExamplePairId, pair => pair.Swapped);
        return
        [
            .. examples
                .GroupBy(example => example.Axis, example => example.ExamplePairId)
                .SelectMany(axis => Shuffle([.. axis], [.. before.Select(pair => pair.ExamplePairId).Where(axis.Contains)], random))
                .Select(id => new DrawnExample(id, firstSides.TryGetValue(id, out var swapped) ? !swapped : random.Next(2) == 1)),
        ];
    }

    private static Guid[] Shuffle(Guid[] ids, Guid[] before, Random random)
    {
        do
            random.Shuffle(ids);
        while (ids.Length > 1 && ids.SequenceEqual(before));
        return ids;
    }
}
