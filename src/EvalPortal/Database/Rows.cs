using System.Globalization;
using System.Reflection;
using Dapper;

namespace PixelPost.EvalPortal.Database;

/// <summary>Several rows in one statement: one question to the database in place of many.</summary>
internal static class Rows
{
    /// <summary>What comes after <c>VALUES</c>.</summary>
    /// <param name="count">How many rows; at least one.</param>
    /// <param name="row">One row, with # where its number goes: <c>(@Id#, @Side#, @Now)</c>.</param>
    public static string Of(int count, string row) =>
        string.Join(", ", Enumerable.Range(0, count).Select(i => row.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    /// <summary>The parameters of such a statement.</summary>
    /// <param name="rows">Their properties go by name and number.</param>
    /// <param name="shared">Parameters that all rows share; null for none.</param>
    public static DynamicParameters Parameters<T>(IReadOnlyCollection<T> rows, object? shared = null)
    {
        var parameters = new DynamicParameters(shared);
        foreach (var (i, row) in rows.Index())
        {
            foreach (var property in Properties<T>.All)
                parameters.Add(string.Create(CultureInfo.InvariantCulture, $"{property.Name}{i}"), property.GetValue(row));
        }
        return parameters;
    }

    private static class Properties<T>
    {
        public static readonly PropertyInfo[] All = typeof(T).GetProperties();
    }
}
