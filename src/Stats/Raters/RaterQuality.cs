namespace PixelPost.Stats;

/// <summary>Everything that this folder can tell about one rater on one axis.</summary>
/// <remarks>It reports. Nothing here leaves a rater out: that is for a researcher to decide, by a rule made beforehand.</remarks>
public sealed record RaterQuality
{
    /// <summary>An answer in less was given without looking, in milliseconds.</summary>
    public const int FloorMs = 1_000;

    /// <summary>Identifies the rater.</summary>
    public required long Rater { get; init; }

    /// <summary>All votes of the rater, gold and repeats among them.</summary>
    public required int Votes { get; init; }

    /// <summary>Agreement with the majority of the other raters.</summary>
    public required MajorityAgreementResult Agreement { get; init; }

    /// <summary>Right answers on gold.</summary>
    public required RaterRate Gold { get; init; }

    /// <summary>Same answers to the same comparison shown again.</summary>
    public required SelfConsistencyResult Repeats { get; init; }

    /// <summary>Left against right.</summary>
    public required SideBiasTest Side { get; init; }

    /// <summary>Response times.</summary>
    public required ResponseSpeedResult Speed { get; init; }

    /// <summary>The longest run of the same side.</summary>
    public required StreakResult Streak { get; init; }

    /// <summary>What the headline figures would be without the rater.</summary>
    public required RaterInfluenceResult Influence { get; init; }

    /// <summary>The quality of every rater, in the order of their first votes.</summary>
    /// <param name="votes">
    /// Of one axis, gold and repeats among them; at most one vote of a rater on a comparison, and a repeat is a comparison of its own.
    /// </param>
    /// <param name="floorMs">An answer in less was given without looking; more than 0.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentException">A rater has two votes on a comparison.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static IReadOnlyList<RaterQuality> OfAll(IReadOnlyCollection<RaterVote> votes, int floorMs = FloorMs, double level = 0.95)
    {
        var agreement = MajorityAgreement.ByRater(votes, level);
        var gold = GoldAccuracy.ByRater(votes, level);
        var repeats = SelfConsistency.ByRater(votes, level);
        var side = SideBias.ByRater(votes, level);
        var speed = ResponseSpeed.ByRater(votes, floorMs, level);
        var streaks = Stats.Streak.ByRater(votes);
        var influence = RaterInfluence.ByRater(votes);
        return
        [
            .. votes.CountBy(vote => vote.Rater).Select(rater => new RaterQuality
            {
                Rater = rater.Key,
                Votes = rater.Value,
                Agreement = agreement[rater.Key],
                Gold = gold[rater.Key],
                Repeats = repeats[rater.Key],
                Side = side[rater.Key],
                Speed = speed[rater.Key],
                Streak = streaks[rater.Key],
                Influence = influence[rater.Key],
            }),
        ];
    }
}
