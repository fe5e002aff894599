using System.Globalization;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Seeds of images, as typed.</summary>
public static class SeedList
{
    /// <summary>The seeds, each once.</summary>
    /// <exception cref="RefusedException">They are not whole numbers from 0 on.</exception>
    public static IReadOnlyList<long> Parse(string text)
    {
        var seeds = new List<long>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
                throw new RefusedException($"Seeds: '{part}' is not a whole number from 0 on. Separate several by commas, such as 1, 2, 3.");
            seeds.Add(seed);
        }
        return [.. seeds.Distinct()];
    }
}
