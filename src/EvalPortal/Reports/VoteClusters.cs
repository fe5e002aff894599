using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>What votes hang together by, and how many of each there are.</summary>
public sealed record VoteClusters
{
    public required int Votes { get; init; }

    public required int Comparisons { get; init; }

    public required int Prompts { get; init; }

    /// <summary>Null when the file does not say who voted.</summary>
    public required int? Raters { get; init; }

    /// <summary>Votes of raters who had voted on the same comparison before.</summary>
    public required int Repeats { get; init; }

    /// <summary>How the votes are clustered: two ways, or by prompt where raters are not known.</summary>
    public Clustering Clustering => Raters is null ? Clustering.ByPrompt : Clustering.TwoWay;

    /// <summary>Whether there are so few prompts or raters that a cluster-robust interval can be narrow.</summary>
    internal bool AreFew => Prompts < Cautions.Few || Raters < Cautions.Few;

    internal static VoteClusters Of(IReadOnlyCollection<FileVote> votes)
    {
        var (comparisons, prompts, raters, unknown, repeats) = (new HashSet<int>(), new HashSet<int>(), new HashSet<int>(), 0, 0);
        foreach (var vote in votes)
        {
            comparisons.Add(vote.Comparison);
            prompts.Add(vote.Prompt);
            raters.Add(vote.Rater);
            unknown += vote.Rater < 0 ? 1 : 0;
            repeats += vote.IsRepeat ? 1 : 0;
        }
        return new VoteClusters
        {
            Votes = votes.Count,
            Comparisons = comparisons.Count,
            Prompts = prompts.Count,
            Raters = unknown == votes.Count ? null : raters.Count,
            Repeats = repeats,
        };
    }

    /// <summary>The scores of the votes that compare, in their clusters.</summary>
    /// <param name="score">+1, 0 or −1; null for a vote that is not part of it.</param>
    internal static List<ClusteredScore> Scores(IReadOnlyCollection<FileVote> votes, Func<FileVote, int?> score)
    {
        var scores = new List<ClusteredScore>(votes.Count);
        foreach (var vote in votes)
        {
            if (score(vote) is { } value)
                scores.Add(new ClusteredScore(vote.Prompt, vote.Rater, value));
        }
        return scores;
    }
}
