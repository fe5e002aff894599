using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Which comparisons to list, by what was decided.</summary>
public enum OutcomeFilter
{
    Any,
    A,
    B,
    Tie,
    Split,
    Reject,

    /// <summary>Nobody has voted.</summary>
    NoVotes,
}

/// <summary>What a results page shows. It stands in the page's address, so that a link shows the same to somebody else.</summary>
public sealed record ResultsQuery
{
    /// <summary>Comparisons on one page of the list.</summary>
    public const int PageSize = 50;

    /// <summary>Whose votes are counted.</summary>
    public VoteSource Votes { get; init; }

    /// <summary>What is done about excluded raters.</summary>
    public Exclusions Exclusions { get; init; }

    /// <summary>The axis whose outcomes are listed; null for the first of the study.</summary>
    public Axis? Axis { get; init; }

    /// <summary>Which outcomes on it are listed.</summary>
    public OutcomeFilter Outcome { get; init; }

    /// <summary>The axis by whose votes the list is sorted; null for the order of the study.</summary>
    public Axis? SortedBy { get; init; }

    /// <summary>Whether system A's clearest wins come first, otherwise system B's.</summary>
    public bool BestForAFirst { get; init; }

    /// <summary>Page of the list, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Reads the parts of an address; what it does not know is as if it were not there.</summary>
    public static ResultsQuery Parse(string? votes, string? axis, string? outcome, string? sort, int? page, string? exclusions = null) => new()
    {
        Votes = Words.Member<VoteSource>(votes) ?? VoteSource.Real,
        Exclusions = Words.Member<Exclusions>(exclusions) ?? Exclusions.Applied,
        Axis = Words.Member<Axis>(axis),
        Outcome = Words.Member<OutcomeFilter>(outcome) ?? OutcomeFilter.Any,
        SortedBy = Words.Member<Axis>(sort?.TrimStart('-')),
        BestForAFirst = sort?.StartsWith('-') == true,
        Page = Math.Max(1, page ?? 1),
    };

    /// <summary>The part of an address that leads back here: empty or <c>?votes=both&amp;axis=appeal</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Votes != VoteSource.Real)
            parts.Add($"votes={Votes.ToText()}");
        if (Exclusions != Exclusions.Applied)
            parts.Add($"exclusions={Exclusions.ToText()}");
        if (Axis is { } axis)
            parts.Add($"axis={axis.ToText()}");
        if (Outcome != OutcomeFilter.Any)
            parts.Add($"outcome={Outcome.ToText()}");
        if (SortedBy is { } sort)
            parts.Add($"sort={(BestForAFirst ? "-" : "")}{sort.ToText()}");
        if (Page > 1)
            parts.Add($"page={Page}");
        return parts.Count == 0 ? "" : $"?{string.Join('&', parts)}";
    }

    /// <summary>The same page with the exclusions applied where they are not, and the other way round.</summary>
    public ResultsQuery WithOtherExclusions() =>
        this with { Exclusions = Exclusions == Exclusions.Applied ? Exclusions.None : Exclusions.Applied, Page = 1 };

    /// <summary>The axis that <see cref="Outcome"/> speaks of.</summary>
    /// <param name="axes">Those of the study, at least one.</param>
    public Axis AxisOf(IReadOnlyList<Axis> axes) => Axis is { } axis && axes.Contains(axis) ? axis : axes[0];

    /// <summary>The comparisons to list, on all pages, in their order.</summary>
    /// <param name="comparisons">Every comparison of the study.</param>
    /// <param name="axis">See <see cref="AxisOf"/>.</param>
    public IReadOnlyList<TalliedComparison> Select(IReadOnlyList<TalliedComparison> comparisons, Axis axis)
    {
        var shown = comparisons.Where(comparison => Shows(comparison.Tallies[axis].Decision));
        if (SortedBy is { } sort && comparisons.All(comparison => comparison.Tallies.ContainsKey(sort)))
        {
            shown = shown
                .OrderBy(comparison => Lead(comparison.Tallies[sort]) is null) // without votes: last, whichever way
                .ThenBy(comparison => Lead(comparison.Tallies[sort]) * (BestForAFirst ? -1 : 1));
        }
        return [.. shown];
    }

    private bool Shows(Decision? decision) => Outcome switch
    {
        OutcomeFilter.Any => true,
        OutcomeFilter.NoVotes => decision is null,
        _ => decision is { } made && Of(made) == Outcome,
    };

    /// <summary>The filter that lists comparisons decided so.</summary>
    public static OutcomeFilter Of(Decision decision) => decision switch
    {
        Decision.A => OutcomeFilter.A,
        Decision.B => OutcomeFilter.B,
        Decision.Tie => OutcomeFilter.Tie,
        Decision.Split => OutcomeFilter.Split,
        _ => OutcomeFilter.Reject,
    };

    /// <summary>Net win rate of the votes on one comparison; null without a vote that compares.</summary>
    private static double? Lead(Tally tally) =>
        tally.Votes.Compared == 0 ? null : (double)(tally.Votes.A - tally.Votes.B) / tally.Votes.Compared;
}
