namespace PixelPost.Training.Contracts;

/// <summary>Finds the name that was probably meant.</summary>
public static class Nearest
{
    /// <summary>The known name that the fewest single-letter changes turn into <paramref name="given"/>; the first of several.</summary>
    /// <returns>"; did you mean 'steps'?", or the list of known names where none is near.</returns>
    public static string Hint(string given, IEnumerable<string> known)
    {
        var ranked = known.Select(name => (Name: name, Distance: Distance(given, name))).OrderBy(r => r.Distance).ToList();
        if (ranked.Count == 0) return ".";
        return ranked[0].Distance <= Math.Max(2, given.Length / 2)
            ? $"; did you mean '{ranked[0].Name}'?"
            : $"; known are {string.Join(", ", ranked.Select(r => r.Name).Order(StringComparer.Ordinal))}.";
    }

    /// <summary>Insertions, deletions and replacements from one word to another.</summary>
    /// <remarks>Levenshtein (1966), by Wagner and Fischer's table, one row at a time.</remarks>
    internal static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j - 1], row[j]) + 1);
            }
        }
        return row[^1];
    }
}
