namespace PixelPost.Stats;

/// <summary>
/// The sum of scores and their number in each cluster: all that the variance or the bootstrap of their mean needs.
/// </summary>
internal sealed class ClusterTotals
{
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

    public static ClusterTotals By<TKey>(IEnumerable<ClusteredScore> scores, Func<ClusteredScore, TKey> key)
        where TKey : notnull
    {
        var clusters = scores.AggregateBy(
            key,
            (Sum: 0L, Count: 0L),
            (cluster, score) => (cluster.Sum + score.Score, cluster.Count + 1));
        return new ClusterTotals([.. clusters.Select(cluster => cluster.Value)]);
    }

    /// <summary>
    /// Cluster-robust variance of the mean, Σ (sum of a cluster's residuals)² / n², times G/(G−1) under cr1, so with at least
    /// two clusters.
    /// </summary>
    public double Variance(ClusterCorrection correction)
    {
        var squares = Clusters.Sum(cluster => Math.Pow((double)Residual(cluster) / Count, 2));
        var variance = squares / Count / Count;
        return correction == ClusterCorrection.Cr1 ? variance * Clusters.Length / (Clusters.Length - 1) : variance;
    }

    /// <summary>n times the sum of a cluster's residuals.</summary>
    private long Residual((long Sum, long Count) cluster) => cluster.Sum * Count - cluster.Count * Sum;
}
