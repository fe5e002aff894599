using System.Buffers;
using System.Runtime.InteropServices;

namespace PixelPost.Stats;

/// <summary>
/// The sum of scores and their number in each cluster: all that the variance or the bootstrap of their mean needs.
/// </summary>
internal sealed class ClusterTotals
{
    /// <summary>The scores there are: −1, 0 and +1.</summary>
    private const int Scored = 3;

    public const string NoVariation = "All clusters have the same net win rate, so nothing shows how much it varies.";

    private ClusterTotals((long Sum, long Count)[] clusters)
    {
        Clusters = clusters;
        Sum = clusters.Sum(cluster => cluster.Sum);
        Count = clusters.Sum(cluster => cluster.Count);
    }

    public (long Sum, long Count)[] Clusters { get; }

    public long Sum { get; }

    public long Count { get; }

    public double Mean => (double)Sum / Count;

    /// <summary>Whether every cluster has the same mean. Exact, because <see cref="Residual"/> is a whole number.</summary>
    public bool Alike => Clusters.All(cluster => Residual(cluster) == 0);

    /// <summary>Clusters of the scores with the same key.</summary>
    public static ClusterTotals By(IEnumerable<ClusteredScore> scores, Func<ClusteredScore, long> key)
    {
        var clusters = new Dictionary<long, (long Sum, long Count)>();
        foreach (var score in scores)
        {
            ref var cluster = ref CollectionsMarshal.GetValueRefOrAddDefault(clusters, key(score), out _);
            cluster = (cluster.Sum + score.Score, cluster.Count + 1);
        }

        return new ClusterTotals([.. clusters.Values]);
    }

    /// <summary>
    /// <see cref="Variance(ClusterCorrection)"/> with the scores of one rater on one prompt as a cluster. Such clusters are nearly as many as
    /// scores, so they are sorted and passed over, and none is kept.
    /// </summary>
    /// <param name="scores">Those of these totals.</param>
    public double VarianceByPromptAndRater(IEnumerable<ClusteredScore> scores, ClusterCorrection correction)
    {
        Dictionary<long, int> prompts = [], raters = [];
        foreach (var score in scores)
            PairVotes.Number(raters, score.Rater);

        var cells = ArrayPool<long>.Shared.Rent((int)Count); // cluster and score in one number
        try
        {
            var filled = 0;
            foreach (var score in scores)
                cells[filled++] = ((long)PairVotes.Number(prompts, score.Prompt) * raters.Count + raters[score.Rater]) * Scored + score.Score + 1;
            Array.Sort(cells, 0, filled);

            var (squares, clusters, next) = (0.0, 0, 0);
            while (next < filled)
            {
                var (cluster, sum, first) = (cells[next] / Scored, 0L, next);
                for (; next < filled && cells[next] / Scored == cluster; next++)
                    sum += cells[next] % Scored - 1;
                squares += Square((sum, next - first));
                clusters++;
            }
            return Variance(squares, clusters, correction);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(cells);
        }
    }

    /// <summary>
    /// Cluster-robust variance of the mean, Σ (sum of a cluster's residuals)² / n², times G/(G−1) under cr1, so with at least
    /// two clusters.
    /// </summary>
    public double Variance(ClusterCorrection correction) => Variance(Clusters.Sum(Square), Clusters.Length, correction);

    private double Variance(double squares, int clusters, ClusterCorrection correction)
    {
        var variance = squares / Count / Count;
        return correction == ClusterCorrection.Cr1 ? variance * clusters / (clusters - 1) : variance;
    }

    /// <summary>The squared sum of a cluster's residuals.</summary>
    private double Square((long Sum, long Count) cluster) => Math.Pow((double)Residual(cluster) / Count, 2);

    /// <summary>n times the sum of a cluster's residuals.</summary>
    private long Residual((long Sum, long Count) cluster) => cluster.Sum * Count - cluster.Count * Sum;
}
