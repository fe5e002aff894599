namespace PixelPost.EvalPortal.Exports;

/// <summary>A column: its name, and what a row has in it. The type of what it gives is the type of the column in every kind of file.</summary>
public sealed class Column<T>
{
    public Column(string name, Func<T, string?> text) => (Name, Text) = (name, text);

    public Column(string name, Func<T, long?> whole) => (Name, Whole) = (name, whole);

    public Column(string name, Func<T, double?> number) => (Name, Number) = (name, number);

    public Column(string name, Func<T, bool?> flag) => (Name, Flag) = (name, flag);

    public Column(string name, Func<T, DateTimeOffset?> time) => (Name, Time) = (name, time);

    public Column(string name, Func<T, Guid?> id) => (Name, Id) = (name, id);

    /// <summary>A list: with spaces between where a file has no lists.</summary>
    public Column(string name, Func<T, IReadOnlyList<long>> wholes) => (Name, Wholes) = (name, wholes);

    /// <inheritdoc cref="Column{T}(string, Func{T, IReadOnlyList{long}})"/>
    public Column(string name, Func<T, IReadOnlyList<string>> texts) => (Name, Texts) = (name, texts);

    public string Name { get; }

    // One of these is not null.
    public Func<T, string?>? Text { get; }

    public Func<T, long?>? Whole { get; }

    public Func<T, double?>? Number { get; }

    public Func<T, bool?>? Flag { get; }

    public Func<T, DateTimeOffset?>? Time { get; }

    public Func<T, Guid?>? Id { get; }

    public Func<T, IReadOnlyList<long>>? Wholes { get; }

    public Func<T, IReadOnlyList<string>>? Texts { get; }
}
