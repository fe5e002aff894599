using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What the sheets about one image of a study of text alignment say together.</summary>
public sealed record AskedImage
{
    public required long ComparisonId { get; init; }

    public required long PromptId { get; init; }

    public required string Prompt { get; init; }

    public required long ImageId { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Sheets with answers.</summary>
    public int Sheets { get; init; }

    /// <summary>Sheets that say that the image cannot be judged.</summary>
    public int Rejected { get; init; }

    /// <summary>Right answers of all sheets. A question that was not asked, because one before it was not answered yes, is not right.</summary>
    public int Right { get; init; }

    /// <summary>Questions of all sheets with answers.</summary>
    public int Questions { get; init; }

    /// <summary>Share of right answers, as results have it; not a number without answers.</summary>
    public double Rate => (double)Right / Questions;
}

/// <summary>
/// From answers about text alignment to preferences: of the images of a prompt the one with the largest share of right answers is chosen
/// over the one with the smallest. Where several share a place, the first of them in the study stands for it; where all are alike, the
/// prompt is a tie. A pair weighs the difference of the shares.
/// </summary>
public static class AlignmentFreeze
{
    /// <summary>Decides every prompt.</summary>
    /// <param name="images">In the order of the study.</param>
    /// <param name="rules">Fewest sheets about an image and smallest weight; null for those of the reference protocol.</param>
    /// <returns>The pairs in the order in which prompts first appear, and why other prompts gave none.</returns>
    public static (IReadOnlyList<FrozenPair> Pairs, LeftOut LeftOut) Apply(IEnumerable<AskedImage> images, PreferenceRules? rules = null)
    {
        rules ??= PreferenceRules.Protocol;
        var pairs = new List<FrozenPair>();
        var leftOut = new LeftOut();
        foreach (var prompt in images.GroupBy(image => image.PromptId))
        {
            var all = prompt.ToList();
            var voted = all.FindAll(image => image.Sheets + image.Rejected > 0);
            var enough = voted.FindAll(image => image.Sheets + image.Rejected >= rules.MinVotes);
            var judged = enough.FindAll(image => image.Sheets > image.Rejected);
            if (all.Count < 2)
                leftOut = leftOut with { SingleImages = leftOut.SingleImages + 1 };
            else if (voted.Count < 2)
                leftOut = leftOut with { Unvoted = leftOut.Unvoted + 1 };
            else if (enough.Count < 2)
                leftOut = leftOut with { TooFewVotes = leftOut.TooFewVotes + 1 };
            else if (judged.Count < 2)
                leftOut = leftOut with { Rejects = leftOut.Rejects + 1 };
            else if (Pair(pairs.Count + 1, judged.MaxBy(image => image.Rate)!, judged.MinBy(image => image.Rate)!) is not { Weight: > 0 } pair)
                leftOut = leftOut with { Ties = leftOut.Ties + 1 };
            else if (pair.Weight < rules.MinAgreement)
                leftOut = leftOut with { LowAgreement = leftOut.LowAgreement + 1 };
            else
                pairs.Add(pair);
        }
        return (pairs, leftOut);
    }

    private static FrozenPair Pair(int number, AskedImage chosen, AskedImage rejected) => new()
    {
        PairNumber = number,
        ComparisonId = chosen.ComparisonId,
        Axis = Axis.Alignment,
        Prompt = chosen.Prompt,
        ChosenImageId = chosen.ImageId,
        ChosenSha256 = chosen.Sha256,
        RejectedImageId = rejected.ImageId,
        RejectedSha256 = rejected.Sha256,
        VotesChosen = chosen.Right,
        VotesRejected = rejected.Right,
        VotesTie = 0,
        Weight = chosen.Rate - rejected.Rate,
    };
}
