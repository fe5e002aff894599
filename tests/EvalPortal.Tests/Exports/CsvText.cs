using System.Text;

namespace PixelPost.EvalPortal.Tests.Exports;

/// <summary>Reads CSV as RFC 4180 has it, by code that shares nothing with the program that wrote it.</summary>
internal static class CsvText
{
    /// <summary>The rows by column name.</summary>
    public static IReadOnlyList<Dictionary<string, string>> Read(string text)
    {
        var records = Records(text).ToList();
        return [.. records.Skip(1).Select(record => records[0].Zip(record).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    /// <summary>The names of the columns.</summary>
    public static IReadOnlyList<string> Columns(string text) => Records(text).First();

    private static IEnumerable<IReadOnlyList<string>> Records(string text)
    {
        var (record, field, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (quoted || text[i] is not (',' or '\r'))
            {
                field.Append(text[i]);
            }
            else
            {
                record.Add(field.ToString());
                field.Clear();
                if (text[i] == ',')
                    continue;
                Assert.Equal('\n', text[++i]); // lines end with both
                yield return record;
                record = [];
            }
        }
        Assert.True(record.Count == 0 && field.Length == 0 && !quoted, "The last line is not ended.");
    }
}
