using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What a study's votes would give if they were frozen now.</summary>
public sealed record PreferencePreview
{
    /// <summary>Which axis decides.</summary>
    public required AxisRule Rule { get; init; }

    public required IReadOnlyList<FrozenPair> Pairs { get; init; }

    public required LeftOut LeftOut { get; init; }

    /// <summary>SHA-256 of the set; see <see cref="PreferenceFreeze.Sha256"/>.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Pairs whose deciding axis has fewer votes than the study asks for.</summary>
    public required int PairsWithFewVotes { get; init; }

    /// <summary>Applies a rule to votes.</summary>
    /// <param name="comparisons">Every comparison of the study.</param>
    /// <param name="rule">Which axis decides.</param>
    /// <param name="votesPerComparison">Votes the study asks for.</param>
    /// <param name="rules">The rest of the rules; null for those of the reference protocol.</param>
    public static PreferencePreview Of(
        IReadOnlyList<ComparisonVotes> comparisons, AxisRule rule, int votesPerComparison, PreferenceRules? rules = null)
    {
        var (pairs, leftOut) = PreferenceFreeze.Apply(comparisons, rule, rules);
        var votes = comparisons.ToDictionary(comparison => comparison.Comparison.ComparisonId, comparison => comparison.Votes);
        return new PreferencePreview
        {
            Rule = rule,
            Pairs = pairs,
            LeftOut = leftOut,
            Sha256 = PreferenceFreeze.Sha256(pairs),
            PairsWithFewVotes = pairs.Count(pair => votes[pair.ComparisonId][pair.Axis].Count < votesPerComparison),
        };
    }

    /// <summary>The same of picks of best and worst.</summary>
    public static PreferencePreview Of(IReadOnlyList<PickedItem> items, int votesPerComparison, PreferenceRules? rules = null)
    {
        var (pairs, leftOut) = PickFreeze.Apply(items, rules);
        var votes = items.ToDictionary(item => item.ComparisonId, item => item.Votes);
        return new PreferencePreview
        {
            Rule = AxisRule.Preference,
            Pairs = pairs,
            LeftOut = leftOut,
            Sha256 = PreferenceFreeze.Sha256(pairs),
            PairsWithFewVotes = pairs.Count(pair => votes[pair.ComparisonId] < votesPerComparison),
        };
    }

    /// <summary>The same of answers about text alignment.</summary>
    public static PreferencePreview Of(IReadOnlyList<AskedImage> images, int votesPerComparison, PreferenceRules? rules = null)
    {
        var (pairs, leftOut) = AlignmentFreeze.Apply(images, rules);
        var few = images.Where(image => image.Sheets + image.Rejected < votesPerComparison).Select(image => image.ImageId).ToHashSet();
        return new PreferencePreview
        {
            Rule = AxisRule.Alignment,
            Pairs = pairs,
            LeftOut = leftOut,
            Sha256 = PreferenceFreeze.Sha256(pairs),
            PairsWithFewVotes = pairs.Count(pair => few.Contains(pair.ChosenImageId) || few.Contains(pair.RejectedImageId)),
        };
    }

    /// <summary>What each rule gives that the study's axes allow, the reference protocol's last.</summary>
    public static IReadOnlyList<PreferencePreview> OfRules(
        IReadOnlyList<ComparisonVotes> comparisons, Study study, PreferenceRules? rules = null)
    {
        var axes = study.Axes.Select(axis => axis.Axis).ToHashSet();
        return [.. Enum.GetValues<AxisRule>()
            .Where(rule => rule switch
            {
                AxisRule.Flaws => axes.Contains(Axis.Flaws),
                AxisRule.Appeal => axes.Contains(Axis.Appeal),
                AxisRule.Preference or AxisRule.Alignment => false,
                _ => axes.Count == 2,
            })
            .Select(rule => Of(comparisons, rule, study.VotesPerComparison, rules))];
    }
}
