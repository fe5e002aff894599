namespace PixelPost.Benchmarks.Assignment;

/// <summary>What <c>assignment</c> is told.</summary>
internal sealed record Options
{
    /// <summary>Comparisons times axes.</summary>
    public int Items { get; init; } = 1_000_000;

    /// <summary>Of an empty PostgreSQL database; null for SQLite.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Reads the words after <c>assignment</c>.</summary>
    /// <returns>Whether all of them mean something.</returns>
    public static bool TryRead(ReadOnlySpan<string> words, out Options options)
    {
        options = new Options();
        for (; words.Length >= 2; words = words[2..])
        {
            switch (words[0], words[1])
            {
                case ("--items", var number) when int.TryParse(number, out var items) && items >= 2_000:
                    options = options with { Items = items };
                    break;
                case ("--database", "sqlite"):
                    options = options with { ConnectionString = null };
                    break;
                case ("--database", "postgres") when Environment.GetEnvironmentVariable("PIXELPOST_BENCH_POSTGRES") is { Length: > 0 } connection:
                    options = options with { ConnectionString = connection };
                    break;
                default:
                    return false;
            }
        }
        return words.Length == 0;
    }
}
