using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Best and worst of several images, as the rater's browser tells it: by their places on its screen, from 1.</summary>
public sealed record PickDraft
{
    public required int Best { get; init; }

    public required int Worst { get; init; }

    /// <summary>Images in which the rater saw a major flaw. Where the best is among them, they were asked about it and kept it.</summary>
    public IReadOnlyList<int> Flagged { get; init; } = [];

    /// <summary>What is wrong, in a sentence; null when nothing is.</summary>
    /// <param name="images">How many the rater was shown.</param>
    public string? Fault(int images) => this switch
    {
        _ when Best < 1 || Best > images || Worst < 1 || Worst > images => Say("Vote_PickPlaces", images),
        _ when Best == Worst => Say("Vote_PickSame"),
        _ when Flagged.Any(place => place < 1 || place > images) => Say("Vote_FlagPlaces", images),
        _ when Flagged.Distinct().Count() < Flagged.Count => Say("Vote_FlagTwice"),
        _ => null,
    };
}
