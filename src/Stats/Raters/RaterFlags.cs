using static System.FormattableString;

namespace PixelPost.Stats;

/// <summary>What a flag is about.</summary>
public enum RaterFlagKind
{
    /// <summary>Agrees with the majority of the others less often than they do.</summary>
    LowAgreement,

    /// <summary>Misses gold more often than the others.</summary>
    LowGoldAccuracy,

    /// <summary>Answers a repeat differently more often than the others.</summary>
    LowSelfConsistency,

    /// <summary>Chooses one side more often than the other.</summary>
    SideBias,

    /// <summary>Chose the same side too often in a row, or gave the same answer whatever was asked.</summary>
    Streak,

    /// <summary>Too many answers below the floor.</summary>
    FastAnswers,

    /// <summary>Much faster than the other raters.</summary>
    FastRater,
}

/// <summary>Something about a rater that a researcher should look at.</summary>
/// <param name="Rater">Identifies the rater.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Sentence">What was seen and against what, with its numbers; fit to be shown beside the rater's name.</param>
/// <param name="PValue">Not adjusted; null where the flag is no test.</param>
/// <param name="AdjustedPValue">Adjusted for the number of raters; null where the flag is no test.</param>
public sealed record RaterFlag(long Rater, RaterFlagKind Kind, string Sentence, double? PValue = null, double? AdjustedPValue = null);

/// <summary>From where on something is flagged.</summary>
public sealed record RaterFlagRules
{
    /// <summary>An adjusted p-value up to this is flagged.</summary>
    public double SignificanceLevel { get; init; } = 0.05;

    /// <summary>A share of fast answers is flagged when its whole interval lies above this.</summary>
    public double FastShare { get; init; } = 0.1;

    /// <summary>
    /// The same answer is straight-lining from this share on. 0 where answers are dealt out at random, so that any share that chance
    /// does not give is too large.
    /// </summary>
    public double StraightLine { get; init; } = 0.9;

    /// <summary>A rater is flagged whose robust z is below minus this.</summary>
    public double RobustZ { get; init; } = 3.5;
}

/// <summary>Flags with their reasons. They accuse nobody and leave nobody out.</summary>
/// <remarks>Iglewicz and Hoaglin (1993) for the 3.5; the other rules are stated in <see cref="RaterFlagRules"/>.</remarks>
public static class RaterFlags
{
    /// <summary>All flags, rater by rater in the order given.</summary>
    /// <param name="raters">Every rater of the axis: each kind of test over all of them is one family.</param>
    /// <param name="adjust">
    /// Adjusts a family of p-values, null for a test that could not be made, e.g.
    /// <see cref="FamilyAdjustment.BenjaminiHochberg"/>. Among 100 good raters five are below 0.05 without it.
    /// </param>
    /// <param name="rules">From where on something is flagged.</param>
    public static IReadOnlyList<RaterFlag> Of(
        IReadOnlyList<RaterQuality> raters, Func<IReadOnlyList<double?>, IReadOnlyList<double?>> adjust, RaterFlagRules? rules = null)
    {
        return Raise(
            raters, rater => rater.Rater, rater => rater.Speed, adjust, rules ?? new(),
            (RaterFlagKind.LowAgreement, rater => rater.Agreement.Agreement.LowerTailPValue, OnAgreement),
            (RaterFlagKind.LowGoldAccuracy, rater => rater.Gold.LowerTailPValue, OnGold),
            (RaterFlagKind.LowSelfConsistency, rater => rater.Repeats.Consistency.LowerTailPValue, OnRepeats),
            (RaterFlagKind.SideBias, rater => rater.Side.PValue, OnSide),
            (RaterFlagKind.Streak, rater => rater.Streak.PValue, OnStreak));
    }

    /// <summary>All flags on raters whose answers are categories, as for pairs.</summary>
    /// <param name="raters">Every rater of the study: each kind of test over all of them is one family.</param>
    /// <param name="categories">The answers in words, by their number, fit to stand in a sentence.</param>
    /// <param name="adjust">Adjusts a family of p-values, null for a test that could not be made.</param>
    /// <param name="rules">From where on something is flagged.</param>
    public static IReadOnlyList<RaterFlag> Of(
        IReadOnlyList<AnswerQuality> raters, IReadOnlyList<string> categories,
        Func<IReadOnlyList<double?>, IReadOnlyList<double?>> adjust, RaterFlagRules? rules = null)
    {
        rules ??= new();
        return Raise(
            raters, rater => rater.Rater, rater => rater.Speed, adjust, rules,
            (RaterFlagKind.LowAgreement, rater => rater.Agreement.LowerTailPValue, OnAnswers),
            (RaterFlagKind.Streak, OfStraightLine, rater => OnSame(rater.Same, categories)));

        // below that, a share larger than the others' is a view of one's own
        double? OfStraightLine(AnswerQuality rater) =>
            rater.Same.PValue is not { } p ? null : rater.Same.Hits >= rules.StraightLine * rater.Same.Cases ? p : 1;
    }

