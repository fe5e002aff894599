using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards.Slices;

/// <summary>What the votes of a slice say.</summary>
public sealed record Slice
{
    /// <summary>In addresses; see <see cref="VoteLists.VoteQuery"/>.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary>Votes on pairs by outcome; null in another form.</summary>
    public OutcomeCounts? Outcomes { get; init; }

    public required int Votes { get; init; }

    public required int Raters { get; init; }

    public required int Prompts { get; init; }

    /// <summary>The figures that the table names, in its order.</summary>
    public required IReadOnlyList<Estimate> Figures { get; init; }

    /// <summary>p-value by itself; null where there is no test, and where the slice is too small for one.</summary>
    public double? PValue { get; init; }

    /// <summary>The same by Holm over all slices of the table.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Whether it is too small for its interval and test to be read.</summary>
    public required bool IsSmall { get; init; }
}

/// <summary>The slices of a study on one question.</summary>
public sealed record SliceReport
{
    /// <summary>Votes below which a slice is not read.</summary>
    public const int FewestVotes = 30;

    /// <summary>Independent prompts or raters below which the interval of a slice is not read.</summary>
    public const int FewestClusters = 10;

    /// <summary>What <see cref="Slice.Figures"/> are.</summary>
    public required IReadOnlyList<string> FigureNames { get; init; }

    /// <summary>Which of them are differences, told with a sign; the others are shares.</summary>
    public required int FirstDifference { get; init; }

    /// <summary>Whether slices are tested.</summary>
    public required bool HasTest { get; init; }

    /// <summary>How intervals were got.</summary>
    public required string Method { get; init; }

    /// <summary>Every slice with a vote, by name.</summary>
    public required IReadOnlyList<Slice> Slices { get; init; }

    /// <summary>Slices votes on pairs; the net win rate is that of the votes, clustered by prompt and rater as on the page of results.</summary>
    /// <param name="votes">On one axis, those that are counted, in order.</param>
    /// <param name="promptOf">The prompt of a comparison.</param>
    /// <param name="keyOf">The slice of a vote.</param>
    /// <param name="nameOf">The name of a slice.</param>
    public static SliceReport OfPairs(
        IEnumerable<CountingVote> votes, IReadOnlyDictionary<long, long> promptOf, Func<CountingVote, string> keyOf, Func<string, string> nameOf)
    {
        var slices = SortedVotes.GroupBy(votes, keyOf).Select(slice => OfPairs(slice.Key, nameOf(slice.Key), slice.Value, promptOf));
        return Of(slices, ["Net win rate of A in votes, %"], firstDifference: 0, hasTest: true, "Student t, clustered by prompt and rater");
    }

    /// <summary>Slices answers about images.</summary>
    /// <param name="answers">Of the sheets that count.</param>
    /// <param name="systemA">Every other system is B.</param>
    /// <param name="hasB">Whether there is a B.</param>
    public static SliceReport OfAlignment(
        IEnumerable<RecordedAnswer> answers, long systemA, bool hasB, Func<RecordedAnswer, string> keyOf, Func<string, string> nameOf)
    {
        var slices = answers.GroupBy(keyOf).Select(slice =>
        {
            var report = AlignmentReport.Of([.. slice], systemA, hasB);
            IReadOnlyList<Estimate> figures = hasB ? [report.All.A.Rate, report.All.B!.Rate, report.All.Difference!.Difference] : [report.All.A.Rate];
            return Form(slice.Key, nameOf(slice.Key), report.Sheets, report.Raters, report.Prompts, figures, report.All.Difference?.PValue);
        });
        return Of(slices, hasB ? ["Rate of A", "Rate of B", "A less B, points"] : ["Alignment rate"], firstDifference: 2, hasTest: hasB, "clustered by prompt");
    }

    /// <summary>Slices picks of the best and the worst of several images.</summary>
    /// <param name="images">All of the study.</param>
    /// <param name="picks">Those that count.</param>
    public static SliceReport OfPreference(
        IEnumerable<PickableImage> images, IEnumerable<RecordedPick> picks, long systemA, bool hasB, Func<RecordedPick, string> keyOf, Func<string, string> nameOf)
    {
        var byItem = images.ToLookup(image => image.ComparisonId);
        var slices = picks.GroupBy(keyOf).Select(slice =>
        {
            var own = slice.Select(pick => pick.ComparisonId).Distinct().Order().SelectMany(item => byItem[item]).ToList();
            var report = PreferenceReport.Of(own, [.. slice], systemA, hasB);
            return Form(slice.Key, nameOf(slice.Key), report.Votes, report.Raters, slice.Select(pick => pick.PromptId).Distinct().Count(),
                hasB ? [.. report.Systems.Select(system => system.Best)] : [], pValue: null);
        });
        return Of(slices, hasB ? ["A picked as the best", "B picked as the best"] : [], firstDifference: 2, hasTest: false, "clustered by prompt");
    }

    private static SliceReport Of(IEnumerable<Slice> slices, IReadOnlyList<string> names, int firstDifference, bool hasTest, string method)
    {
        var sorted = slices.OrderBy(slice => slice.Name, StringComparer.Ordinal).ToList();
        // the small ones stay in the family: to be left out of it for what the votes turned out to be would be a choice made afterwards
        var adjusted = FamilyAdjustment.Holm([.. sorted.Select(slice => slice.PValue)]);
        return new SliceReport
        {
            FigureNames = names,
            FirstDifference = firstDifference,
            HasTest = hasTest,
            Method = method,
            Slices = [.. sorted.Zip(adjusted, (slice, pValue) => slice with { AdjustedPValue = pValue })],
        };
    }

    private static Slice OfPairs(string key, string name, IEnumerable<CountingVote> votes, IReadOnlyDictionary<long, long> promptOf)
    {
        var outcomes = OutcomeCounts.OfVotes(votes.Select(vote => vote.Winner));
        var net = ClusteredNetWinRate.Of(CountingVote.Scores(votes, promptOf), Clustering.TwoWay);
        var clusters = net.Clustering switch
        {
            Clustering.ByPrompt => net.Prompts,
            Clustering.ByRater => net.Raters,
            _ => Math.Min(net.Prompts, net.Raters),
        };
        var isSmall = outcomes.Compared < FewestVotes || clusters < FewestClusters;
        return new Slice
        {
            Key = key,
            Name = name,
            Outcomes = outcomes,
            Votes = outcomes.Total,
            Raters = votes.Select(vote => vote.RaterId).Distinct().Count(),
            Prompts = votes.Select(vote => promptOf[vote.ComparisonId]).Distinct().Count(),
            Figures = [net.Estimate],
            PValue = isSmall ? null : net.PValue,
            IsSmall = isSmall,
        };
    }

    private static Slice Form(string key, string name, int votes, int raters, int prompts, IReadOnlyList<Estimate> figures, double? pValue)
    {
        var isSmall = votes < FewestVotes || prompts < FewestClusters;
        return new Slice { Key = key, Name = name, Votes = votes, Raters = raters, Prompts = prompts, Figures = figures, PValue = isSmall ? null : pValue, IsSmall = isSmall };
    }
}
