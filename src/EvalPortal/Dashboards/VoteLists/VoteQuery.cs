using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.VoteLists;

/// <summary>Which votes are listed, by whether results are made from them.</summary>
public enum VoteShow
{
    Counted,

    /// <summary>Taken back, replaced, too late, on a check, or of a rater who is left out.</summary>
    NotCounted,

    /// <summary>Of raters who are excluded now.</summary>
    Excluded,

    All,
}

/// <summary>What a vote says, as far as lists tell it apart.</summary>
public enum VoteOutcome
{
    A,
    B,
    Tie,
    Reject,

    /// <summary>Where no pair was judged.</summary>
    Answered,
}

/// <summary>A place in the list of votes: that of a vote.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="VoteId">Which of those that arrived then.</param>
public sealed record VoteKey(DateTimeOffset At, Guid VoteId)
{
    public override string ToString() => $"{At.ToText()}_{VoteId}";

    /// <summary>The place that a part of an address names; null where it names none.</summary>
    public static VoteKey? Parse(string? text) =>
        text?.Split('_') is [var at, var id] && Guid.TryParse(id, out var vote)
        && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new VoteKey(time, vote)
            : null;
}

/// <summary>Which votes of a study a page lists. It stands in the page's address.</summary>
public sealed record VoteQuery
{
    /// <summary>What stands for "without one" where a value may be missing.</summary>
    public const string Without = "-";

    /// <summary>Whose votes.</summary>
    public VoteSource Source { get; init; }

    /// <summary>Whether excluded raters' votes are counted.</summary>
    public Exclusions Exclusions { get; init; }

    public VoteShow Show { get; init; }

    public Axis? Axis { get; init; }

    public VoteOutcome? Outcome { get; init; }

    public long? Comparison { get; init; }

    public long? Prompt { get; init; }

    /// <summary>Of the prompt; <see cref="Without"/> for prompts that have none.</summary>
    public string? Category { get; init; }

    /// <summary>The system whose image won, was judged or was picked as the best.</summary>
    public long? System { get; init; }

    /// <summary>The rater's name in results.</summary>
    public string? Rater { get; init; }

    /// <summary>What the rater named as the worst flaw; <see cref="Without"/> for none.</summary>
    public string? Flaw { get; init; }

    /// <summary>With what it was given; <see cref="Without"/> where the page did not tell.</summary>
    public string? Input { get; init; }

    public ScreenKind? Screen { get; init; }

    public RaterGroup? Group { get; init; }

    /// <summary>The vote after which the page begins, going back in time; null for the newest.</summary>
    public VoteKey? After { get; init; }

    /// <summary>The vote before which the page ends; goes before <see cref="After"/>.</summary>
    public VoteKey? Before { get; init; }

    /// <summary>Reads an address; what it does not know is as if it were not there.</summary>
    /// <param name="query">What follows the question mark, with or without it.</param>
    public static VoteQuery Parse(string? query)
    {
        var parts = QueryHelpers.ParseQuery(query);
        string? Text(string name) => parts.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value.Trim() : null;
        long? Number(string name) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        T? Member<T>(string name) where T : struct, Enum => Words.Member<T>(Text(name));
        return new VoteQuery
        {
            Source = Member<VoteSource>("votes") ?? VoteSource.Real,
            Exclusions = Member<Exclusions>("exclusions") ?? Exclusions.Applied,
            Show = Member<VoteShow>("show") ?? VoteShow.Counted,
            Axis = Member<Axis>("axis"),
            Outcome = Member<VoteOutcome>("outcome"),
            Comparison = Number("comparison"),
            Prompt = Number("prompt"),
            Category = Text("category"),
            System = Number("system"),
            Rater = Text("rater"),
            Flaw = Text("flaw"),
            Input = Text("input"),
            Screen = Member<ScreenKind>("screen"),
            Group = Member<RaterGroup>("group"),
            After = VoteKey.Parse(Text("after")),
            Before = VoteKey.Parse(Text("before")),
        };
    }

    /// <summary>The address of the list.</summary>
    public string Address(long studyId) =>
        QueryHelpers.AddQueryString($"/studies/{studyId}/votes", Parts().Where(part => part.Value is not null));

    private IEnumerable<KeyValuePair<string, string?>> Parts()
    {
        yield return new("votes", Source == VoteSource.Real ? null : Source.ToText());
        yield return new("exclusions", Exclusions == Exclusions.Applied ? null : Exclusions.ToText());
        yield return new("show", Show == VoteShow.Counted ? null : Show.ToText());
        yield return new("axis", Axis?.ToText());
        yield return new("outcome", Outcome?.ToText());
        yield return new("comparison", Comparison?.ToString(CultureInfo.InvariantCulture));
        yield return new("prompt", Prompt?.ToString(CultureInfo.InvariantCulture));
        yield return new("category", Category);
        yield return new("system", System?.ToString(CultureInfo.InvariantCulture));
        yield return new("rater", Rater);
        yield return new("flaw", Flaw);
        yield return new("input", Input);
        yield return new("screen", Screen?.ToText());
        yield return new("group", Group?.ToText());
        yield return new("after", After?.ToString());
        yield return new("before", Before?.ToString());
    }
}

/// <summary>Members of enums by the words that stand in addresses.</summary>
internal static class Words
{
    /// <summary>The member that a word names; null where it names none.</summary>
    public static T? Member<T>(string? text) where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
        {
            if (member.ToText() == text)
                return member;
        }
        return null;
    }
}
