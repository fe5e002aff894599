namespace PixelPost.Stats;

/// <summary>What one vote says about its rater; null where it cannot say it.</summary>
/// <param name="Agrees">Whether it is the answer of most other raters, as in <see cref="MajorityAgreement"/>.</param>
/// <param name="RightOnGold">Whether it is the known answer.</param>
/// <param name="SameAgain">On a repeat, whether it is the rater's first answer.</param>
public readonly record struct VoteCheck(bool? Agrees, bool? RightOnGold, bool? SameAgain);

/// <summary>Each vote by itself held against what can be known: what shares over stretches of votes are made of.</summary>
public static class VoteChecks
{
    /// <summary>The checks of every vote, in the order of the votes.</summary>
    /// <param name="votes">Of one axis, gold and repeats among them; at most one vote of a rater on a comparison.</param>
    /// <exception cref="ArgumentException">A rater has two votes on a comparison.</exception>
    public static VoteCheck[] Of(IReadOnlyCollection<RaterVote> votes)
    {
        var answers = new AnswerCounts(votes);
        var repeated = votes.Where(vote => vote.RepeatOf is not null).Select(vote => (vote.Rater, vote.RepeatOf!.Value)).ToHashSet();
        var firsts = votes.Where(vote => repeated.Contains((vote.Rater, vote.Comparison)))
            .ToDictionary(vote => (vote.Rater, vote.Comparison), vote => vote.Outcome);

        var checks = new VoteCheck[votes.Count];
        var (place, ofStudy) = (0, 0);
        Span<int> others = stackalloc int[AnswerCounts.Outcomes];
        foreach (var vote in votes)
        {
            bool? agrees = null;
            if (vote.IsOfStudy)
            {
                AnswerCounts.Without(answers.Of(answers.Votes[ofStudy++].Comparison), vote.Outcome, others);
                agrees = AnswerCounts.Majority(others) is { } majority ? vote.Outcome == majority : null;
            }

            checks[place++] = new VoteCheck(
                agrees,
                vote.Gold is { } gold ? vote.Outcome == gold : null,
                vote.RepeatOf is { } first && firsts.TryGetValue((vote.Rater, first), out var outcome) ? vote.Outcome == outcome : null);
        }

        return checks;
    }
}
