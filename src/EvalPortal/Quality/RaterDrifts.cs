using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>Something that a rater does otherwise at the end than at the start.</summary>
/// <param name="Rater">Identifies the rater.</param>
/// <param name="Sentence">What changed, with its numbers; fit to stand beside the rater's name.</param>
/// <param name="AdjustedPValue">Adjusted over the raters by Holm.</param>
public sealed record RaterChange(long Rater, string Sentence, double AdjustedPValue);

/// <summary>The raters of an axis, each at the start and at the end. A change is told; it flags nobody.</summary>
public sealed record RaterDrifts
{
    /// <summary>An adjusted p-value up to this is told.</summary>
    public const double SignificanceLevel = 0.05;

    /// <summary>Every rater's first and last answers.</summary>
    public required IReadOnlyDictionary<long, RaterDriftResult> Raters { get; init; }

    /// <summary>Changes of shares, the surest first.</summary>
    public required IReadOnlyList<RaterChange> Changes { get; init; }

    /// <summary>Raters who answer faster at the end.</summary>
    public required int Faster { get; init; }

    /// <summary>Raters who answer more slowly at the end.</summary>
    public required int Slower { get; init; }

    /// <summary>Raters with answers enough to compare.</summary>
    public int Compared => Raters.Values.Count(drift => drift.Answers / 3 >= RaterDrift.FewestInThird);

    internal static RaterDrifts Of(IReadOnlyDictionary<long, RaterDriftResult> raters)
    {
        var order = raters.OrderBy(rater => rater.Key).ToList();
        (Func<RaterDriftResult, ShareDrift> Share, string Words)[] kinds =
        [
            (drift => drift.Agreement, "the answer of most others"),
            (drift => drift.Left, "the left image"),
            (drift => drift.Gold, "the known answer on gold"),
            (drift => drift.Repeats, "the same answer on a repeat"),
        ];
        var paces = Adjusted(drift => drift.Speed.PValue).ToList();
        return new RaterDrifts
        {
            Raters = raters,
            Changes =
            [
                .. kinds.SelectMany(kind => Adjusted(drift => kind.Share(drift).PValue)
                        .Select(change => new RaterChange(change.Rater, Sentence(kind.Words, kind.Share(raters[change.Rater])), change.P)))
                    .OrderBy(change => change.AdjustedPValue),
            ],
            Faster = paces.Count(change => Quicker(raters[change.Rater].Speed)),
            Slower = paces.Count(change => !Quicker(raters[change.Rater].Speed)),
        };

        // each kind over all raters is a family
        IEnumerable<(long Rater, double P)> Adjusted(Func<RaterDriftResult, double?> pValue) => order
            .Zip(FamilyAdjustment.Holm([.. order.Select(rater => pValue(rater.Value))]))
            .Where(rater => rater.Second <= SignificanceLevel)
            .Select(rater => (rater.First.Key, rater.Second!.Value));
    }

    private static bool Quicker(SpeedDrift speed) => speed.LastMedianMs < speed.FirstMedianMs;

    private static string Sentence(string words, ShareDrift share) =>
        $"{words} in {share.FirstHits} of {share.FirstCases} cases at the start, in {share.LastHits} of {share.LastCases} at the end";
}
