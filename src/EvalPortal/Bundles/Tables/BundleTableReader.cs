using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;

namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>Reads the tables of a bundle from a portal, all of one moment, row by row. Each value is text as it stands in a file.</summary>
/// <param name="transaction">Sees the database as it is at one moment.</param>
/// <param name="studyId">The study.</param>
/// <param name="groupId">The group whose studies all go; null for the study alone.</param>
internal sealed class BundleTableReader(DbTransaction transaction, long studyId, long? groupId, LeftOut leftOut)
{
    private const string LeftOutReason = "left out";

    private readonly Numbering _numbers = new();

    /// <summary>Reads a table; those that it refers to have to be read before.</summary>
    /// <returns>Rows in the order of <see cref="BundleTable.Heading"/>; the same list again and again.</returns>
    public async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync(BundleTable table, [EnumeratorCancellation] CancellationToken cancel)
    {
        var first = table.Number is null ? 0 : 1;
        var row = new string?[table.Columns.Count + first];
        var command = new CommandDefinition(table.Select, new { StudyId = studyId, GroupId = groupId }, transaction, commandTimeout: 0, cancellationToken: cancel);
        await using var rows = await transaction.Connection!.ExecuteReaderAsync(command);
        for (var number = 1L; await rows.ReadAsync(cancel); number++)
        {
            if (table.Number is not null)
            {
                _numbers.Add(table.Name, rows.GetInt64(0), number);
                row[0] = number.ToString(CultureInfo.InvariantCulture);
            }
            for (var i = 0; i < table.Columns.Count; i++)
                row[i + first] = TextOf(table, table.Columns[i], rows.IsDBNull(i + first) ? null : rows.GetValue(i + first));
            yield return row;
        }
    }

    private string? TextOf(BundleTable table, BundleColumn column, object? value)
    {
        if ((column.LeftOut & leftOut) != 0)
            return column.IsOptional ? null : LeftOutReason;
        if (value is null)
            return null;
        if (column.Refers is { } other)
        {
            var number = _numbers.Find(other, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            return number?.ToString(CultureInfo.InvariantCulture)
                ?? (column.IsOptional ? null : throw new InvalidOperationException($"A row of {table.Name} refers to a row of {other} that is not in the bundle."));
        }
        return column.Type switch
        {
            BundleType.Whole => Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
            BundleType.Number => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
            BundleType.Flag => Convert.ToBoolean(value, CultureInfo.InvariantCulture) ? "true" : "false",
            _ => (string)value,
        };
    }
}
