namespace PixelPost.Stats;

/// <summary>
/// Sums of products of scores at a fit. A vote's score depends on its pair and outcome only, so it is looked up, not computed.
/// </summary>
internal sealed class ScoreSums
{
    private readonly ParameterLayout _layout;
    private readonly double[] _byEta;
    private readonly double[] _byTie;
    private readonly bool _dropsTies;

    public ScoreSums(Ranking ranking, PairTable table)
    {
        _layout = ranking.Layout;
        _dropsTies = ranking.Model.Ties == TieTreatment.Dropped;
        (_byEta, _byTie) = (new double[table.Counts.Length], new double[table.Counts.Length]);
        var likelihood = PairLikelihood.Of(ranking.Model.Ties, new PairCells(table, folded: false), [], _layout);
        foreach (var pair in table.Pairs)
        {
            var scores = likelihood.Scores(ranking.Parameters, pair.Left, pair.Right);
            var slot = table.Slot(pair.Left, pair.Right, PairOutcome.Left);
            (_byEta[slot], _byEta[slot + 1], _byEta[slot + 2]) = (scores.Left, scores.Tie, scores.Right);
            (_byTie[slot], _byTie[slot + 1], _byTie[slot + 2]) = (scores.LeftByTie, scores.TieByTie, scores.RightByTie);
        }
    }

    /// <summary>Σ s sᵀ over votes, from the counts.</summary>
    public double[] OverVotes(PairTable table)
    {
        var sums = new double[_layout.Count * _layout.Count];
        var score = new double[_layout.Count];
        List<int> touched = [];
        for (var slot = 0; slot < table.Counts.Length; slot++)
        {
            if (table.Counts[slot] == 0)
                continue;
            Add(slot, score, touched);
            AddProduct(sums, score, touched, table.Counts[slot]);
        }

        return sums;
    }

    /// <summary>Σ s sᵀ over clusters, s the sum of a cluster's scores, and the number of clusters with a vote that counts.</summary>
    public (double[] Sums, int Clusters) OverClusters(int[] slots, int[] clusterOf)
    {
        var sums = new double[_layout.Count * _layout.Count];
        var score = new double[_layout.Count];
        List<int> touched = [];
        var clusters = 0;
        var votes = new ClusteredVotes(clusterOf);
        for (var cluster = 0; cluster < votes.Clusters; cluster++)
        {
            var counted = false;
            foreach (var vote in votes.In(cluster))
            {
                if (_dropsTies && slots[vote] % PairTable.Outcomes == (int)PairOutcome.Tie)
                    continue;
                Add(slots[vote], score, touched);
                counted = true;
            }

            AddProduct(sums, score, touched, 1);
            clusters += counted ? 1 : 0;
        }

        return (sums, clusters);
    }

    private void Add(int slot, double[] score, List<int> touched)
    {
        var (left, right) = Math.DivRem(slot / PairTable.Outcomes, _layout.Systems);
        Put(_layout.FirstSystem + left, _byEta[slot]);
        Put(_layout.FirstSystem + right, -_byEta[slot]);
        if (_layout.Side >= 0)
            Put(_layout.Side, _byEta[slot]);
        if (_layout.Tie >= 0)
            Put(_layout.Tie, _byTie[slot]);

        void Put(int parameter, double value)
        {
            if (value == 0)
                return;
            if (score[parameter] == 0)
                touched.Add(parameter);
            score[parameter] += value;
        }
    }

    /// <summary>Adds weight × s sᵀ and empties s. A parameter touched twice is empty the second time.</summary>
    private void AddProduct(double[] sums, double[] score, List<int> touched, double weight)
    {
        touched.Sort();
        for (var i = 0; i < touched.Count; i++)
        {
            if (i > 0 && touched[i] == touched[i - 1])
                continue;
            for (var j = 0; j < touched.Count; j++)
            {
                if (j == 0 || touched[j] != touched[j - 1])
                    sums[touched[i] * _layout.Count + touched[j]] += weight * score[touched[i]] * score[touched[j]];
            }
        }

        foreach (var parameter in touched)
            score[parameter] = 0;
        touched.Clear();
    }
}

/// <summary>The votes of each cluster, by counting sort.</summary>
internal sealed class ClusteredVotes
{
    private readonly int[] _starts;
    private readonly int[] _votes;

    public ClusteredVotes(int[] clusterOf)
    {
        Clusters = clusterOf.Length == 0 ? 0 : clusterOf.Max() + 1;
        _starts = new int[Clusters + 1];
        foreach (var cluster in clusterOf)
            _starts[cluster + 1]++;
        for (var cluster = 0; cluster < Clusters; cluster++)
            _starts[cluster + 1] += _starts[cluster];
        var next = _starts[..^1];
        _votes = new int[clusterOf.Length];
        for (var vote = 0; vote < clusterOf.Length; vote++)
            _votes[next[clusterOf[vote]]++] = vote;
    }

    public int Clusters { get; }

    public ReadOnlySpan<int> In(int cluster) => _votes.AsSpan(_starts[cluster].._starts[cluster + 1]);
}
