using System.Globalization;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>How the raters of an axis answered, each beside the others. It accuses nobody and leaves nobody out.</summary>
public sealed record RatersResult
{
    // What looks at every rater takes seconds beyond this.
    private const int MostVotes = 300_000;

    /// <summary>Every rater, in order of the first votes; null for the reason beside it.</summary>
    public IReadOnlyList<RaterResult>? Raters { get; init; }

    /// <summary>Why raters are not told apart; null when they are.</summary>
    public string? Reason { get; init; }

    /// <summary>What the votes say once raters are weighed by how they agree; null for a file of more than two systems.</summary>
    public Consensus? Consensus { get; init; }

    /// <summary>Computes the result.</summary>
    /// <param name="names">Who the raters are, by their numbers.</param>
    /// <param name="votes">On one axis.</param>
    /// <param name="ofPair">Whether all votes are on one pair, so that figures about A and B mean something.</param>
    internal static RatersResult Of(IReadOnlyList<string> names, IReadOnlyList<FileVote> votes, bool ofPair)
    {
        var known = votes.Where(vote => vote.Rater >= 0).ToList();
        if (known.Count == 0)
            return new() { Reason = "The file does not say who voted." };
        if (known.Count > MostVotes)
            return new() { Reason = string.Create(CultureInfo.InvariantCulture, $"Not computed for more than {MostVotes:N0} votes on an axis: report a part of the file.") };

        var sides = known.TrueForAll(vote => vote.LeftIsA is not null);
        var times = known.Exists(vote => vote.ResponseMs is not null);
        var quality = RaterQuality.OfAll([.. known.Select((vote, order) => RaterVoteOf(vote, order))]);
        var flags = RaterFlags.Of(quality, FamilyAdjustment.Holm)
            .Where(flag => sides || flag.Kind is not (RaterFlagKind.SideBias or RaterFlagKind.Streak))
            .ToLookup(flag => flag.Rater, flag => flag.Sentence);
        return new()
        {
            Raters =
            [
                .. quality.Select(rater => new RaterResult
                {
                    Rater = names[(int)rater.Rater],
                    Votes = rater.Votes,
                    Agreement = rater.Agreement,
                    Repeats = rater.Repeats,
                    Side = sides ? rater.Side : null,
                    Speed = times ? rater.Speed : null,
                    Influence = ofPair ? rater.Influence : null,
                    Flags = [.. flags[rater.Rater]],
                }),
            ],
            Consensus = ofPair ? Consensus.Of(known) : null,
        };
    }

    /// <summary>A repeat is a comparison of its own that names the first one.</summary>
    private static RaterVote RaterVoteOf(FileVote vote, int order) => new()
    {
        Comparison = vote.IsRepeat ? -vote.Line : vote.Comparison,
        RepeatOf = vote.IsRepeat ? vote.Comparison : null,
        Rater = vote.Rater,
        Outcome = vote.Winner,
        AOnLeft = vote.LeftIsA ?? true,
        Order = order,
        ResponseMs = vote.ResponseMs,
    };
}

/// <summary>One rater of an axis.</summary>
public sealed record RaterResult
{
    public required string Rater { get; init; }

    /// <summary>Number of votes, repeats among them.</summary>
    public required int Votes { get; init; }

    /// <summary>Agreement with the majority of the other raters.</summary>
    public required MajorityAgreementResult Agreement { get; init; }

    /// <summary>Same answers to the same comparison shown again.</summary>
    public required SelfConsistencyResult Repeats { get; init; }

    /// <summary>Left against right; null when sides are not known.</summary>
    public required SideBiasTest? Side { get; init; }

    /// <summary>Response times; null when they were not measured.</summary>
    public required ResponseSpeedResult? Speed { get; init; }

    /// <summary>What the headline figures would be without the rater; null for a file of more than two systems.</summary>
    public required RaterInfluenceResult? Influence { get; init; }

    /// <summary>What to look at, a sentence each; p-values are adjusted over the raters by Holm.</summary>
    public required IReadOnlyList<string> Flags { get; init; }
}
