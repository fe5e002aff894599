using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>Words and numbers of documents. Numbers are those of the pages: see <see cref="Figures"/>.</summary>
internal static class DocumentWords
{
    /// <summary>An axis as the paper's tables head it.</summary>
    public static string Axis(Studies.Axis axis) => axis switch
    {
        Studies.Axis.Flaws => "Visual flaws",
        Studies.Axis.Appeal => "Visual appeal",
        Studies.Axis.Alignment => "Text alignment",
        _ => "Best and worst",
    };

    /// <summary>A name at the start of a line.</summary>
    public static string Capital(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];

    /// <summary>A sentence about a study, after its name where there are several.</summary>
    public static string About(StudyResult study, int studies, string sentence) => studies > 1 ? $"{study.Data.Study.Name}: {sentence}" : Capital(sentence);

    /// <summary>A p-value in a column that says so: <c>0.012</c>, <c>&lt; 0.001</c>.</summary>
    public static string PValue(double? p)
    {
        var words = Figures.PValue(p);
        return words.StartsWith("p = ", StringComparison.Ordinal) ? words[4..] : words.StartsWith("p ", StringComparison.Ordinal) ? words[2..] : words;
    }

    /// <summary>A share of a count in percent, without its unit; a dash where the whole is 0.</summary>
    public static string Share(int part, int whole) => whole == 0 ? Figures.None : Figures.PercentNumber((double)part / whole);

    /// <summary>A rate in percent where the unit stands elsewhere; a dash where there is none.</summary>
    public static string Rate(Estimate rate) => rate.Value is { } value ? Figures.PercentNumber(value) : Figures.None;

    public static string Count(int? number) => number is { } known ? Figures.Whole(known) : Figures.None;

    /// <summary>Things in a row: <c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> things) => things.Count switch
    {
        0 => "",
        1 => things[0],
        _ => $"{string.Join(", ", things.SkipLast(1))} and {things[^1]}",
    };

    /// <summary>Why numbers of a table are missing, each reason once, with what it is about.</summary>
    public static IEnumerable<string> Reasons(IEnumerable<(string About, string? Reason)> missing) =>
        from one in missing
        where one.Reason is not null
        group one.About by one.Reason into reason
        select $"{List([.. reason.Distinct()])}: {reason.Key}";
}
