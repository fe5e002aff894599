using MathNet.Numerics;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>
/// The model of Dawid and Skene: the share of comparisons of each true answer once raters are weighed by how they agree. A check
/// of the majority; it is made from the votes and is no evidence of its own.
/// </summary>
public sealed record Consensus
{
    private const int MostVotes = 50_000;

    /// <summary>Share of comparisons of which A is better; null for the reason beside it.</summary>
    public double? AWins { get; init; }

    /// <summary>Share of comparisons of which neither is better.</summary>
    public double? Tie { get; init; }

    /// <summary>Share of comparisons of which B is better.</summary>
    public double? BWins { get; init; }

    /// <summary>Why there are no shares; null when they are there.</summary>
    public string? Reason { get; init; }

    /// <summary>What to know before the shares are believed, one sentence each; categories 0, 1 and 2 are A wins, tie and B wins.</summary>
    public IReadOnlyList<string> Cautions { get; init; } = [];

    /// <param name="votes">Of known raters on one pair.</param>
    internal static Consensus Of(IReadOnlyList<FileVote> votes)
    {
        var answers = votes.Where(vote => vote.Winner != Outcome.Reject)
            .Select(vote => ((long)vote.Comparison, (long)vote.Rater, 1 - vote.Winner.Score()!.Value)) // a, tie, b
            .ToList();
        if (answers.Count is 0 or > MostVotes)
            return new() { Reason = answers.Count == 0 ? "No vote compares." : $"Not fitted to more than {MostVotes} votes." };
        try
        {
            var fit = DawidSkene.Fit(categories: 3, answers);
            return new() { AWins = fit.Prior[0], Tie = fit.Prior[1], BWins = fit.Prior[2], Cautions = fit.Cautions };
        }
        catch (NonConvergenceException exception)
        {
            return new() { Reason = exception.Message };
        }
    }
}
