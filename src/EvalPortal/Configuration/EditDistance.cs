namespace PixelPost.EvalPortal.Configuration;

/// <summary>How far two words are apart, to name the option that was probably meant.</summary>
internal static class EditDistance
{
    /// <summary>Fewest insertions, deletions and replacements that turn one word into the other (Levenshtein).</summary>
    public static int Between(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replace = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
