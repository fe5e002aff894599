namespace PixelPost.Stats;

/// <summary>How much less than independent votes the votes of a study say, because those on one prompt are alike.</summary>
public sealed record ClusterEffect
{
    /// <summary>Number of prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>Votes per prompt as a vote sees it, Σ m²/Σ m: the mean where all prompts have as many; null without votes.</summary>
    public double? VotesPerPrompt { get; init; }

    /// <summary>ρ, the correlation of two votes on one prompt; can come out below 0. Null when undefined.</summary>
    public double? IntraclassCorrelation { get; init; }

    /// <summary>1 + (m − 1) ρ at the study's own votes per prompt; null when undefined.</summary>
    public double? Predicted { get; init; }

    /// <summary>Variance of the net win rate clustered by prompt (cr1) / variance as if independent; null when undefined.</summary>
    public double? Observed { get; init; }

    /// <summary>Why a figure is null; null when all are there.</summary>
    public string? Reason { get; init; }

    /// <summary>Design effect 1 + (m − 1) ρ: the factor on the number of votes.</summary>
    /// <param name="votesPerPrompt">m, 1 or more; Σ m²/Σ m where prompts differ.</param>
    /// <param name="intraclassCorrelation">ρ, −1 to 1, with a factor above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>Kish (1965), "Survey Sampling", 5.4.</remarks>
    public static double DesignEffect(double votesPerPrompt, double intraclassCorrelation)
    {
        if (!(votesPerPrompt >= 1))
            throw new ArgumentOutOfRangeException(nameof(votesPerPrompt), votesPerPrompt, "There must be at least one vote per prompt.");
        var effect = 1 + (votesPerPrompt - 1) * intraclassCorrelation;
        if (!(intraclassCorrelation is >= -1 and <= 1) || effect <= 0)
            throw new ArgumentOutOfRangeException(
                nameof(intraclassCorrelation), intraclassCorrelation,
                "An intraclass correlation must be from -1 to 1 and leave a design effect above 0.");
        return effect;
    }

    /// <summary>
    /// Design effect of votes that share prompts and raters, 1 + (m − 1) ρ + (r − 1) τ: variance of the mean over what it would be if
    /// all votes were independent, at most one vote of a rater on a prompt.
    /// </summary>
    /// <param name="votesPerPrompt">m, 1 or more.</param>
    /// <param name="promptCorrelation">ρ, of two votes on one prompt by two raters, −1 to 1.</param>
    /// <param name="votesPerRater">r, 1 or more.</param>
    /// <param name="raterCorrelation">τ, of two votes of one rater on two prompts, −1 to 1, with a factor above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>Two crossed random effects, as in Owen (2007), "The pigeonhole bootstrap", Ann. Appl. Stat. 1.</remarks>
    public static double DesignEffectOfBoth(double votesPerPrompt, double promptCorrelation, double votesPerRater, double raterCorrelation)
    {
        if (!(votesPerRater >= 1))
            throw new ArgumentOutOfRangeException(nameof(votesPerRater), votesPerRater, "There must be at least one vote per rater.");
        var effect = DesignEffect(votesPerPrompt, promptCorrelation) + (votesPerRater - 1) * raterCorrelation;
        if (!(raterCorrelation is >= -1 and <= 1) || effect <= 0)
            throw new ArgumentOutOfRangeException(
                nameof(raterCorrelation), raterCorrelation,
                "An intraclass correlation must be from -1 to 1 and leave a design effect above 0.");
        return effect;
    }

    /// <summary>
    /// Correlation and design effect in a study's own votes, to plan the next one. ρ by analysis of variance:
    /// (MSB − MSW)/(MSB + (m₀ − 1) MSW), m₀ = (N − Σ m²/N)/(G − 1), between and within G prompts of N votes.
    /// </summary>
    /// <param name="scores">One per vote that compares (rejects left out).</param>
    /// <remarks>Donner (1986), "A review of inference procedures for the intraclass correlation coefficient", Int. Stat. Rev. 54.</remarks>
    public static ClusterEffect OfVotes(IReadOnlyList<ClusteredScore> scores)
    {
        var prompts = ClusterTotals.By(scores, score => score.Prompt);
        if (prompts.Count == 0)
            return new ClusterEffect { Prompts = 0, Reason = NetWinRate.NothingCompared };

        var votesPerPrompt = prompts.Clusters.Sum(cluster => (double)cluster.Count * cluster.Count) / prompts.Count;
        var squares = scores.Count(score => score.Score != 0);
        var alike = squares == 0 || Math.Abs(prompts.Sum) == prompts.Count;
        if (prompts.Clusters.Length < 2 || prompts.Clusters.Length == prompts.Count || alike)
        {
            return new ClusterEffect
            {
                Prompts = prompts.Clusters.Length,
                VotesPerPrompt = votesPerPrompt,
                Reason = "It takes two prompts, a prompt with two votes, and votes that differ, to see how alike the votes of a prompt are.",
            };
        }

        var correlation = Correlation(prompts, squares);
        var naive = (double)squares / prompts.Count - prompts.Mean * prompts.Mean;
        return new ClusterEffect
        {
            Prompts = prompts.Clusters.Length,
            VotesPerPrompt = votesPerPrompt,
            IntraclassCorrelation = correlation,
            Predicted = 1 + (votesPerPrompt - 1) * correlation,
            Observed = prompts.Variance(ClusterCorrection.Cr1) / (naive / prompts.Count),
        };
    }

    private static double Correlation(ClusterTotals prompts, double squares)
    {
        var (n, groups) = ((double)prompts.Count, prompts.Clusters.Length);
        var explained = prompts.Clusters.Sum(cluster => (double)cluster.Sum * cluster.Sum / cluster.Count);
        var between = (explained - n * prompts.Mean * prompts.Mean) / (groups - 1);
        var within = (squares - explained) / (n - groups);
        var size = (n - prompts.Clusters.Sum(cluster => (double)cluster.Count * cluster.Count) / n) / (groups - 1);
        return (between - within) / (between + (size - 1) * within);
    }
}
