using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;

namespace PixelPost.EvalPortal.Database;

/// <summary>
/// Reads the columns of a row from left to right, each as what it is. For rows that are read by the million, of which Dapper and the
/// driver of SQLite would take several times as long as SQLite takes to find them; see <c>docs/decisions/0010</c>.
/// </summary>
internal sealed partial class RowCursor(DbDataReader reader)
{
    private readonly SqliteRow? _sqlite = SqliteRow.Of(reader);
    private int _next;

    /// <summary>Goes to the next row; its columns begin from the left.</summary>
    public Task<bool> ReadAsync(CancellationToken cancel)
    {
        _next = 0;
        return reader.ReadAsync(cancel);
    }

    public string Text() => _sqlite?.Text(_next++) ?? reader.GetString(_next++);

    public string? TextOrNull() => SkipsNull() ? null : Text();

    public long Whole() => _sqlite?.Whole(_next++) ?? reader.GetInt64(_next++);

    public long? WholeOrNull() => SkipsNull() ? null : Whole();

    public int Number() => _sqlite is not null ? checked((int)Whole()) : reader.GetInt32(_next++);

    public int? NumberOrNull() => SkipsNull() ? null : Number();

    public double? RealOrNull() => SkipsNull() ? null : _sqlite?.Real(_next++) ?? reader.GetDouble(_next++);

    public bool Flag() => _sqlite is not null ? Whole() != 0 : reader.GetBoolean(_next++);

    public bool? FlagOrNull() => SkipsNull() ? null : Flag();

    public DateTimeOffset Time() => _sqlite is not null ? ColumnTypes.ToTime(_sqlite.Bytes(_next++)) : ColumnTypes.ToTime(reader.GetString(_next++));

    public DateTimeOffset? TimeOrNull() => SkipsNull() ? null : Time();

    public Guid Id() => _sqlite is not null ? Guid.Parse(_sqlite.Bytes(_next++)) : Guid.Parse(reader.GetString(_next++));

    public Guid? IdOrNull() => SkipsNull() ? null : Id();

    public T Word<T>() where T : struct, Enum => _sqlite is not null ? Words<T>.Of(_sqlite.Bytes(_next++)) : Words<T>.Of(Encoding.UTF8.GetBytes(reader.GetString(_next++)));

    public T? WordOrNull<T>() where T : struct, Enum => SkipsNull() ? null : Word<T>();

    private bool SkipsNull()
    {
        if (!(_sqlite?.IsNull(_next) ?? reader.IsDBNull(_next)))
            return false;
        _next++;
        return true;
    }

    private static class Words<T> where T : struct, Enum
    {
        private static readonly (byte[] Text, T Value)[] All = [.. Enum.GetValues<T>().Distinct().Select(value => (Encoding.UTF8.GetBytes(value.ToText()), value))];

        public static T Of(ReadOnlySpan<byte> text)
        {
            foreach (var word in All) // they are few
                if (text.SequenceEqual(word.Text))
                    return word.Value;
            throw new FormatException($"{Encoding.UTF8.GetString(text)} is no {typeof(T).Name}.");
        }
    }

    /// <summary>The row that a reader of SQLite stands on, read as <see href="https://www.sqlite.org/c3ref/column_blob.html"/> says.</summary>
    private sealed unsafe partial class SqliteRow(SqliteDataReader reader)
    {
        private const string Library = "e_sqlite3"; // which the driver has loaded
        private const int NullType = 5;

        private readonly nint _statement = reader.Handle!.DangerousGetHandle(); // the reader is open as long as this is used
        private readonly LastText[] _texts = new LastText[reader.FieldCount];

        public static SqliteRow? Of(DbDataReader reader) =>
            ((reader as IWrappedDataReader)?.Reader ?? reader) is SqliteDataReader { Handle: not null } sqlite ? new SqliteRow(sqlite) : null;

        public bool IsNull(int column) => sqlite3_column_type(_statement, column) == NullType;

        public long Whole(int column) => sqlite3_column_int64(_statement, column);

        public double Real(int column) => sqlite3_column_double(_statement, column);

        /// <summary>Text as UTF-8, good until the next row.</summary>
        public ReadOnlySpan<byte> Bytes(int column)
        {
            var text = sqlite3_column_text(_statement, column);
            return new(text, sqlite3_column_bytes(_statement, column));
        }

        public string Text(int column) => _texts[column].Of(Bytes(column));

        // None of them waits: nobody else uses the statement's connection. To leave and enter the runtime would take longer than what they do.
        [LibraryImport(Library), SuppressGCTransition]
        private static partial int sqlite3_column_type(nint statement, int column);

        [LibraryImport(Library), SuppressGCTransition]
        private static partial long sqlite3_column_int64(nint statement, int column);

        [LibraryImport(Library), SuppressGCTransition]
        private static partial double sqlite3_column_double(nint statement, int column);

        [LibraryImport(Library), SuppressGCTransition]
        private static partial byte* sqlite3_column_text(nint statement, int column);

        [LibraryImport(Library), SuppressGCTransition]
        private static partial int sqlite3_column_bytes(nint statement, int column);
    }

    /// <summary>A column's last text: many a column has the same in row after row, which then share it.</summary>
    private struct LastText
    {
        private byte[]? _bytes;
        private int _length;
        private string? _text;

        public string Of(ReadOnlySpan<byte> bytes)
        {
            if (_text is not null && bytes.SequenceEqual(_bytes.AsSpan(0, _length)))
                return _text;
            if (_bytes is null || _bytes.Length < bytes.Length)
                _bytes = new byte[2 * bytes.Length];
            bytes.CopyTo(_bytes);
            (_length, _text) = (bytes.Length, Encoding.UTF8.GetString(bytes));
            return _text;
        }
    }
}
