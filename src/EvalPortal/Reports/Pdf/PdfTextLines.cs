namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>Breaks text into lines of a width, between words and, where a word is too long, inside of it.</summary>
internal static class PdfTextLines
{
    public static List<string> Break(string text, PdfTypeface face, double size, double width)
    {
        var lines = new List<string>();
        var line = "";
        // Only plain spaces break: that in "34.8 %" does not.
        foreach (var word in text.Replace('\n', ' ').Replace('\r', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => Fit(word, face, size, width)))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && face.Width(longer, size) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = longer;
            }
        }
        lines.Add(line);
        return lines;
    }

    /// <summary>Width of the longest word, which a column should not be narrower than.</summary>
    public static double LongestWord(string text, PdfTypeface face, double size) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => face.Width(word, size)).DefaultIfEmpty(0).Max();

    /// <summary>A word, in parts where it is longer than a line.</summary>
    private static IEnumerable<string> Fit(string word, PdfTypeface face, double size, double width)
    {
        var part = "";
        foreach (var rune in word.EnumerateRunes())
        {
            if (part.Length > 0 && face.Width(part + rune, size) > width)
            {
                yield return part;
                part = "";
            }
            part += rune;
        }
        if (part.Length > 0)
            yield return part;
    }
}
