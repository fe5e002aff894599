using System.Data;
using System.Data.Common;
using System.Globalization;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>Stores the rows of a bundle in a portal, inside one transaction. What cannot be right is refused with its table and row.</summary>
internal sealed class BundleTableWriter(DbTransaction transaction)
{
    private const int MostCharacters = 1 << 20;

    private readonly Numbering _keys = new();

    /// <summary>The portal's keys of the rows of a numbered table, in order.</summary>
    public IEnumerable<long> KeysOf(BundleTable table) => Enumerable.Range(1, (int)_keys.Count(table.Name)).Select(number => _keys.Find(table.Name, number)!.Value);

    /// <summary>Stores a table.</summary>
    /// <param name="rows">In the order of <see cref="BundleTable.Heading"/>; empty text is no value.</param>
    /// <returns>How many rows.</returns>
    /// <exception cref="RefusedException">A row cannot be right.</exception>
    public async Task<long> StoreAsync(BundleTable table, IAsyncEnumerable<IReadOnlyList<string>> rows, CancellationToken cancel)
    {
        await using var insert = transaction.Connection!.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = table.Insert;
        var parameters = table.Columns.Select(column => Add(insert, column.Name, TypeOf(column))).ToList();
        var made = table.Made.Select(one => (Parameter: Add(insert, BundleTable.MadeName(one.Column), DbType.String), one.Make)).ToList();
        var first = table.Number is null ? 0 : 1;
        var number = 0L;
        await foreach (var row in rows.WithCancellation(cancel))
        {
            number++;
            if (first == 1 && row[0] != number.ToString(CultureInfo.InvariantCulture))
                throw Wrong(table, number, $"{table.Number} is '{Short(row[0])}', and rows are numbered from 1 without a gap");
            for (var i = 0; i < parameters.Count; i++)
                parameters[i].Value = ValueOf(table, table.Columns[i], row[i + first], number) ?? DBNull.Value;
            foreach (var (parameter, make) in made)
                parameter.Value = make();
            foreach (var (column, parameter) in table.Columns.Zip(parameters).Where(one => one.First.IsName))
                parameter.Value = await FreeNameAsync(table, column, (string)parameter.Value!, cancel);
            await InsertAsync(table, insert, number, cancel);
        }
        return number;
    }

    private async Task InsertAsync(BundleTable table, DbCommand insert, long number, CancellationToken cancel)
    {
        try
        {
            if (table.Number is null)
                await insert.ExecuteNonQueryAsync(cancel);
            else
                _keys.Add(table.Name, number, Convert.ToInt64(await insert.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture));
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"{table.FileName}, row {number}: this portal has it already, or the bundle has it twice. Nothing is ever stored twice, so nothing was stored.", exception);
        }
        catch (DbException exception)
        {
            throw Wrong(table, number, $"it breaks a rule of the database ({exception.Message})");
        }
    }

    /// <summary>The name, or one like it that nothing else has.</summary>
    private async Task<string> FreeNameAsync(BundleTable table, BundleColumn column, string name, CancellationToken cancel)
    {
        await using var find = transaction.Connection!.CreateCommand();
        find.Transaction = transaction;
        find.CommandText = $"SELECT COUNT(*) FROM {table.Table} WHERE {column.Stored} = @name";
        var parameter = Add(find, "name", DbType.String);
        for (var (free, again) = (name, 1); ; again++)
        {
            parameter.Value = free;
            if (Convert.ToInt64(await find.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture) == 0)
                return free;
            free = again == 1 ? $"{name} (imported)" : string.Create(CultureInfo.InvariantCulture, $"{name} (imported {again})");
        }
    }

    private object? ValueOf(BundleTable table, BundleColumn column, string text, long row)
    {
        if (text.Length == 0 && (column.IsOptional || column.Type != BundleType.Text))
            return column.IsOptional ? null : throw Wrong(table, row, $"{column.Name} is missing");
        if (text.Length > MostCharacters)
            throw Wrong(table, row, $"{column.Name} has {text.Length} characters, and may have {MostCharacters}");
        switch (column.Type)
        {
            case BundleType.Whole:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
                    throw Wrong(table, row, $"{column.Name} is '{Short(text)}', and should be a whole number");
                return column.Refers is { } other
                    ? _keys.Find(other, whole) ?? throw Wrong(table, row, $"{column.Name} is {whole}, and {other} has no such row")
                    : whole;
            case BundleType.Number:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? number
                    : throw Wrong(table, row, $"{column.Name} is '{Short(text)}', and should be a number");
            case BundleType.Flag:
                return text is "true" or "false" ? text == "true" : throw Wrong(table, row, $"{column.Name} is '{Short(text)}', and should be true or false");
            case BundleType.Time:
                return IsTime(text) ? text : throw Wrong(table, row, $"{column.Name} is '{Short(text)}', and should be a time such as 2026-11-24T04:12:31.000Z");
            case BundleType.Id:
                return Guid.TryParseExact(text, "D", out var id) && id.ToString() == text ? text : throw Wrong(table, row, $"{column.Name} is '{Short(text)}', and should be an id as the portal makes them");
            default:
                return text;
        }
    }

    private static bool IsTime(string text)
    {
        try
        {
            return ColumnTypes.ToTime(text).ToText() == text;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static DbParameter Add(DbCommand command, string name, DbType type)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.DbType) = (name, type);
        command.Parameters.Add(parameter);
        return parameter;
    }

    private static DbType TypeOf(BundleColumn column) => column.Type switch
    {
        BundleType.Whole => DbType.Int64,
        BundleType.Number => DbType.Double,
        BundleType.Flag => DbType.Boolean,
        _ => DbType.String,
    };

    private static string Short(string text) => text.Length <= 60 ? text : $"{text[..60]}…";

    private static RefusedException Wrong(BundleTable table, long row, string what) =>
        new($"{(table.IsConfiguration ? $"study.json, {table.Name}" : table.FileName)}, row {row}: {what}.");
}
