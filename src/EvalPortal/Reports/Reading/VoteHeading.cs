namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>Tells from the heading of a file what its columns hold.</summary>
internal static class VoteHeading
{
    private const string Right = "A row is one comparison, for instance with the columns system_a, system_b, winner (a, b, tie or reject), item_id and rater_id";
    private const int MostNames = 12;
    private const int LongestName = 40;

    /// <summary>The format of a file with this heading.</summary>
    /// <exception cref="RefusedException">It has none of the known ones.</exception>
    public static VoteFormat Recognise(IReadOnlyList<string> heading, string file)
    {
        var columns = heading.Select(name => name.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return VoteFormats.All.FirstOrDefault(format => columns.IsSupersetOf(format.RecognisedBy))
            ?? throw new RefusedException($"{file} is no file of votes: {WhyNot(columns, heading)}. {Right}; docs/report.md lists the columns that are known.");
    }

    private static string WhyNot(HashSet<string> columns, IReadOnlyList<string> heading)
    {
        var other = VoteFormats.OtherTables.FirstOrDefault(table => columns.IsSupersetOf(table.RecognisedBy));
        if (other.Hint is not null)
            return other.Hint;
        var nearest = VoteFormats.All.MaxBy(format => (double)format.RecognisedBy.Count(columns.Contains) / format.RecognisedBy.Count)!;
        var missing = nearest.RecognisedBy.Where(column => !columns.Contains(column)).ToList();
        return missing.Count < nearest.RecognisedBy.Count
            ? $"its first line has {string.Join(", ", nearest.RecognisedBy.Where(columns.Contains))} and lacks {string.Join(", ", missing)}"
            : $"its first line names none of the known columns, it reads {Shown(heading)}";
    }

    private static string Shown(IReadOnlyList<string> heading)
    {
        var names = heading.Take(MostNames).Select(Shown);
        return string.Join(", ", names) + (heading.Count > MostNames ? $" and {heading.Count - MostNames} more" : "");
    }

    /// <summary>A name as it can be shown in one line: what cannot be printed is left out.</summary>
    private static string Shown(string name)
    {
        var printable = new string([.. name.Where(c => !char.IsControl(c) && c != '\uFFFD')]);
        return printable.Length > LongestName ? $"'{printable[..LongestName]}…'" : $"'{printable}'";
    }
}
