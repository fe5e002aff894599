using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards.ExclusionSets;

/// <summary>What changes on a question when other raters are left out.</summary>
public sealed record ExclusionChange
{
    private const double Significance = 0.05;

    public required Axis Axis { get; init; }

    /// <summary>Votes that are counted after and were not before, less those that are counted no more.</summary>
    public required int Votes { get; init; }

    /// <summary>Comparisons whose decision is another, those among them that have one no more or for the first time.</summary>
    public required int Decisions { get; init; }

    /// <summary>Those of <see cref="Decisions"/> that go from one system to the other.</summary>
    public required int Turned { get; init; }

    /// <summary>Change of the net win rate of the decisions; null where one of the two is missing.</summary>
    public required double? NetWinRate { get; init; }

    /// <summary>Whether the adjusted test passes on one side alone; null where one of the two is missing.</summary>
    public required bool? CrossesTest { get; init; }

    /// <summary>The change on each question, from one report to another on the same study.</summary>
    public static IReadOnlyList<ExclusionChange> Of(StudyReport before, StudyReport after) =>
    [
        .. before.Axes.Zip(after.Axes, (earlier, later) =>
        {
            var changed = before.Comparisons.Zip(after.Comparisons)
                .Select(pair => (Before: pair.First.Tallies[earlier.Axis].Decision, After: pair.Second.Tallies[earlier.Axis].Decision))
                .Where(pair => pair.Before != pair.After)
                .ToList();
            return new ExclusionChange
            {
                Axis = earlier.Axis,
                Votes = later.Votes.Total - earlier.Votes.Total,
                Decisions = changed.Count,
                Turned = changed.Count(pair => pair is (Decision.A, Decision.B) or (Decision.B, Decision.A)),
                NetWinRate = later.NetWinRate.Value - earlier.NetWinRate.Value,
                CrossesTest = earlier.AdjustedPValue is { } first && later.AdjustedPValue is { } second ? first <= Significance != second <= Significance : null,
            };
        }),
    ];

    /// <summary>The change in a sentence.</summary>
    public string ToWords()
    {
        if (Votes == 0 && Decisions == 0)
            return $"{Axis}: nothing changes.";
        var parts = new List<string>
        {
            $"{Figures.Count(Math.Abs(Votes), "vote")} {(Votes < 0 ? "fewer" : "more")}",
            $"{Figures.Count(Decisions, "comparison")} decided otherwise, {Figures.Whole(Turned)} of them for the other system",
        };
        if (NetWinRate is { } net)
            parts.Add($"net win rate {Figures.SignedPercent(net)} points");
        parts.Add(CrossesTest switch
        {
            true => "the adjusted test passes 0.05 on one side only",
            false => "the adjusted test is on the same side of 0.05",
            _ => "no test on one of the sides",
        });
        return $"{Axis}: {string.Join("; ", parts)}.";
    }
}
