namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>Which number of a bundle goes with which key of a portal, table by table; in one direction.</summary>
internal sealed class Numbering
{
    private readonly Dictionary<string, Dictionary<long, long>> _tables = [];

    /// <summary>Notes a row.</summary>
    public void Add(string table, long from, long to)
    {
        if (!_tables.TryGetValue(table, out var known))
            _tables[table] = known = [];
        known.Add(from, to);
    }

    /// <summary>What stands for a row; null where it is not of the bundle.</summary>
    public long? Find(string table, long from) => _tables.TryGetValue(table, out var known) && known.TryGetValue(from, out var to) ? to : null;

    /// <summary>How many rows a table has.</summary>
    public long Count(string table) => _tables.TryGetValue(table, out var known) ? known.Count : 0;
}
