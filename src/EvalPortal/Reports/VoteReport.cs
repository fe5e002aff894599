using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Reports;

/// <summary>What a file of votes says: from votes to numbers. It is printed, drawn and written as JSON as it stands here.</summary>
public sealed record VoteReport
{
    /// <summary>Where the votes come from and what became of every row.</summary>
    public required FileFacts File { get; init; }

    /// <summary>The systems compared, in alphabetical order.</summary>
    public required IReadOnlyList<string> Systems { get; init; }

    /// <summary>The two systems of the head-to-head; null when the report is about more.</summary>
    public required SystemPair? Pair { get; init; }

    /// <summary>The largest lead in net win rate that does not matter; null when nothing is tested against it.</summary>
    public required double? Margin { get; init; }

    /// <summary>The axis that alone is reported, because that was asked for; null for all of the file.</summary>
    public required string? OnlyAxis { get; init; }

    /// <summary>The plan that stands beside an exported file; null where there is none.</summary>
    public FilePlan? Plan { get; init; }

    /// <summary>How many axes the tests are adjusted over: those that were planned, or all of the report.</summary>
    internal int FamilySize => Plan is null ? Axes.Count : Axes.Count(axis => Plan.Family.Contains(axis.Axis));

    /// <summary>The results, in alphabetical order of the axes.</summary>
    public required IReadOnlyList<AxisResult> Axes { get; init; }

    /// <summary>How it was computed, for a paper.</summary>
    public required Methods Methods { get; init; }

    /// <summary>Computes the report.</summary>
    /// <param name="plan">The plan that stands beside it, or null.</param>
    /// <exception cref="RefusedException">An axis or a system that is asked for is not in the file.</exception>
    internal static async Task<VoteReport> OfAsync(VoteFile file, ReportRequest request, FilePlan? plan = null)
    {
        var pair = SystemPair.Of(request, file.Systems);
        if (request.Margin is not null && pair is null)
            throw new RefusedException($"--margin compares two systems and the file has {file.Systems.Count}: say which, with --a and --b.");
        if (request.Axis is { } wanted && !file.Axes.Contains(wanted))
            throw new RefusedException($"--axis: the file has no axis '{wanted}'{Nearest.Hint(wanted, file.Axes)}");
        var axes = new List<AxisResult>();
        for (var axis = 0; axis < file.Axes.Count; axis++)
        {
            if (request.Axis is null || file.Axes[axis] == request.Axis)
                axes.Add(await AxisResult.OfAsync(axis, file, pair, request.Margin));
        }
        var report = new VoteReport
        {
            File = file.Facts,
            Systems = file.Systems,
            Pair = pair,
            Margin = request.Margin,
            OnlyAxis = request.Axis,
            Axes = Adjusted(axes, plan),
            Plan = plan,
            Methods = Methods.None,
        };
        return report with { Methods = Methods.Of(report), Plan = plan?.Read(report) };
    }

    /// <summary>The axes, or those of the plan, are one family of tests, whether or not each of them could be computed; others stand alone.</summary>
    private static IReadOnlyList<AxisResult> Adjusted(IReadOnlyList<AxisResult> axes, FilePlan? plan)
    {
        var family = axes.Where(axis => plan is null || plan.Family.Contains(axis.Axis)).ToList();
        var adjusted = family.Zip(FamilyAdjustment.Holm([.. family.Select(axis => axis.HeadToHead?.Test.PValue)])).ToDictionary(one => one.First.Axis, one => one.Second);
        return [.. axes.Select(axis => axis with
        {
            HeadToHead = axis.HeadToHead is { } pair ? pair with { AdjustedPValue = adjusted.TryGetValue(axis.Axis, out var p) ? p : pair.Test.PValue } : null,
        })];
    }
}
