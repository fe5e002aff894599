using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.Slices;

/// <summary>In which order slices stand.</summary>
public enum SliceOrder
{
    Name,
    Votes,

    /// <summary>By the first figure.</summary>
    Figure,

    /// <summary>By the p-value, the smallest first.</summary>
    PValue,
}

/// <summary>Which slices a page shows. It stands in the page's address.</summary>
public sealed record SliceQuery
{
    /// <summary>Slices on a page.</summary>
    public const int PageSize = 100;

    public VoteSource Source { get; init; }

    public Exclusions Exclusions { get; init; }

    public SliceKind By { get; init; }

    /// <summary>Null for the first of the study, or of flaws for the axis that asks for them.</summary>
    public Axis? Axis { get; init; }

    public SliceOrder Order { get; init; }

    /// <summary>Whether the order is the other way round.</summary>
    public bool Reversed { get; init; }

    /// <summary>A part of the name of the slices to show; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Reads an address; what it does not know is as if it were not there.</summary>
    public static SliceQuery Parse(string? query)
    {
        var parts = QueryHelpers.ParseQuery(query);
        string? Text(string name) => parts.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value.Trim() : null;
        return new SliceQuery
        {
            Source = Words.Member<VoteSource>(Text("votes")) ?? VoteSource.Real,
            Exclusions = Words.Member<Exclusions>(Text("exclusions")) ?? Exclusions.Applied,
            By = Words.Member<SliceKind>(Text("by")) ?? SliceKind.Category,
            Axis = Words.Member<Axis>(Text("axis")),
            Order = Words.Member<SliceOrder>(Text("sort")?.TrimStart('-')) ?? SliceOrder.Name,
            Reversed = Text("sort")?.StartsWith('-') == true,
            Name = Text("name"),
            Page = int.TryParse(Text("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 1 ? page : 1,
        };
    }

    /// <summary>The address of the slices.</summary>
    public string Address(long studyId) => QueryHelpers.AddQueryString($"/studies/{studyId}/results/slices", Parts().Where(part => part.Value is not null));

    /// <summary>The slices to show, on all pages, in their order.</summary>
    public IReadOnlyList<Slice> Select(IEnumerable<Slice> slices)
    {
        var shown = slices.Where(slice => Name is null || slice.Name.Contains(Name, StringComparison.OrdinalIgnoreCase)).ToList();
        var sorted = Order switch
        {
            SliceOrder.Votes => shown.OrderBy(slice => slice.Votes),
            SliceOrder.Figure => shown.OrderBy(slice => slice.Figures.Count == 0 ? null : slice.Figures[0].Value),
            SliceOrder.PValue => shown.OrderBy(slice => slice.PValue ?? double.PositiveInfinity),
            _ => shown.OrderBy(slice => slice.Name, StringComparer.Ordinal),
        };
        return Reversed ? [.. sorted.Reverse()] : [.. sorted];
    }

    /// <summary>The votes of a slice.</summary>
    /// <param name="key">Of the slice.</param>
    /// <param name="axis">On which it is looked at.</param>
    public VoteQuery VotesOf(string key, Axis axis)
    {
        var votes = new VoteQuery { Source = Source, Exclusions = Exclusions, Axis = axis };
        return By switch
        {
            SliceKind.Category => votes with { Category = key },
            SliceKind.Prompt => votes with { Prompt = long.Parse(key, CultureInfo.InvariantCulture) },
            SliceKind.Flaw => votes with { Flaw = key },
            SliceKind.Input => votes with { Input = key },
            SliceKind.Screen => votes with { Screen = Words.Member<ScreenKind>(key) },
            _ => votes with { Group = Words.Member<RaterGroup>(key) },
        };
    }

    private IEnumerable<KeyValuePair<string, string?>> Parts()
    {
        yield return new("votes", Source == VoteSource.Real ? null : Source.ToText());
        yield return new("exclusions", Exclusions == Exclusions.Applied ? null : Exclusions.ToText());
        yield return new("by", By == SliceKind.Category ? null : By.ToText());
        yield return new("axis", Axis?.ToText());
        yield return new("sort", Order == SliceOrder.Name && !Reversed ? null : $"{(Reversed ? "-" : "")}{Order.ToText()}");
        yield return new("name", Name);
        yield return new("page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture));
    }
}
