using System.Globalization;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>All systems of an axis on one scale, whoever met whom.</summary>
public sealed record RankingResult
{
    // A fixed start of the resampling: the same file shows the same intervals every time.
    private const int Seed = 1;
    private const int MostReplicates = 2_000;
    private const int FewestReplicates = 1_000;

    // A resample goes over all votes in the end: about a second on two cores.
    private const int MostVotesResampled = 400_000_000;
    private const int MostPrompts = 300_000;

    /// <summary>Model and fit in words: Davidson's where there are ties, else Bradley and Terry's.</summary>
    public required string Method { get; init; }

    /// <summary>Whether ties are modelled, because there are some.</summary>
    public required bool ModelsTies { get; init; }

    /// <summary>Every system with a vote that compares, the strongest first; null for <see cref="Reason"/>.</summary>
    public IReadOnlyList<RankedSystem>? Systems { get; init; }

    /// <summary>Why there is no ranking; null when there is one.</summary>
    public string? Reason { get; init; }

    /// <summary>Resamples of the prompts behind the intervals of ranks; 0 without.</summary>
    public int Replicates { get; init; }

    /// <summary>Resamples that do not rank all systems.</summary>
    public int UndefinedReplicates { get; init; }

    /// <summary>Why there are no intervals of ranks; null when there are.</summary>
    public string? RankReason { get; init; }

    /// <summary>Fits the ranking.</summary>
    /// <param name="names">Of all systems of the file.</param>
    /// <param name="votes">On one axis.</param>
    internal static RankingResult Of(IReadOnlyList<string> names, IReadOnlyList<FileVote> votes, VoteClusters clusters)
    {
        var present = Compared(names.Count, votes);
        var model = new RankingModel(votes.Any(vote => vote.Winner == Outcome.Tie) ? TieTreatment.Davidson : TieTreatment.Dropped);
        if (present.Length < 2)
            return new() { Method = model.Name, ModelsTies = model.HasTieParameter, Reason = "No vote compares two systems." };

        var pairs = new PairVotes(present.Length, PairVotesOf(votes, present, names.Count), [.. present.Select(system => names[system])]);
        var ranking = BradleyTerry.Fit(pairs.Table, model);
        var result = new RankingResult { Method = ranking.Method, ModelsTies = model.HasTieParameter, Reason = ranking.Reason };
        if (ranking.Reason is not null)
            return result;

        var errors = StrengthCovariance.Clustered(ranking, pairs, clusters.Clustering);
        var resampled = clusters.Prompts > MostPrompts ? null
            : RankingBootstrap.ByPrompt(pairs, model, new Random(Seed), Math.Clamp(MostVotesResampled / pairs.Count, FewestReplicates, MostReplicates));
        return result with
        {
            Systems =
            [
                .. Enumerable.Range(0, present.Length)
                    .Select(system => RankedSystem.Of(pairs.Table.Names[system], errors.Strength(system), ranking.Ranks![system], resampled?.Systems?[system]))
                    .OrderBy(system => system.Rank),
            ],
            Replicates = resampled?.Replicates ?? 0,
            UndefinedReplicates = resampled?.Undefined ?? 0,
            RankReason = resampled is null
                ? string.Create(CultureInfo.InvariantCulture, $"{clusters.Prompts:N0} prompts are too many to resample; the intervals of the strengths do not need it.")
                : resampled.Reason,
        };
    }

    /// <summary>The systems with a vote that compares, in order.</summary>
    private static int[] Compared(int systems, IReadOnlyList<FileVote> votes)
    {
        var compared = new bool[systems];
        foreach (var vote in votes)
        {
            if (vote.Winner != Outcome.Reject)
                compared[vote.SystemA] = compared[vote.SystemB] = true;
        }
        return [.. Enumerable.Range(0, systems).Where(system => compared[system])];
    }

    private static List<PairVote> PairVotesOf(IReadOnlyList<FileVote> votes, int[] present, int systems)
    {
        var place = new int[systems];
        for (var i = 0; i < present.Length; i++)
            place[present[i]] = i;
        var pairs = new List<PairVote>(votes.Count);
        foreach (var vote in votes)
        {
            PairOutcome? outcome = vote.Winner switch
            {
                Outcome.A => PairOutcome.Left,
                Outcome.B => PairOutcome.Right,
                Outcome.Tie => PairOutcome.Tie,
                _ => null,
            };
            if (outcome is { } compared)
                pairs.Add(new PairVote(place[vote.SystemA], place[vote.SystemB], compared, vote.Prompt, vote.Rater));
        }
        return pairs;
    }
}

/// <summary>A system's place in a ranking.</summary>
public sealed record RankedSystem
{
    public required string System { get; init; }

    /// <summary>From 1: one more than the number of stronger systems.</summary>
    public required int Rank { get; init; }

    /// <summary>Best place in the middle 95 % of the resamples of the prompts; null without resamples.</summary>
    public int? BestRank { get; init; }

    /// <summary>Worst place in the middle 95 % of the resamples of the prompts; null without resamples.</summary>
    public int? WorstRank { get; init; }

    /// <summary>Share of the resamples in which it is the best; null without resamples.</summary>
    public double? ProbabilityBest { get; init; }

    /// <summary>Natural logarithm of its strength against the average system, with a cluster-robust interval.</summary>
    public required Estimate LogStrength { get; init; }

    /// <summary>Why another clustering was used than for the others; null when it was not.</summary>
    public string? Fallback { get; init; }

    /// <summary>The log strength as points of chess ratings: 1000 is the average system, 400 more are odds of 10 to 1.</summary>
    public double? Rating => LogStrength.Value is { } strength ? EloScale.Rating(strength) : null;

    internal static RankedSystem Of(string system, StrengthEstimate strength, int rank, BootstrappedSystem? resampled) => new()
    {
        System = system,
        Rank = rank,
        BestRank = resampled?.RankInterval?.Best,
        WorstRank = resampled?.RankInterval?.Worst,
        ProbabilityBest = resampled?.ProbabilityBest,
        LogStrength = strength.Estimate,
        Fallback = strength.Fallback,
    };
}
