using System.Runtime.InteropServices;

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

    /// <summary>Clusters of the scores with the same key.</summary>
    /// <param name="about">How many clusters to expect.</param>
    public static ClusterTotals By(IReadOnlyCollection<ClusteredScore> scores, Func<ClusteredScore, long> key, int about = 0)
    {
        var clusters = new Dictionary<long, (long Sum, long Count)>(about);
        foreach (var score in scores)
        {
            ref var cluster = ref CollectionsMarshal.GetValueRefOrAddDefault(clusters, key(score), out _);
            cluster = (cluster.Sum + score.Score, cluster.Count + 1);
        }

        return new ClusterTotals([.. clusters.Values]);
    }

    /// <summary>Clusters of the scores of one rater on one prompt: nearly as many as scores.</summary>
    public static ClusterTotals ByPromptAndRater(IReadOnlyCollection<ClusteredScore> scores)
    {
        Dictionary<long, int> prompts = [], raters = [];
        foreach (var score in scores)
            PairVotes.Number(raters, score.Rater);

        // Two numbers side by side in one long would nearly all hash alike: a long's hash is its halves xored.
        return By(scores, score => (long)PairVotes.Number(prompts, score.Prompt) * raters.Count + raters[score.Rater], about: scores.Count);
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
