using System.Text;
using System.Text.RegularExpressions;
using PixelPost.EvalPortal.Reports.Documents;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>A document as LaTeX that compiles as it is, and whose tables (booktabs) can be taken over one by one. Figures are not in it.</summary>
internal static partial class LatexDocument
{
    // Longer tables run over pages.
    private const int MostRowsOfFloat = 30;
    private const int MostColumnsOfText = 5;

    /// <summary>What stands in names and is of mathematics to TeX.</summary>
    private static readonly Dictionary<char, string> Symbols = new()
    {
        ['−'] = "-", ['≥'] = "\\ge", ['≤'] = "\\le", ['≠'] = "\\ne", ['≈'] = "\\approx", ['→'] = "\\to", ['←'] = "\\leftarrow", ['↑'] = "\\uparrow", ['↓'] = "\\downarrow", ['∞'] = "\\infty",
        ['α'] = "\\alpha", ['β'] = "\\beta", ['γ'] = "\\gamma", ['δ'] = "\\delta", ['ε'] = "\\varepsilon", ['ζ'] = "\\zeta", ['η'] = "\\eta", ['θ'] = "\\theta", ['ι'] = "\\iota", ['κ'] = "\\kappa",
        ['λ'] = "\\lambda", ['μ'] = "\\mu", ['ν'] = "\\nu", ['ξ'] = "\\xi", ['π'] = "\\pi", ['ρ'] = "\\rho", ['σ'] = "\\sigma", ['τ'] = "\\tau", ['φ'] = "\\varphi", ['χ'] = "\\chi", ['ψ'] = "\\psi", ['ω'] = "\\omega",
        ['Γ'] = "\\Gamma", ['Δ'] = "\\Delta", ['Θ'] = "\\Theta", ['Λ'] = "\\Lambda", ['Ξ'] = "\\Xi", ['Π'] = "\\Pi", ['Σ'] = "\\Sigma", ['Φ'] = "\\Phi", ['Ψ'] = "\\Psi", ['Ω'] = "\\Omega",
    };

    // A table that is wider than the text is set smaller.
    private const string Fitted = "\n\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%";

    // Long words, such as hashes, may be broken after every so many letters.
    private const int Piece = 16;
    private const char Break = '\u200B';

    public static string Write(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append("% Tables need: \\usepackage{booktabs,longtable,array,graphicx}; here they stand where they are, elsewhere where your document puts tables. Letters that pdfLaTeX lacks are question marks: names in other than Latin and Greek letters need LuaLaTeX or XeLaTeX with a font that has them.\n")
            .Append("\\documentclass[10pt]{article}\n\\usepackage[margin=18mm]{geometry}\n\\usepackage{iftex}\n\\ifPDFTeX\\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}\\fi\n")
            .Append("\\makeatletter\\ifPDFTeX\\def\\UTFviii@undefined@err#1{?}\\fi\\makeatother\n")
            .Append("\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}\n\\usepackage{textcomp,booktabs,longtable,array,graphicx,float}\n")
            .Append("\\floatplacement{table}{H}\n\\setlength{\\abovecaptionskip}{0pt}\n\\setlength{\\belowcaptionskip}{6pt}\n\\title{").Append(Escape(document.Title)).Append("}\n\\author{}\n\\date{}\n\\begin{document}\n\\maketitle\n\n");
        foreach (var fact in document.Facts)
            text.Append("\\noindent ").Append(Escape(fact)).Append("\n\n");
        if (document.Warnings.Count > 0)
            List(document.Warnings, text);
        foreach (var section in document.Sections)
        {
            text.Append("\\section*{").Append(Escape(section.Heading)).Append("}\n\n");
            foreach (var block in section.Blocks)
                Write(block, text);
        }
        return text.Append("\\end{document}\n").ToString();
    }

