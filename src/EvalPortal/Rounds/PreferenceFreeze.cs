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
    private static readonly Axis[] FlawsFirst = [Axis.Flaws, Axis.Appeal];
    private static readonly Axis[] AppealFirst = [Axis.Appeal, Axis.Flaws];

    /// <summary>Decides every comparison.</summary>
    /// <param name="comparisons">In the order of the study.</param>
    /// <param name="rule">Which axis decides.</param>
    /// <param name="rules">The rest of the rules; null for those of the reference protocol.</param>
    /// <returns>The pairs in the order of the comparisons, and why the others gave none.</returns>
    public static (IReadOnlyList<FrozenPair> Pairs, LeftOut LeftOut) Apply(
        IEnumerable<ComparisonVotes> comparisons, AxisRule rule, PreferenceRules? rules = null)
    {
        var (pairs, leftOut) = (new List<FrozenPair>(), new LeftOut());
        foreach (var comparison in comparisons)
        {
            var (pair, reason) = Decide(comparison, rule, rules ?? PreferenceRules.Protocol);
            if (pair is not null)
                pairs.Add(pair with { PairNumber = pairs.Count + 1 });
            else
                leftOut = reason(leftOut);
        }
        return (pairs, leftOut);
    }

    /// <summary>The pair that a comparison gives, or the reason that is counted.</summary>
    private static (FrozenPair? Pair, Func<LeftOut, LeftOut> Reason) Decide(ComparisonVotes comparison, AxisRule rule, PreferenceRules rules)
    {
        var voted = Axes(rule, rules).Where(axis => comparison.Votes.TryGetValue(axis, out var votes) && votes.Count > 0).ToList();
        var decisions = voted.Where(axis => comparison.Votes[axis].Count >= rules.MinVotes)
            .Select(axis => (Axis: axis, Decision: MajorityDecision.Of(comparison.Votes[axis])))
            .ToList();
        var decisive = decisions.FindAll(axis => axis.Decision is Decision.A or Decision.B);
        var (ties, splits, rejects) = (Any(Decision.Tie), Any(Decision.Split), Any(Decision.Reject));

        if (voted.Count == 0)
            return (null, left => left with { Unvoted = left.Unvoted + 1 });
        if (decisions.Count == 0)
            return (null, left => left with { TooFewVotes = left.TooFewVotes + 1 });
        if (rejects && (decisive.Count == 0 || rules.Rejects == RejectRule.LeaveOut))
            return (null, left => left with { Rejects = left.Rejects + 1 });
        if (splits && (decisive.Count == 0 || rules.Ties == TieRule.LeaveOut))
            return (null, left => left with { Splits = left.Splits + 1 });
        if (ties && (decisive.Count == 0 || rules.Ties == TieRule.LeaveOut))
            return (null, left => left with { Ties = left.Ties + 1 });
        if (rules.Conflicts == ConflictRule.LeaveOut && decisive.Exists(axis => axis.Decision != decisive[0].Decision))
            return (null, left => left with { Conflicts = left.Conflicts + 1 });
        var pair = Pair(comparison, decisive[0].Axis, decisive[0].Decision);
        return pair.VotesChosen < rules.MinAgreement * comparison.Votes[pair.Axis].Count
            ? (null, left => left with { LowAgreement = left.LowAgreement + 1 })
            : (pair, left => left);

        bool Any(Decision decision) => decisions.Exists(axis => axis.Decision == decision);
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

    /// <summary>The axes that decide, the first of them first.</summary>
    private static Axis[] Axes(AxisRule rule, PreferenceRules rules) => rule switch
    {
        AxisRule.Flaws => [Axis.Flaws],
        AxisRule.Appeal => [Axis.Appeal],
        _ => rules.Conflicts == ConflictRule.MostAppeal ? AppealFirst : FlawsFirst,
    };

    private static FrozenPair Pair(ComparisonVotes votes, Axis axis, Decision decision)
    {
        var comparison = votes.Comparison;
        var counts = OutcomeCounts.OfVotes(votes.Votes[axis]);
        var a = (Image: comparison.ImageAId, Sha256: comparison.ImageASha256, Votes: counts.A);
        var b = (Image: comparison.ImageBId, Sha256: comparison.ImageBSha256, Votes: counts.B);
        var (chosen, rejected) = decision == Decision.A ? (a, b) : (b, a);
        return new FrozenPair
        {
            PairNumber = 0, // given when it is added
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
