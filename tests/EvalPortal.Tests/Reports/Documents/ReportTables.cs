using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;

namespace PixelPost.EvalPortal.Tests.Reports.Documents;

/// <summary>The rows of a report's tables, read back from what was written: headings left out, every cell as text.</summary>
internal static partial class ReportTables
{
    // What LaTeX text stands for, by code that shares nothing with the program that wrote it.
    private static readonly (string Set, string Text)[] Latex =
    [
        ("\\allowbreak{}", ""), ("\\textbackslash{}", "\u0001"), ("\\textasciitilde{}", "\u0002"), ("\\textasciicircum{}", "^"), ("\\textless{}", "<"), ("\\textgreater{}", ">"), ("\\textbar{}", "|"),
        ("\\textquotedbl{}", "\""), ("\\textasciigrave{}", "`"), ("\\textendash{}", "–"), ("\\dots{}", "…"), ("{[}", "["), ("{]}", "]"), ("{-}", "-"), ("$-$", "−"),
        ("~", "\u00A0"), ("\\&", "&"), ("\\%", "%"), ("\\#", "#"), ("\\_", "_"), ("\\$", "$"), ("\\{", "{"), ("\\}", "}"), ("``", "“"), ("''", "”"), ("\u0001", "\\"), ("\u0002", "~"),
    ];

    public static IReadOnlyList<string> OfHtml(string html) =>
    [
        .. from table in new HtmlParser().ParseDocument(html).QuerySelectorAll("table")
           from row in table.QuerySelectorAll("tbody tr")
           let cells = row.QuerySelectorAll("td")
           where cells.Length > 0
           select Row(cells.Select(cell => cell.TextContent)),
    ];

    public static IReadOnlyList<string> OfMarkdown(string text) =>
    [
        .. from pair in text.Split('\n').Zip(text.Split('\n').Skip(1))
           let line = pair.First
           where line.StartsWith("| ", StringComparison.Ordinal) && !pair.Second.StartsWith("| ---", StringComparison.Ordinal) // which is under a heading
           let cells = CellEnd().Split(line[2..^2]).Select(cell => Escaped().Replace(cell, "$1").Replace("\u200B", "", StringComparison.Ordinal)).ToList()
           where cells[0] != "---" && cells[0] != "---:" && !(cells[0].StartsWith("**", StringComparison.Ordinal) && cells.Skip(1).All(cell => cell.Length == 0))
           select Row(cells),
    ];

    public static IReadOnlyList<string> OfLatex(string text)
    {
        var rows = new List<string>();
        var inBody = false;
        foreach (var line in text.Split('\n'))
        {
            inBody = (inBody || line is "\\midrule") && line is not ("\\bottomrule" or "\\endfirsthead" or "\\toprule");
            if (inBody && line.EndsWith(" \\\\", StringComparison.Ordinal) && !line.StartsWith("\\multicolumn", StringComparison.Ordinal))
                rows.Add(Row(line[..^3].Split(" & ").Select(cell => Latex.Aggregate(cell, (words, one) => words.Replace(one.Set, one.Text, StringComparison.Ordinal)))));
        }
        return rows;
    }

    /// <summary>Text without any space, which is where lines and glyphs are broken.</summary>
    public static string Dense(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));

    /// <summary>Rows without times, which differ between two reports on the same votes.</summary>
    public static IReadOnlyList<string> WithoutTimes(this IReadOnlyList<string> rows) => [.. rows.Select(row => Time().Replace(row, "TIME"))];

    private static string Row(IEnumerable<string> cells) => new StringBuilder().AppendJoin(" ¦ ", cells.Select(cell => cell.Trim())).ToString();

    [GeneratedRegex(@"\d{1,2} \w{3} \d{4}, \d\d:\d\d:\d\d UTC")]
    private static partial Regex Time();

    [GeneratedRegex(@"(?<!\\) \| ")]
    private static partial Regex CellEnd();

    [GeneratedRegex(@"\\([!-/:-@\[-`{-~])")]
    private static partial Regex Escaped();
}