    private static List<RaterFlag> Raise<T>(
        IReadOnlyList<T> raters, Func<T, long> identify, Func<T, ResponseSpeedResult> speed,
        Func<IReadOnlyList<double?>, IReadOnlyList<double?>> adjust, RaterFlagRules rules,
        params (RaterFlagKind Kind, Func<T, double?> PValue, Func<T, string> Sentence)[] tests)
    {
        var adjusted = tests.Select(test => adjust([.. raters.Select(test.PValue)])).ToArray();

        var flags = new List<RaterFlag>();
        for (var i = 0; i < raters.Count; i++)
        {
            for (var test = 0; test < tests.Length; test++)
            {
                var (kind, pValue, sentence) = tests[test];
                if (pValue(raters[i]) is { } p && adjusted[test][i] is { } q && q <= rules.SignificanceLevel)
                    flags.Add(new(identify(raters[i]), kind, Invariant($"{sentence(raters[i])} p = {p:G2}, adjusted {q:G2}."), p, q));
            }

            flags.AddRange(SpeedFlags(identify(raters[i]), speed(raters[i]), rules));
        }

        return flags;
    }

    private static IEnumerable<RaterFlag> SpeedFlags(long rater, ResponseSpeedResult speed, RaterFlagRules rules)
    {
        if (speed.FastShare.Interval?.Lower > rules.FastShare)
        {
            yield return new(
                rater, RaterFlagKind.FastAnswers,
                $"{speed.Fast} of {speed.Timed} answers ({Range(speed.FastShare)}) came too fast to have looked; "
                + $"more than {Percent(rules.FastShare)} is too many.");
        }

        if (speed.RobustZ < -rules.RobustZ)
        {
            yield return new(
                rater, RaterFlagKind.FastRater,
                Invariant($"A typical answer takes {speed.MedianMs / 1000:0.0} s, {-speed.RobustZ:0.0} robust standard deviations ")
                + Invariant($"less than those of the other raters; {rules.RobustZ} is taken for an outlier."));
        }
    }

    private static string OnAnswers(AnswerQuality rater) =>
        $"Gives the answer of most other raters in {Counted(rater.Agreement, "answers")}; the others do in {Percent(rater.Agreement.Others)}.";

    private static string OnSame(SameAnswerResult same, IReadOnlyList<string> categories) =>
        $"Answered {categories[same.Category!.Value]} {same.Hits} of {same.Cases} times ({Percent((double)same.Hits / same.Cases)}); "
        + $"{Percent(same.Expected)} is to be expected.";

    private static string OnAgreement(RaterQuality rater)
    {
        var agreement = rater.Agreement.Agreement;
        return $"Gives the answer of most other raters in {Counted(agreement, "comparisons")}; "
            + $"the others do in {Percent(agreement.Others)}, and this rater's answers dealt out at random would in {Percent(rater.Agreement.ByChance)}.";
    }

    private static string OnGold(RaterQuality rater) =>
        $"Gives the known answer in {Counted(rater.Gold, "gold comparisons")}; the others do in {Percent(rater.Gold.Others)}.";

    private static string OnRepeats(RaterQuality rater)
    {
        var repeats = rater.Repeats;
        return $"Gives the same answer again in {Counted(repeats.Consistency, "repeats")}; "
            + $"the others do in {Percent(repeats.Consistency.Others)}. Of {repeats.Mirrored} mirrored ones the same side was chosen in {repeats.SameSide}.";
    }

    private static string OnSide(RaterQuality rater)
    {
        var side = rater.Side;
        return $"Chose the left image {side.LeftWins} times and the right one {side.RightWins} times (left {Range(side.LeftShare)}); "
            + "without a bias each is as likely.";
    }

    private static string OnStreak(RaterQuality rater)
    {
        var streak = rater.Streak;
        return $"Chose the {(streak.Side == Side.Left ? "left" : "right")} image {streak.Longest} times in a row, "
            + $"in {streak.Decided} answers that chose a side.";
    }

    private static string Counted(RaterRate rate, string cases) => $"{rate.Hits} of {rate.Cases} {cases} ({Range(rate.Rate)})";

    private static string Range(Estimate share) => share.Interval is { } interval
        ? $"{Percent(share.Value)}, {Percent(interval.Level)} interval {Percent(interval.Lower)} to {Percent(interval.Upper)}"
        : Percent(share.Value);

    private static string Percent(double? share) => Invariant($"{100 * share:0.#} %");
}
