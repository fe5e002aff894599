namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>What stands in a column of a bundle.</summary>
internal enum BundleType
{
    Text,
    Whole,
    Number,
    Flag,

    /// <summary>UTC, ISO 8601 with milliseconds.</summary>
    Time,

    /// <summary>A vote or something else that has the same id in every portal.</summary>
    Id,
}

/// <summary>A column of a bundle's table, for both ways.</summary>
internal sealed record BundleColumn(string Name, BundleType Type)
{
    /// <summary>How it is read; left out, from the column of the database that it is stored in.</summary>
    public string? Sql { get; init; }

    /// <summary>Column of the database; null for what is only told, or only looked up by.</summary>
    public string? Stored { get; init; } = Name;

    /// <summary>Whether it may be empty.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The numbered table whose number it holds in place of the portal's own.</summary>
    public string? Refers { get; init; }

    /// <summary>Whether no two of a portal have the same: one that is taken gets a mark behind it.</summary>
    public bool IsName { get; init; }

    /// <summary>What of it can be left out on request.</summary>
    public LeftOut LeftOut { get; init; }

    /// <summary>A number of another table.</summary>
    public static BundleColumn Ref(string name, string table, string stored, bool isOptional = false) =>
        new(name, BundleType.Whole) { Refers = table, Stored = stored, IsOptional = isOptional };
}

/// <summary>What a bundle need not tell.</summary>
[Flags]
internal enum LeftOut
{
    None = 0,

    /// <summary>Why raters were excluded, in a researcher's words.</summary>
    Reasons = 1,

    /// <summary>The family of each rater's browser.</summary>
    UserAgents = 2,
}

/// <summary>
/// A table of a bundle: how its rows are read from a portal, what stands in them, and how they are stored in another. Rows are numbered
/// anew, in their order, so that a bundle says the same whichever portal writes it.
/// </summary>
/// <param name="Name">Of its file without the extension, or of its list in <c>study.json</c>.</param>
/// <param name="Table">Table of the database.</param>
/// <param name="From">What follows FROM, with <c>t</c> for the table.</param>
/// <param name="Order">What follows ORDER BY.</param>
internal sealed record BundleTable(string Name, string Table, string From, string Order, IReadOnlyList<BundleColumn> Columns)
{
    /// <summary>Name of the column that holds the row's number in the bundle; null where nothing refers to its rows.</summary>
    public string? Number { get; init; }

    /// <summary>The portal's own key of a numbered row.</summary>
    public string Key => $"{Table}_id";

    /// <summary>Whether it stands in <c>study.json</c> and not in a file of its own.</summary>
    public bool IsConfiguration { get; init; }

    /// <summary>Columns of the database that other columns lead to.</summary>
    public IReadOnlyList<(string Column, string Sql)> Given { get; init; } = [];

    /// <summary>Columns of the database that are made anew.</summary>
    public IReadOnlyList<(string Column, Func<string> Make)> Made { get; init; } = [];

    /// <summary>The parameter of what is made anew, which no column of the bundle is called like.</summary>
    public static string MadeName(string column) => $"made_{column}";

    /// <summary>Name of its file.</summary>
    public string FileName => $"{Name}.csv";

    /// <summary>All names in a row, the number first.</summary>
    public IEnumerable<string> Heading => Number is null ? Columns.Select(column => column.Name) : Columns.Select(column => column.Name).Prepend(Number);

    /// <summary>Reads the rows of a study, or of linked ones.</summary>
    public string Select
    {
        get
        {
            var columns = Columns.Select(column => column.Sql ?? $"t.{column.Stored}");
            return $"SELECT {string.Join(", ", Number is null ? columns : columns.Prepend($"t.{Key}"))} FROM {From} ORDER BY {Order}";
        }
    }

    /// <summary>Stores a row.</summary>
    public string Insert
    {
        get
        {
            var stored = Columns.Where(column => column.Stored is not null).Select(column => (Column: column.Stored!, Sql: $"@{column.Name}"))
                .Concat(Given).Concat(Made.Select(made => (made.Column, $"@{MadeName(made.Column)}"))).ToList();
            return $"INSERT INTO {Table} ({string.Join(", ", stored.Select(one => one.Column))}) VALUES ({string.Join(", ", stored.Select(one => one.Item2))})"
                + (Number is null ? "" : $" RETURNING {Key}");
        }
    }
}
