using System.Runtime.CompilerServices;
using System.Text.Json;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>
/// Reads Parquet, one row group at a time: columns of text, numbers, truth values and times, and lists of text and numbers. Others, such
/// as the bytes of images, are passed over.
/// </summary>
internal static class ParquetSource
{
    /// <summary>Most rows of a row group: they are held in memory together.</summary>
    public const long MostGroupRows = 2_000_000;

    /// <summary>Most bytes of a column of a row group, unpacked.</summary>
    public const long MostColumnBytes = 512L << 20;

    public static async IAsyncEnumerable<ReadRow> ReadAsync(Stream file, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var parquet = await RefusingAsync(() => ParquetReader.CreateAsync(file, leaveStreamOpen: true, cancellationToken: cancel));
        List<DataField> fields = await RefusingAsync(() => Task.FromResult<List<DataField>>([.. parquet.Schema.DataFields.Where(IsWanted)]));
        var number = 0;
        for (var group = 0; group < parquet.RowGroupCount; group++)
        {
            var (columns, rows) = await RefusingAsync(() => ReadGroupAsync(parquet, fields, group, cancel));
            for (var row = 0; row < rows; row++)
            {
                cancel.ThrowIfCancellationRequested();
                var values = new Dictionary<string, JsonElement>(columns.Count, StringComparer.OrdinalIgnoreCase);
                foreach (var (name, column) in columns)
                    values.TryAdd(name, column[row]);
                yield return new ReadRow(++number, new SourceRow(number, values), null);
            }
        }
    }

    private static async Task<(List<(string Name, JsonElement[] Values)> Columns, int Rows)> ReadGroupAsync(
        ParquetReader parquet, List<DataField> fields, int number, CancellationToken cancel)
    {
        using var group = parquet.OpenRowGroupReader(number);
        if (group.RowCount is < 0 or > MostGroupRows)
            throw new RefusedException($"Row group {number + 1} says that it has {group.RowCount:N0} rows; it may have {MostGroupRows:N0}. Write the file anew with smaller row groups.");
        var columns = new List<(string, JsonElement[])>(fields.Count);
        foreach (var field in fields)
        {
            if (group.GetMetadata(field)?.MetaData is { } chunk && (chunk.TotalUncompressedSize is < 0 or > MostColumnBytes || chunk.NumValues is < 0 or > 64 * MostGroupRows))
                throw new RefusedException($"Column {field.Name} of row group {number + 1} says that it has {chunk.TotalUncompressedSize:N0} bytes; it may have {MostColumnBytes:N0}. Write the file anew with smaller row groups.");
            var values = await ReadColumnAsync(group, field, cancel);
            if (values.Length != group.RowCount)
                throw new RefusedException($"Column {field.Path.FirstPart} of row group {number + 1} has {values.Length:N0} rows where the group has {group.RowCount:N0}: the file is damaged.");
            columns.Add((field.Path.FirstPart!, values));
        }
        return (columns, (int)group.RowCount);
    }

    private static bool IsWanted(DataField field) =>
        (field.Path.Length == 1 || (field.MaxRepetitionLevel == 1 && field.Path.Length == 3))
        && (field.ClrType == typeof(ReadOnlyMemory<char>) || field.ClrType == typeof(long) || field.ClrType == typeof(int) || field.ClrType == typeof(short)
            || field.ClrType == typeof(sbyte) || field.ClrType == typeof(byte) || field.ClrType == typeof(double) || field.ClrType == typeof(float)
            || field.ClrType == typeof(bool) || field.ClrType == typeof(DateTime));

    private static async Task<JsonElement[]> ReadColumnAsync(ParquetRowGroupReader group, DataField field, CancellationToken cancel) =>
        Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Int64 => await ReadAsync<long>(group, field, value => value, cancel),
            TypeCode.Int32 => await ReadAsync<int>(group, field, value => value, cancel),
            TypeCode.Int16 => await ReadAsync<short>(group, field, value => value, cancel),
            TypeCode.SByte => await ReadAsync<sbyte>(group, field, value => value, cancel),
            TypeCode.Byte => await ReadAsync<byte>(group, field, value => value, cancel),
            TypeCode.Double => await ReadAsync<double>(group, field, value => double.IsFinite(value) ? value : null, cancel),
            TypeCode.Single => await ReadAsync<float>(group, field, value => float.IsFinite(value) ? value : null, cancel),
            TypeCode.Boolean => await ReadAsync<bool>(group, field, value => value, cancel),
            TypeCode.DateTime => await ReadAsync<DateTime>(group, field, value => DateTime.SpecifyKind(value, DateTimeKind.Utc), cancel),
            _ => await ReadAsync<ReadOnlyMemory<char>>(group, field, value => value.ToString(), cancel),
        };

    private static async Task<JsonElement[]> ReadAsync<T>(ParquetRowGroupReader group, DataField field, Func<T, object?> value, CancellationToken cancel) where T : struct
    {
        using var raw = (RawColumnData<T>)await group.ReadRawColumnDataBaseAsync(field, cancel);
        return field.MaxRepetitionLevel == 0 ? Plain(raw, field, value) : Lists(raw, field, value);
    }

    private static JsonElement[] Plain<T>(RawColumnData<T> raw, DataField field, Func<T, object?> value) where T : struct
    {
        var count = field.MaxDefinitionLevel == 0 ? raw.Values.Length : raw.DefinitionLevels.Length;
        var elements = new JsonElement[count];
        for (var (i, next) = (0, 0); i < count; i++)
        {
            if (field.MaxDefinitionLevel == 0 || raw.DefinitionLevels[i] == field.MaxDefinitionLevel)
                elements[i] = Element(value(raw.Values[next++]));
        }
        return elements;
    }

    private static JsonElement[] Lists<T>(RawColumnData<T> raw, DataField field, Func<T, object?> value) where T : struct
    {
        var lists = new List<List<object?>>();
        for (var (i, next) = (0, 0); i < raw.RepetitionLevels.Length; i++)
        {
            if (raw.RepetitionLevels[i] == 0)
                lists.Add([]);
            if (raw.DefinitionLevels[i] == field.MaxDefinitionLevel)
                lists[^1].Add(value(raw.Values[next++]));
        }
        return [.. lists.Select(Element)];
    }

    private static JsonElement Element(object? value) => value is null ? default : JsonSerializer.SerializeToElement(value, value.GetType());

    /// <summary>What a damaged or hostile file makes the reader throw may be anything.</summary>
    private static async Task<T> RefusingAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or RefusedException))
        {
            throw new RefusedException("The file begins as Parquet and cannot be read as such: it is damaged, or of a kind that is not supported. Write it anew, or as CSV.", exception);
        }
    }
}
