using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>
/// From picks of best and worst to preferences. Over all raters of a prompt an image scores its picks as the best less those as the
/// worst. The image that is alone at the top is chosen over the one that is alone at the bottom; where several share a place, the
/// prompt gives no pair and is counted as a tie. A pair weighs the difference of the scores over the largest there could be, so that
/// raters who agree weigh 1.
/// </summary>
public static class PickFreeze
{
    /// <summary>Decides every prompt.</summary>
    /// <param name="items">In the order of the study.</param>
    /// <param name="rules">Fewest votes and least agreement, which is the pair's weight; null for those of the reference protocol.</param>
    /// <returns>The pairs in the order of the study, and why other prompts gave none.</returns>
    public static (IReadOnlyList<FrozenPair> Pairs, LeftOut LeftOut) Apply(IEnumerable<PickedItem> items, PreferenceRules? rules = null)
    {
        rules ??= PreferenceRules.Protocol;
        var pairs = new List<FrozenPair>();
        var leftOut = new LeftOut();
        foreach (var item in items)
        {
            if (item.Votes == 0)
                leftOut = leftOut with { Unvoted = leftOut.Unvoted + 1 };
            else if (item.Votes < rules.MinVotes)
                leftOut = leftOut with { TooFewVotes = leftOut.TooFewVotes + 1 };
            else if (item is not { Chosen: { } chosen, Rejected: { } rejected })
                leftOut = leftOut with { Ties = leftOut.Ties + 1 };
            else if (Pair(pairs.Count + 1, item, chosen, rejected) is var pair && pair.Weight < rules.MinAgreement)
                leftOut = leftOut with { LowAgreement = leftOut.LowAgreement + 1 };
            else
                pairs.Add(pair);
        }
        return (pairs, leftOut);
    }

    private static FrozenPair Pair(int number, PickedItem item, PickedImage chosen, PickedImage rejected) => new()
    {
        PairNumber = number,
        ComparisonId = item.ComparisonId,
        Axis = Axis.Preference,
        Prompt = item.Prompt,
        ChosenImageId = chosen.Image.ImageId,
        ChosenSha256 = chosen.Image.Sha256,
        RejectedImageId = rejected.Image.ImageId,
        RejectedSha256 = rejected.Image.Sha256,
        VotesChosen = chosen.Best,
        VotesRejected = rejected.Worst,
        VotesTie = 0,
        Weight = (chosen.Score - rejected.Score) / (2.0 * item.Votes),
    };
}