    /// <summary>Text that is set as it is.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in LongWord().Replace(text, word => string.Join(Break, word.Value.Chunk(Piece).Select(piece => new string(piece)))))
        {
            escaped.Append(letter switch
            {
                '\\' => "\\textbackslash{}",
                '{' => "\\{",
                '}' => "\\}",
                '$' => "\\$",
                '&' => "\\&",
                '#' => "\\#",
                '%' => "\\%",
                '_' => "\\_",
                '^' => "\\textasciicircum{}",
                '~' => "\\textasciitilde{}",
                '<' => "\\textless{}",
                '>' => "\\textgreater{}",
                '|' => "\\textbar{}",
                '"' => "\\textquotedbl{}",
                '`' => "\\textasciigrave{}",
                '[' => "{[}", // after a line's end it would be a length
                ']' => "{]}",
                '–' => "\\textendash{}",
                '…' => "\\dots{}",
                '“' => "``",
                '”' => "''",
                '\u00A0' => "~",
                Break => "\\allowbreak{}",
                _ when Symbols.TryGetValue(letter, out var symbol) => $"${symbol}$",
                _ when char.IsControl(letter) => " ",
                _ => letter.ToString(),
            });
        }
        return escaped.Replace("--", "{-}{-}").ToString(); // a hyphen each, and no dash
    }

    private static void Write(DocumentBlock block, StringBuilder text)
    {
        switch (block)
        {
            case Paragraph paragraph:
                text.Append(Escape(paragraph.Text)).Append("\n\n");
                break;
            case BulletList { Points.Count: > 0 } list:
                List(list.Points, text);
                break;
            case DocumentTable table:
                Write(table, text);
                break;
        }
    }

    private static void List(IReadOnlyList<string> points, StringBuilder text)
    {
        text.Append("\\begin{itemize}\n");
        foreach (var point in points)
            text.Append("\\item ").Append(Escape(point)).Append('\n');
        text.Append("\\end{itemize}\n\n");
    }

    private static void Write(DocumentTable table, StringBuilder text)
    {
        var caption = $"\\caption{{{Escape(table.Caption)}}}\\label{{tab:report-{table.Number}}}";
        var isLong = table.Rows.Count > MostRowsOfFloat;
        var columns = string.Concat(table.Columns.Select(column => column.IsNumber ? "r" : Column(table)));
        if (isLong)
            text.Append("{\\small\n\\begin{longtable}{").Append(columns).Append("}\n").Append(caption).Append("\\\\\n");
        else
            text.Append("\\begin{table}\n\\centering\\small\\setlength{\\tabcolsep}{4pt}\n").Append(caption).Append(Fitted).Append("\n\\begin{tabular}{").Append(columns).Append("}\n");
        text.Append("\\toprule\n");
        Heading(table, text);
        text.Append("\\midrule\n");
        if (isLong)
            text.Append("\\endfirsthead\n\\toprule\n").Append(HeadingRow(table)).Append("\\midrule\n\\endhead\n");
        foreach (var row in table.Rows)
        {
            text.Append(row.IsHeading ? $"\\multicolumn{{{table.Columns.Count}}}{{l}}{{\\textbf{{{Escape(row.Cells[0])}}}}}" : string.Join(" & ", row.Cells.Select(Escape)))
                .Append(" \\\\\n");
        }
        text.Append("\\bottomrule\n").Append(isLong ? "\\end{longtable}}\n" : "\\end{tabular}}\n");
        foreach (var note in table.Notes)
            text.Append("\n\\par\\smallskip\\parbox{0.95\\linewidth}{\\footnotesize ").Append(Escape(note)).Append("}\n");
        text.Append(isLong ? "\n" : "\\end{table}\n\n");
    }

    /// <summary>Text in a table of text is broken into lines; beside numbers it stands on one.</summary>
    private static string Column(DocumentTable table)
    {
        var texts = table.Columns.Count(column => !column.IsNumber);
        return texts > 1 && table.Columns.Count <= MostColumnsOfText ? $">{{\\raggedright\\arraybackslash}}p{{{(texts == 2 ? "0.4" : texts == 3 ? "0.27" : "0.2")}\\linewidth}}" : "l";
    }

    private static void Heading(DocumentTable table, StringBuilder text)
    {
        if (table.HasGroups)
        {
            text.AppendJoin(" & ", table.Groups.Select(group => group.Group is null ? "" : $"\\multicolumn{{{group.Columns}}}{{c}}{{{Escape(group.Group)}}}")).Append(" \\\\\n");
            var first = 1;
            foreach (var (group, columns) in table.Groups)
            {
                if (group is not null)
                    text.Append("\\cmidrule(lr){").Append(first).Append('-').Append(first + columns - 1).Append('}');
                first += columns;
            }
            text.Append('\n');
        }
        text.Append(HeadingRow(table));
    }

    private static string HeadingRow(DocumentTable table) => string.Join(" & ", table.Columns.Select(column => Escape(column.Heading))) + " \\\\\n";

    [GeneratedRegex("[A-Za-z0-9]{33,}")]
    private static partial Regex LongWord();
}
