namespace PixelPost.Stats;

/// <summary>
/// How far each of n values lies from the median of the others, in their median absolute deviation: all of them in O(n log n).
/// </summary>
internal static class RobustScores
{
    /// <returns>
    /// In the order given; null where there are fewer than <paramref name="fewestOthers"/> others, or more than half of them are
    /// equal and the deviation is 0.
    /// </returns>
    public static double?[] OfEachAgainstTheOthers(double[] values, int fewestOthers)
    {
        var scores = new double?[values.Length];
        if (values.Length <= fewestOthers)
            return scores;

        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var sorted = Array.ConvertAll(order, i => values[i]);
        for (var place = 0; place < sorted.Length; place++)
        {
            var others = new SortedButOne(sorted, place);
            var median = others.Median;
            var deviation = others.MedianDeviation(median);
            scores[order[place]] = deviation > 0 ? (sorted[place] - median) / deviation : null;
        }

        return scores;
    }

    /// <summary>Sorted values without the one at a place, not copied.</summary>
    private readonly record struct SortedButOne(double[] Sorted, int Left)
    {
        private int Count => Sorted.Length - 1;

        public double Median => (At((Count - 1) / 2) + At(Count / 2)) / 2;

        public double MedianDeviation(double median) => (Nearest((Count - 1) / 2, median) + Nearest(Count / 2, median)) / 2;

        private double At(int i) => Sorted[i < Left ? i : i + 1];

        /// <summary>
        /// The rank-th smallest distance to the median, counting from 0: the rank + 1 nearest values stand together, so it is the
        /// smallest reach of a window of that many, and the best window lies where its two ends are equally far.
        /// </summary>
        private double Nearest(int rank, double median)
        {
            var (low, high) = (0, Count - 1 - rank);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (At(middle + rank) - median >= median - At(middle))
                    high = middle;
                else
                    low = middle + 1;
            }

            var reach = Reach(low, rank, median);
            return low > 0 ? Math.Min(reach, Reach(low - 1, rank, median)) : reach;
        }

        private double Reach(int start, int rank, double median) => Math.Max(median - At(start), At(start + rank) - median);
    }
}
