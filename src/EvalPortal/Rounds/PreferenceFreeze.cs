using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>The votes on one comparison.</summary>
public sealed record ComparisonVotes
{
    public required Comparison Comparison { get; init; }

    /// <summary>Outcomes on each axis; an axis without votes may be missing.</summary>
    public required IReadOnlyDictionary<Axis, IReadOnlyList<Outcome>> Votes { get; init; }
}

/// <summary>From votes to preferences: majorities decide comparisons, decisive ones become pairs, the rest is counted.</summary>
public static class PreferenceFreeze
{
    /// <summary>Decides every comparison under a rule.</summary>
    /// <returns>The pairs in the order of the comparisons, and why the others gave none.</returns>
    public static (IReadOnlyList<FrozenPair> Pairs, LeftOut LeftOut) Apply(IEnumerable<ComparisonVotes> comparisons, AxisRule rule)
    {
        var pairs = new List<FrozenPair>();
        var leftOut = new LeftOut();
        foreach (var comparison in comparisons)
        {
            var decisions = Axes(rule)
                .Where(axis => comparison.Votes.TryGetValue(axis, out var votes) && votes.Count > 0)
                .Select(axis => (Axis: axis, Decision: MajorityDecision.Of(comparison.Votes[axis])))
                .ToList();
            var decisive = decisions.FindIndex(d => d.Decision is Decision.A or Decision.B);
            // A pair that cannot be compared on one axis teaches its other difference, such as the style.
            if (decisions.Exists(d => d.Decision == Decision.Reject))
                leftOut = leftOut with { Rejects = leftOut.Rejects + 1 };
            else if (decisive >= 0)
                pairs.Add(Pair(pairs.Count + 1, comparison, decisions[decisive].Axis, decisions[decisive].Decision));
            else if (decisions.Exists(d => d.Decision == Decision.Split))
                leftOut = leftOut with { Splits = leftOut.Splits + 1 };
            else if (decisions.Count > 0)
                leftOut = leftOut with { Ties = leftOut.Ties + 1 };
            else
                leftOut = leftOut with { Unvoted = leftOut.Unvoted + 1 };
        }
        return (pairs, leftOut);
    }

    /// <summary>The set as a job's <c>preferences.jsonl</c>: one line per pair in order, UTF-8, each ended by a line feed.</summary>
    public static byte[] ToFile(IReadOnlyList<FrozenPair> pairs)
    {
        using var file = new MemoryStream();
        foreach (var pair in pairs)
        {
            JsonSerializer.Serialize(file, ToLine(pair), ContractJson.Line);
            file.WriteByte((byte)'\n');
        }
        return file.ToArray();
    }

    /// <summary>What identifies the set: SHA-256 of <see cref="ToFile"/>, lower-case hex.</summary>
    public static string Sha256(IReadOnlyList<FrozenPair> pairs) => Convert.ToHexStringLower(SHA256.HashData(ToFile(pairs)));

    private static PreferencePair ToLine(FrozenPair pair) => new()
    {
        PairId = pair.PairNumber.ToString(CultureInfo.InvariantCulture),
        Prompt = pair.Prompt,
        Chosen = $"images/{pair.ChosenSha256}.png",
        Rejected = $"images/{pair.RejectedSha256}.png",
        ChosenSha256 = pair.ChosenSha256,
        RejectedSha256 = pair.RejectedSha256,
        Weight = pair.Weight,
    };

    private static Axis[] Axes(AxisRule rule) => rule switch
    {
        AxisRule.Flaws => [Axis.Flaws],
        AxisRule.Appeal => [Axis.Appeal],
        _ => [Axis.Flaws, Axis.Appeal],
    };

    private static FrozenPair Pair(int number, ComparisonVotes votes, Axis axis, Decision decision)
    {
        var comparison = votes.Comparison;
        var counts = OutcomeCounts.OfVotes(votes.Votes[axis]);
        var a = (Image: comparison.ImageAId, Sha256: comparison.ImageASha256, Votes: counts.A);
        var b = (Image: comparison.ImageBId, Sha256: comparison.ImageBSha256, Votes: counts.B);
        var (chosen, rejected) = decision == Decision.A ? (a, b) : (b, a);
        return new FrozenPair
        {
            PairNumber = number,
            ComparisonId = comparison.ComparisonId,
            Axis = axis,
            Prompt = comparison.Prompt,
            ChosenImageId = chosen.Image,
            ChosenSha256 = chosen.Sha256,
            RejectedImageId = rejected.Image,
            RejectedSha256 = rejected.Sha256,
            VotesChosen = chosen.Votes,
            VotesRejected = rejected.Votes,
            VotesTie = counts.Tie,
        };
    }
}
