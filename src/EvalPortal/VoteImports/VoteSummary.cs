using System.Globalization;
using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>How often something was found, and where first.</summary>
public sealed record Found(string What, long Count, int FirstLine);

/// <summary>The votes of one study of an import.</summary>
public sealed record FoundStudy(StudyKey Key, long Votes, int MostOnAComparison);

/// <summary>What a file of votes holds, and what will become of it.</summary>
public sealed record VoteSummary
{
    public required string Format { get; init; }

    /// <summary>What becomes of what does not fit one to one.</summary>
    public string? FormatNotes { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Rows that were read, those without votes too.</summary>
    public required long Rows { get; init; }

    /// <summary>Votes in them.</summary>
    public required long Votes { get; init; }

    /// <summary>Votes of an earlier import of the same name, which stay as they are.</summary>
    public required long There { get; init; }

    public required long Ties { get; init; }

    /// <summary>Ties that were given as "both are bad".</summary>
    public required long BothBad { get; init; }

    public required long Rejects { get; init; }

    /// <summary>Second and later votes of a rater on the same pair.</summary>
    public required long Repeats { get; init; }

    public required long Derived { get; init; }

    public required long Simulated { get; init; }

    public required long WithoutRater { get; init; }

    public required long WithoutSides { get; init; }

    public required long WithoutTime { get; init; }

    public required long WithoutPrompt { get; init; }

    public required long WithoutSystems { get; init; }

    public required int Raters { get; init; }

    public required int Comparisons { get; init; }

    public required IReadOnlyList<FoundStudy> Studies { get; init; }

    /// <summary>Rows that are understood and give no vote, by reason.</summary>
    public required IReadOnlyList<Found> LeftOut { get; init; }

    /// <summary>Rows that cannot be used, by reason.</summary>
    public required IReadOnlyList<Found> Faults { get; init; }

    /// <summary>Votes that are new.</summary>
    public long New => Votes - There;

    /// <summary>What somebody should know before the votes are taken.</summary>
    public IEnumerable<string> Notes()
    {
        yield return $"{Whole(Votes)} votes in {Whole(Rows)} rows, by {(Raters == 0 ? "nobody who is named" : Figures.Count(Raters, "rater"))}, on {Figures.Count(Comparisons, "pair")} of images: {Whole(Ties)} ties, {Whole(Rejects)} rejected.";
        if (There > 0)
            yield return $"{Whole(There)} of them are here already and stay as they are.";
        if (FormatNotes is not null)
            yield return FormatNotes;
        if (BothBad > 0)
            yield return $"{Whole(BothBad)} of the ties say that both are bad: they are marked as both_bad.";
        if (Repeats > 0)
            yield return $"{Whole(Repeats)} are a rater's second or later vote on the same pair: they are kept as repeats, which tell how steady raters are and count in no result.";
        if (Derived > 0)
            yield return $"{Whole(Derived)} follow from scores, rankings or picks of several images: nobody saw just these two, and they hang together. Do not report them as votes that were collected.";
        if (Simulated > 0)
            yield return $"{Whole(Simulated)} are marked as simulated and stay apart from people's.";
        if (WithoutRater > 0)
            yield return $"{Whole(WithoutRater)} do not say who voted: each row is taken for a rater of its own, so intervals cannot allow for who judged.";
        if (WithoutSides > 0)
            yield return $"{Whole(WithoutSides)} do not say which image stood left: sides are drawn, nothing can be concluded about them, and the tables leave them empty.";
        if (WithoutTime > 0)
            yield return $"{Whole(WithoutTime)} do not say when they were given: the tables leave that empty.";
        if (WithoutPrompt > 0)
            yield return $"{Whole(WithoutPrompt)} have no prompt: the name of what was judged stands in its place.";
        if (WithoutSystems > 0)
            yield return $"{Whole(WithoutSystems)} name no systems: the first image of a row is compared with the second, which tells about places and not about systems.";
        yield return "Images are not brought in: where one would stand, a placeholder says so, and nothing can be trained from such votes.";
    }

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
