using System.Collections.Frozen;
using System.Data.Common;
using System.Runtime.InteropServices;
using Dapper;
using Microsoft.Data.Sqlite;

namespace PixelPost.EvalPortal.Database;

/// <summary>
/// Reads the columns of a row from left to right, each as what it is. For rows that are read by the million, of which Dapper and the
/// driver of SQLite would take several times as long as SQLite takes to find them; see <c>docs/decisions/0010</c>.
/// </summary>
internal sealed class RowCursor(DbDataReader reader)
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

    public DateTimeOffset Time() => ColumnTypes.ToTime(Text());

    public DateTimeOffset? TimeOrNull() => SkipsNull() ? null : Time();

    public Guid Id() => Guid.Parse(Text());

    public Guid? IdOrNull() => SkipsNull() ? null : Id();

    public T Word<T>() where T : struct, Enum => Words<T>.ByText[Text()];

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
        public static readonly FrozenDictionary<string, T> ByText = Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value.ToText());
    }

    /// <summary>The row that a reader of SQLite stands on, read as <see href="https://www.sqlite.org/c3ref/column_blob.html"/> says.</summary>
    private sealed class SqliteRow(SqliteDataReader reader)
    {
        private const string Library = "e_sqlite3"; // which the driver has loaded
        private const int NullType = 5;

        private readonly nint _statement = reader.Handle!.DangerousGetHandle(); // the reader is open as long as this is used

        public static SqliteRow? Of(DbDataReader reader) =>
            ((reader as IWrappedDataReader)?.Reader ?? reader) is SqliteDataReader { Handle: not null } sqlite ? new SqliteRow(sqlite) : null;

        public bool IsNull(int column) => sqlite3_column_type(_statement, column) == NullType;

        public long Whole(int column) => sqlite3_column_int64(_statement, column);

        public double Real(int column) => sqlite3_column_double(_statement, column);

        public string Text(int column)
        {
            var text = sqlite3_column_text(_statement, column);
            return Marshal.PtrToStringUTF8(text, sqlite3_column_bytes(_statement, column));
        }

        [DllImport(Library)]
        private static extern int sqlite3_column_type(nint statement, int column);

        [DllImport(Library)]
        private static extern long sqlite3_column_int64(nint statement, int column);

        [DllImport(Library)]
        private static extern double sqlite3_column_double(nint statement, int column);

        [DllImport(Library)]
        private static extern nint sqlite3_column_text(nint statement, int column);

        [DllImport(Library)]
        private static extern int sqlite3_column_bytes(nint statement, int column);
    }
}
