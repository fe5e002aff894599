using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What the side on which an image stood does to the result of one pair of systems.</summary>
public sealed record PairSides
{
    public required string SystemA { get; init; }

    public required string SystemB { get; init; }

    /// <summary>Votes that compare.</summary>
    public required int Votes { get; init; }

    /// <summary>Those of them that saw A on the left.</summary>
    public required int AOnLeft { get; init; }

    /// <summary>Net win rate of A in the votes; null when nothing was compared.</summary>
    public required double? Net { get; init; }

    /// <summary>The same with each side counting half, and apart by side.</summary>
    public required SideBalancedNetWinRate Balanced { get; init; }

    /// <summary>How far it moves when each side counts half; null where A was not seen on both.</summary>
    public double? Change => Balanced.Balanced - Net;
}

/// <summary>Whether raters favour a side of the screen on an axis, and what that does to its result.</summary>
public sealed record SideEffect
{
    public required Axis Axis { get; init; }

    /// <summary>Votes that chose the left image.</summary>
    public required int Left { get; init; }

    /// <summary>Votes that chose one image.</summary>
    public required int Chosen { get; init; }

    /// <summary>Left less right among them, −1 to 1: 0 without a pull. Its interval is clustered by prompt and rater.</summary>
    public required ClusteredEstimate Lean { get; init; }

    public required IReadOnlyList<PairSides> Pairs { get; init; }

    /// <summary>Share of left answers with its interval: <c>51.2 % [48.9, 53.5]</c>.</summary>
    public string LeftShare => Lean.Estimate.Value is not { } lean ? Figures.None
        : Figures.Percent((1 + lean) / 2)
          + (Lean.Estimate.Interval is { } interval ? $"\u00A0[{Figures.PercentNumber(Math.Max(0, (1 + interval.Lower) / 2))}, {Figures.PercentNumber(Math.Min(1, (1 + interval.Upper) / 2))}]" : "");

    /// <summary>The largest change of a pair's net win rate when each side counts half; null where no pair was seen on both sides.</summary>
    public double? LargestChange => Pairs.Where(pair => pair.Change is not null).MaxBy(pair => Math.Abs(pair.Change!.Value))?.Change;

    /// <summary>What it says, in sentences.</summary>
    public string Reading => (Chosen, Lean.Estimate.Interval) switch
    {
        (0, _) => "No vote chose an image, so nothing is known of a pull to a side.",
        (_, null) => $"Whether raters favour a side is not known: {Lean.Estimate.Reason}",
        (_, { Lower: > 0 }) => $"Raters favoured the left image. {OnResult}",
        (_, { Upper: < 0 }) => $"Raters favoured the right image. {OnResult}",
        _ => $"The interval holds 50 %: no pull to a side is shown. A smaller one than it allows can still be there. {OnResult}",
    };

    private string OnResult => LargestChange is { } change
        ? $"Sides are drawn for every rater, so a pull makes the answers noisier and favours no system, as far as each stood left as often as right: with each side counting half, {(Pairs.Count == 1 ? "the net win rate of A changes by" : "the net win rate of a pair changes by at most")} {Figures.SignedPercent(change)} points."
        : "No pair was seen on both sides yet, so what that does to the result cannot be told.";

    /// <summary>Computes it from pairs of systems with their counting votes.</summary>
    public static SideEffect Of(Axis axis, IReadOnlyList<(string SystemA, string SystemB, VoteTable Table)> pairs)
    {
        var scores = new List<ClusteredScore>();
        var sides = new List<PairSides>();
        foreach (var (systemA, systemB, table) in pairs)
        {
            var prompts = table.Comparisons.ToDictionary(comparison => comparison.ComparisonId, comparison => comparison.PromptId);
            var votes = table.Sorted().Votes.Where(vote => vote.Axis == axis).ToList();
            scores.AddRange(votes.Where(vote => vote.Winner is Outcome.A or Outcome.B)
                .Select(vote => new ClusteredScore(prompts[vote.ComparisonId], vote.RaterId, ChoseLeft(vote) ? 1 : -1)));
            var compared = votes.Where(vote => vote.Winner != Outcome.Reject).ToList();
            sides.Add(new PairSides
            {
                SystemA = systemA,
                SystemB = systemB,
                Votes = compared.Count,
                AOnLeft = compared.Count(vote => !vote.LeftIsB),
                Net = NetWinRate.Normal(OutcomeCounts.OfVotes(compared.Select(vote => vote.Winner))).Value,
                Balanced = SideBias.Balance(compared.Select(vote => new RaterVote { Comparison = vote.ComparisonId, Rater = vote.RaterId, Outcome = vote.Winner, AOnLeft = !vote.LeftIsB })),
            });
        }
        return new SideEffect
        {
            Axis = axis,
            Left = scores.Count(score => score.Score > 0),
            Chosen = scores.Count,
            Lean = ClusteredNetWinRate.Of(scores, Clustering.TwoWay),
            Pairs = sides,
        };
    }

    private static bool ChoseLeft(CountingVote vote) => vote.Winner == (vote.LeftIsB ? Outcome.B : Outcome.A);
}
