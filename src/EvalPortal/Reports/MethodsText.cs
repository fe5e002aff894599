using System.Globalization;
using System.Reflection;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>Writes the methods paragraph of a report and keeps what it cites.</summary>
internal sealed class MethodsText(VoteReport report)
{
    private readonly List<Reference> _cited = [];

    /// <summary>Version of the program, without the commit.</summary>
    public static string Version { get; } = typeof(MethodsText).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>What has been cited so far, by year.</summary>
    public IReadOnlyList<Reference> References => [.. _cited.OrderBy(reference => reference.Key[^4..], StringComparer.Ordinal).ThenBy(reference => reference.Key, StringComparer.Ordinal)];

    public string Write() => string.Join(' ', Sentences());

    private IEnumerable<string> Sentences()
    {
        var simulated = report.File.CountsSimulated ? " The votes, or some of them, are simulated." : "";
        yield return (report.Systems.Count > 2 ? Material($"{report.Systems.Count} systems were compared in pairs", axis => axis.Clusters) : PairMaterial()) + simulated;
        foreach (var sentence in report.Systems.Count > 2 ? Field() : [])
            yield return sentence;
        foreach (var sentence in report.Pair is null ? [] : Pair())
            yield return sentence;
        yield return $"Agreement between raters is given as the share of agreeing pairs of raters, Krippendorff's alpha ({Cite(Reference.Krippendorff)}), nominal and ordinal, and Gwet's AC1 ({Cite(Reference.Gwet)}), with 95 % percentile bootstrap intervals over comparisons ({Cite(Reference.EfronTibshirani)}).";
        if (Raters() is { } raters)
            yield return raters;
        yield return $"Computed with PixelPost {Version} from {report.File.Name} (SHA-256 {report.File.Sha256}).";
    }

    private string? Raters()
    {
        var known = report.Axes.Where(axis => axis.Raters.Raters is not null).ToList();
        if (known.Count == 0)
            return null;
        var consensus = known.Exists(axis => axis.Raters.Consensus is { Reason: null })
            ? $" As a check, the consensus of raters was fitted by the model of Dawid and Skene ({Cite(Reference.DawidSkene)})."
            : "";
        return $"Each rater's agreement with the majority of the others was compared with that of the other raters by Fisher's exact test, adjusted over raters by Holm's method ({Cite(Reference.Holm)}); no rater was left out for it.{consensus}";
    }

    private string PairMaterial() => Material($"{report.Pair!.A} was compared with {report.Pair.B}", axis => axis.HeadToHead!.Clusters);

    private string Material(string what, Func<AxisResult, VoteClusters> clustersOf)
    {
        var axes = report.Axes.Select(axis =>
        {
            var clusters = clustersOf(axis);
            var raters = clusters.Raters is { } number ? $" by {Figures.Count(number, "rater")}" : "";
            return $"{axis.Axis} ({Figures.Count(clusters.Votes, "vote")}{raters}, {Figures.Count(clusters.Comparisons, "comparison")}, {Figures.Count(clusters.Prompts, "prompt")})";
        });
        return $"{what} on {string.Join(", ", axes)}.";
    }

    private IEnumerable<string> Pair()
    {
        var pairs = report.Axes.Select(axis => axis.HeadToHead!).ToList();
        if (report.Systems.Count > 2)
            yield return PairMaterial();
        yield return pairs.All(pair => pair.Clusters.Votes == pair.Clusters.Comparisons)
            ? "Each comparison has one vote, which decides it."
            : "A comparison is decided by the answer that most of its raters gave, and is a split where two answers share the first place.";
        yield return "The net win rate is (wins − losses)/n, with ties and splits in n and rejects left out.";
        var clustered = pairs.Any(pair => pair.NetWinRate.Method.Contains("cluster", StringComparison.Ordinal));
        var tango = pairs.Any(pair => pair.NetWinRate.Method.StartsWith("Tango", StringComparison.Ordinal));
        var intervals = string.Join(" or, where a prompt has several comparisons, ", new[]
        {
            tango ? $"95 % Tango score intervals ({Cite(Reference.Tango)})" : null,
            clustered ? $"95 % t intervals with standard errors cluster-robust by prompt (cr1; {Cite(Reference.LiangZeger)})" : null,
        }.OfType<string>());
        yield return $"Net win rates of decisions have {intervals}, shares 95 % Wilson intervals ({Cite(Reference.Wilson)}).";
        yield return $"{Tests(pairs)}{(report.FamilySize > 1 ? $", with p-values adjusted over {report.FamilySize} {(report.Plan is null ? "" : "planned ")}axes by Holm's method ({Cite(Reference.Holm)})" : "")}.";
        yield return $"Net win rates of votes have 95 % t intervals with {StandardErrors(pairs.Select(pair => pair.VoteNetWinRate))}{Bootstrap(pairs)}.";
        if (report.Margin is { } margin)
            yield return $"Whether {report.Pair!.A} is worse than {report.Pair.B} by less than {Figures.Percent(margin)} in net win rate was tested by two one-sided tests at the 5 % level ({Cite(Reference.Schuirmann)}), not adjusted over axes.";
    }

