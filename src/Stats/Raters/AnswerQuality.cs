namespace PixelPost.Stats;

/// <summary>What can be told about one rater whose answers are categories, with times apart: in a study that is not about pairs.</summary>
public sealed record AnswerQuality
{
    /// <summary>Identifies the rater.</summary>
    public required long Rater { get; init; }

    /// <summary>Votes of the rater, those among them that say that nothing can be judged.</summary>
    public required int Votes { get; init; }

    /// <summary>Agreement with the majority of the other raters.</summary>
    public required RaterRate Agreement { get; init; }

    /// <summary>Response times of the votes.</summary>
    public required ResponseSpeedResult Speed { get; init; }

    /// <summary>The answer, or the place, chosen most often.</summary>
    public required SameAnswerResult Same { get; init; }

    /// <summary>The quality of every rater with a vote, in the order of their first votes.</summary>
    /// <param name="votes">Whose votes there are, and how long each took in milliseconds; null where it was not measured.</param>
    /// <param name="categories">Number of possible answers, at least 2.</param>
    /// <param name="answers">What they say; a vote may hold several, or none.</param>
    /// <param name="same">From <see cref="SameAnswer"/>.</param>
    /// <param name="floorMs">A vote in less was given without looking; more than 0.</param>
    public static IReadOnlyList<AnswerQuality> OfAll(
        IReadOnlyCollection<(long Rater, int? ResponseMs)> votes, int categories, IReadOnlyCollection<CategoryAnswer> answers,
        IReadOnlyDictionary<long, SameAnswerResult> same, int floorMs = RaterQuality.FloorMs)
    {
        var agreement = CategoryAgreement.ByRater(categories, answers);
        var speed = ResponseSpeed.OfTimes(votes, floorMs);
        var none = RaterRates.Compare(new Dictionary<long, (int, int)> { [0] = default }, "This rater has given no answer.", 0.95)[0];
        return
        [
            .. votes.CountBy(vote => vote.Rater).Select(rater => new AnswerQuality
            {
                Rater = rater.Key,
                Votes = rater.Value,
                Agreement = agreement.GetValueOrDefault(rater.Key, none),
                Speed = speed[rater.Key],
                Same = same.GetValueOrDefault(rater.Key, SameAnswer.None),
            }),
        ];
    }
}
