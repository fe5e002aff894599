namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>Numbers for the names in exported tables, the same in all studies of a report: who votes in two of them is one rater.</summary>
internal sealed class ExportedNumbers
{
    private readonly Dictionary<string, long> _raters = [];
    private readonly Dictionary<string, long> _systems = [];

    public long OfRater(string pseudonym) => NumberOf(_raters, pseudonym);

    public long OfSystem(string name) => NumberOf(_systems, name);

    private static long NumberOf(Dictionary<string, long> numbers, string name)
    {
        if (!numbers.TryGetValue(name, out var number))
            numbers.Add(name, number = numbers.Count + 1);
        return number;
    }
}
