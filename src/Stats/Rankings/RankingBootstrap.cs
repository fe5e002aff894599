using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// How sure a ranking is: the model refitted to resamples of whole prompts with all their votes, for intervals of strengths and
/// ranks and for the probability of being best.
/// </summary>
/// <remarks>
/// Davison and Hinkley (1997), "Bootstrap Methods and their Application", 3.8 (whole clusters); ranks: Goldstein and Spiegelhalter
/// (1996), "League tables and their limitations", JRSS A 159. Prompts must be independent; raters who vote on many prompts are not
/// allowed for, which <see cref="StrengthCovariance.Clustered"/> does.
/// </remarks>
public static class RankingBootstrap
{
    private const int FewestReplicates = 1_000;

    /// <summary>Strengths and ranks over resampled prompts.</summary>
    /// <param name="votes">Votes with their prompts.</param>
    /// <param name="model">Treatment of ties, and whether sides may matter.</param>
    /// <param name="random">Seed it to get the same result again, on any number of threads.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <param name="threads">Threads to use at most; by default one per processor.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="NonConvergenceException">A maximum exists but was not reached.</exception>
    public static BootstrappedRanking ByPrompt(
        PairVotes votes, RankingModel model, Random random, int replicates = 2_000, double level = 0.95, int? threads = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, FewestReplicates);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        _ = Quantiles.Tail(level);
        var full = BradleyTerry.Fit(votes.Table, model);
        if (full.Reason is { } reason)
            return BootstrappedRanking.Without(full, votes.Prompts, level, reason);
        if (votes.Prompts < 2)
            return BootstrappedRanking.Without(full, votes.Prompts, level, "All votes are on one prompt, so prompts cannot be resampled.");

        var seeds = new ulong[replicates];
        foreach (ref var seed in seeds.AsSpan())
            seed = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        return new BootstrappedRanking(full, votes.Prompts, replicates, Run(votes, full, seeds, threads), level);
    }

    /// <summary>The log strengths of each resample by rows, those without finite ones left out.</summary>
    private static double[] Run(PairVotes votes, Ranking full, ulong[] seeds, int? threads)
    {
        var cells = new PairCells(votes.Table, folded: !full.Model.SideEffect);
        var prompts = new PromptCells(votes, cells);
        var systems = full.Systems;
        var strengths = new double[seeds.Length * systems];
        var defined = new bool[seeds.Length];
        try
        {
            Parallel.For(
                0,
                seeds.Length,
                new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount },
                () => new BootstrapReplicate(prompts, cells, full),
                (replicate, _, workspace) =>
                {
                    defined[replicate] = workspace.TryFit(seeds[replicate], strengths.AsSpan(replicate * systems, systems));
                    return workspace;
                },
                _ => { });
        }
        catch (AggregateException failures) when (failures.InnerExceptions[0] is NonConvergenceException)
        {
            throw new NonConvergenceException("A resample of prompts has a maximum that was not reached.", failures.InnerExceptions[0]);
        }

        return [.. Enumerable.Range(0, seeds.Length)
            .Where(replicate => defined[replicate])
            .SelectMany(replicate => new ArraySegment<double>(strengths, replicate * systems, systems))];
    }
}