    private string Tests(List<HeadToHead> pairs)
    {
        var tests = new[]
        {
            pairs.Any(pair => pair.Test.Method.Contains("sign", StringComparison.Ordinal))
                ? $"exact two-sided sign tests on the decisions, ties and splits dropped ({Cite(Reference.DixonMood)})" : null,
            pairs.Any(pair => !pair.Test.Method.Contains("sign", StringComparison.Ordinal))
                ? "two-sided t tests of the net win rate of the decisions, cluster-robust by prompt" : null,
        }.OfType<string>();
        return $"That neither is better was tested by {string.Join(" and ", tests)}";
    }

    private string Bootstrap(List<HeadToHead> pairs) => pairs.Find(pair => pair.Bootstrap is not null)?.Bootstrap is { } bootstrap
        ? string.Create(CultureInfo.InvariantCulture, $", checked by BCa bootstrap intervals over prompts ({bootstrap.Replicates:N0} resamples; {Cite(Reference.Efron)})")
        : "";

    private IEnumerable<string> Field()
    {
        if (Ranking() is { } ranking)
            yield return ranking;
        yield return "The net win rate of a system is (wins − losses)/n over all its votes, with ties in n and rejects left out.";
        var estimates = report.Axes.SelectMany(axis => axis.Systems).Select(system => system.NetWinRate);
        yield return $"Net win rates have 95 % t intervals with {StandardErrors(estimates)}.";
    }

    private string? Ranking()
    {
        var rankings = report.Axes.Select(axis => axis.Ranking!).Where(ranking => ranking.Systems is not null).ToList();
        if (rankings.Count == 0)
            return null;
        var models = new[]
        {
            rankings.Exists(ranking => ranking.ModelsTies) ? $"Davidson's model, which has a parameter for ties ({Cite(Reference.Davidson)})" : null,
            rankings.Exists(ranking => !ranking.ModelsTies) ? $"the model of Bradley and Terry ({Cite(Reference.BradleyTerry)})" : null,
        }.OfType<string>();
        var way = report.Axes.Any(axis => axis.Clusters.Clustering == Clustering.TwoWay) ? "prompt and rater" : "prompt";
        var ranks = rankings.Find(ranking => ranking.RankReason is null) is { } resampled
            ? string.Create(CultureInfo.InvariantCulture, $"; intervals of ranks and the probability of being best are from {resampled.Replicates:N0} bootstrap resamples of the prompts ({Cite(Reference.GoldsteinSpiegelhalter)})")
            : "";
        return $"Systems are ranked by maximum likelihood with {string.Join(" or ", models)}; strengths have 95 % t intervals from a sandwich covariance clustered by {way} (cr1; {Cite(Reference.LiangZeger)}){ranks}.";
    }

    private string StandardErrors(IEnumerable<ClusteredEstimate> estimates)
    {
        var ways = estimates.Select(estimate => estimate.Clustering).ToHashSet();
        return ways.Contains(Clustering.TwoWay)
            ? $"standard errors cluster-robust by prompt and rater (cr1; {Cite(Reference.LiangZeger)}; {Cite(Reference.CameronGelbachMiller)})"
            : $"standard errors cluster-robust by {(ways.Contains(Clustering.ByRater) ? "rater" : "prompt")} (cr1; {Cite(Reference.LiangZeger)})";
    }

    private string Cite(Reference reference)
    {
        if (!_cited.Contains(reference))
            _cited.Add(reference);
        return reference.Key;
    }
}
