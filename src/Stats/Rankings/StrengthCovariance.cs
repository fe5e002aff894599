namespace PixelPost.Stats;

/// <summary>
/// How far off the strengths of a ranking may be: inverse information H⁻¹ for independent votes that follow the model, and the
/// sandwich H⁻¹ M H⁻¹, M = Σ (sum of a cluster's scores)(the same)ᵀ, for votes that do not.
/// </summary>
/// <remarks>
/// White (1982), "Maximum likelihood estimation of misspecified models", Econometrica 50; clusters: Liang and Zeger (1986), Biometrika 73;
/// two ways: Cameron, Gelbach and Miller (2011), JBES 29. Clusters must be independent of each other; with fewer than about 20
/// of them, or hardly more than systems, the errors are still somewhat small.
/// </remarks>
public static class StrengthCovariance
{
    /// <summary>Inverse information. Too small where votes hang together, too large where ties count as half a win.</summary>
    public static StrengthErrors Naive(Ranking ranking) =>
        new(ranking, "Wald interval, naive", [new CovarianceBasis(null, "naive", null, ranking.Covariance)]);

    /// <summary>Sandwich over single votes: right for independent votes whatever the treatment of ties.</summary>
    /// <param name="ranking">A maximum-likelihood fit of the table.</param>
    /// <param name="table">The votes it was fitted to.</param>
    /// <exception cref="ArgumentException">The ranking is bias-reduced, or of another number of systems.</exception>
    public static StrengthErrors Sandwich(Ranking ranking, PairTable table)
    {
        const string Method = "Wald interval, sandwich over votes";
        Check(ranking, table);
        if (ranking.Reason is not null)
            return new StrengthErrors(ranking, Method, []);
        var meat = new ScoreSums(ranking, table).OverVotes(table);
        return new StrengthErrors(ranking, Method, [new CovarianceBasis(null, "sandwich", null, Around(meat, ranking))]);
    }

    /// <summary>
    /// Cluster-robust sandwich, with Student t intervals on clusters − 1 degrees of freedom. Two-way: V(prompt) + V(rater) −
    /// V(prompt and rater), per figure; where that is not positive, or there is one rater or prompt only, the figure falls back
    /// on one way and says so.
    /// </summary>
    /// <param name="ranking">A maximum-likelihood fit of the votes.</param>
    /// <param name="votes">The votes it was fitted to.</param>
    /// <param name="clustering"><see cref="Clustering.TwoWay"/> when raters vote on several prompts.</param>
    /// <param name="correction">Factor on each variance.</param>
    /// <exception cref="ArgumentException">The ranking is bias-reduced, or of another number of systems.</exception>
    public static StrengthErrors Clustered(
        Ranking ranking, PairVotes votes, Clustering clustering, ClusterCorrection correction = ClusterCorrection.Cr1)
    {
        Check(ranking, votes.Table);
        var factor = correction == ClusterCorrection.Cr1 ? "cr1" : "cr0";
        var name = clustering switch
        {
            Clustering.ByPrompt => "by prompt",
            Clustering.ByRater => "by rater",
            _ => "by prompt and rater",
        };
        var method = $"Student t interval, cluster-robust {name} ({factor})";
        if (ranking.Reason is not null)
            return new StrengthErrors(ranking, method, []);

        var sums = new ScoreSums(ranking, votes.Table);
        CovarianceBasis[] bases = clustering switch
        {
            Clustering.ByPrompt => [Basis(clustering, name, votes.PromptOf)],
            Clustering.ByRater => [Basis(clustering, name, votes.RaterOf)],
            _ =>
            [
                Basis(Clustering.ByPrompt, "by prompt", votes.PromptOf),
                Basis(Clustering.ByRater, "by rater", votes.RaterOf),
                Basis(Clustering.TwoWay, name, PromptAndRater(votes)),
            ],
        };
        return new StrengthErrors(ranking, method, bases);

        CovarianceBasis Basis(Clustering way, string wayName, int[] clusterOf)
        {
            var (meat, clusters) = sums.OverClusters(votes.Slots, clusterOf);
            var scale = correction == ClusterCorrection.Cr1 && clusters > 1 ? clusters / (clusters - 1.0) : 1;
            var covariance = Around(meat, ranking);
            foreach (ref var entry in covariance.AsSpan())
                entry *= scale;
            return new CovarianceBasis(way, wayName, clusters, covariance);
        }
    }

    private static double[] Around(double[] meat, Ranking ranking)
    {
        var width = ranking.Layout.Count;
        return DenseKernels.Multiply(DenseKernels.Multiply(ranking.Covariance, meat, width), ranking.Covariance, width);
    }

    private static int[] PromptAndRater(PairVotes votes)
    {
        Dictionary<long, int> numbers = [];
        var clusterOf = new int[votes.Count];
        for (var vote = 0; vote < clusterOf.Length; vote++)
            clusterOf[vote] = PairVotes.Number(numbers, (long)votes.PromptOf[vote] * votes.Raters + votes.RaterOf[vote]);
        return clusterOf;
    }

    private static void Check(Ranking ranking, PairTable table)
    {
        if (ranking.Systems != table.Systems)
            throw new ArgumentException($"The ranking is of {ranking.Systems} systems, the votes are on {table.Systems}.", nameof(table));
        if (ranking.Reason is null && !ranking.IsMaximumLikelihood)
            throw new ArgumentException("A robust covariance needs a maximum-likelihood fit.", nameof(ranking));
    }
}
