using Parquet;
using Parquet.Schema;

namespace PixelPost.EvalPortal.Exports;

/// <summary>The values of a column that wait for their row group.</summary>
internal abstract class ParquetColumn<T>
{
    /// <summary>How the file describes the column.</summary>
    public abstract Field Field { get; }

    /// <summary>Adds the values of some rows.</summary>
    /// <param name="before">How many rows wait already.</param>
    public abstract void Take(IReadOnlyList<T> rows, int before);

    /// <summary>Writes what waits.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancel);

    /// <summary>The column in a file; its type is that of what it gives.</summary>
    /// <param name="most">Rows that may wait.</param>
    public static ParquetColumn<T> Of(Column<T> column, int most) => column switch
    {
        { Text: { } text } => new TextColumn(column.Name, text, most),
        { Id: { } id } => new TextColumn(column.Name, row => id(row)?.ToString(), most),
        { Whole: { } whole } => new ValueColumn<long>(new DataField<long>(column.Name, true), whole, most),
        { Number: { } number } => new ValueColumn<double>(new DataField<double>(column.Name, true), number, most),
        { Flag: { } flag } => new ValueColumn<bool>(new DataField<bool>(column.Name, true), flag, most),
        { Time: { } time } => new ValueColumn<DateTime>(
            new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Millis, isNullable: true),
            row => time(row)?.UtcDateTime, most),
        { Wholes: { } wholes } => new ListColumn<long>(new ListField(column.Name, new DataField<long>("element", false)), wholes),
        _ => new ListColumn<ReadOnlyMemory<char>>(
            new ListField(column.Name, new DataField("element", typeof(string), isNullable: false)), row => [.. column.Texts!(row).Select(text => text.AsMemory())]),
    };

    private sealed class TextColumn(string name, Func<T, string?> value, int most) : ParquetColumn<T>
    {
        private readonly DataField _field = new(name, typeof(string), isNullable: true);
        private readonly string?[] _waiting = new string?[most];

        public override Field Field => _field;

        public override void Take(IReadOnlyList<T> rows, int before)
        {
            for (var i = 0; i < rows.Count; i++)
                _waiting[before + i] = value(rows[i]);
        }

        public override Task WriteAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancel) =>
            group.WriteAsync(_field, new ArraySegment<string>(_waiting!, 0, rows));
    }

    private sealed class ValueColumn<TValue>(DataField described, Func<T, TValue?> value, int most) : ParquetColumn<T> where TValue : struct
    {
        private readonly TValue?[] _waiting = new TValue?[most];

        public override Field Field => described;

        public override void Take(IReadOnlyList<T> rows, int before)
        {
            for (var i = 0; i < rows.Count; i++)
                _waiting[before + i] = value(rows[i]);
        }

        public override Task WriteAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancel) =>
            group.WriteAsync<TValue>(described, _waiting.AsMemory(0, rows), cancellationToken: cancel);
    }

    /// <remarks>
    /// Of each element the format wants to know whether it begins a row (0) or goes on with one (1), and of an empty list that it is
    /// there and has none.
    /// </remarks>
    private sealed class ListColumn<TValue>(ListField described, Func<T, IReadOnlyList<TValue>> values) : ParquetColumn<T> where TValue : struct
    {
        private readonly List<TValue> _waiting = [];
        private readonly List<int> _definitions = [];
        private readonly List<int> _repetitions = [];

        public override Field Field => described;

        private DataField Element => (DataField)described.Item;

        public override void Take(IReadOnlyList<T> rows, int before)
        {
            foreach (var row in rows)
            {
                var list = values(row);
                _waiting.AddRange(list);
                for (var i = 0; i < Math.Max(1, list.Count); i++)
                {
                    _definitions.Add(list.Count == 0 ? Element.MaxDefinitionLevel - 1 : Element.MaxDefinitionLevel);
                    _repetitions.Add(i == 0 ? 0 : Element.MaxRepetitionLevel);
                }
            }
        }

        public override async Task WriteAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancel)
        {
            int[] definitions = [.. _definitions];
            int[] repetitions = [.. _repetitions];
            TValue[] elements = [.. _waiting];
            await group.WriteAllPartsAsync<TValue>(Element, elements, definitions, repetitions, cancel);
            _waiting.Clear();
            _definitions.Clear();
            _repetitions.Clear();
        }
    }
}
