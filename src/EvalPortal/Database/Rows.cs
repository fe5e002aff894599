using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using System.Linq.Expressions;
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
    public static SqlMapper.IDynamicParameters Parameters<T>(IReadOnlyCollection<T> rows, object? shared = null) where T : class =>
        new RowParameters([.. rows], shared);

    /// <remarks>
    /// In place of Dapper's own, which asks each parameter for its type: PostgreSQL's driver looks it up in all its tables each time, at
    /// several microseconds.
    /// </remarks>
    private sealed class RowParameters(object[] rows, object? shared) : SqlMapper.IDynamicParameters
    {
        public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
        {
            if (shared is not null)
            {
                foreach (var column in Column.Of(shared.GetType()))
                    column.Add(command, column.Name, shared);
            }
            foreach (var (i, row) in rows.Index())
            {
                foreach (var column in Column.Of(row.GetType()))
                    column.Add(command, column.NameIn(i), row);
            }
        }
    }

    /// <summary>A property of a row.</summary>
    private sealed class Column(PropertyInfo property)
    {
        private static readonly ConcurrentDictionary<Type, Column[]> Known = new();

        private readonly ConcurrentDictionary<int, string> _names = new();
        private readonly Func<object, object?> _value = Reader(property);
        private readonly DbType _type = TypeOf(property);

        public string Name => property.Name;

        public static Column[] Of(Type row) => Known.GetOrAdd(row, static type => [.. type.GetProperties().Select(property => new Column(property))]);

        public string NameIn(int row) => _names.GetOrAdd(row, static (i, name) => string.Create(CultureInfo.InvariantCulture, $"{name}{i}"), Name);

        public void Add(IDbCommand command, string name, object row)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.DbType = _type; // without a value too: PostgreSQL's driver prepares a statement for one set of types
            parameter.Value = _value(row) switch
            {
                null => DBNull.Value,
                DateTimeOffset time => time.ToText(),
                Guid id => id.ToString(),
                var other => other,
            };
            command.Parameters.Add(parameter);
        }

        private static Func<object, object?> Reader(PropertyInfo property)
        {
            var row = Expression.Parameter(typeof(object));
            var value = Expression.Property(Expression.Convert(row, property.DeclaringType!), property);
            return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), row).Compile();
        }

        private static DbType TypeOf(PropertyInfo property) => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
        {
            var type when type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset) => DbType.String,
            var type when type == typeof(int) => DbType.Int32,
            var type when type == typeof(long) => DbType.Int64,
            var type when type == typeof(double) => DbType.Double,
            var type when type == typeof(bool) => DbType.Boolean,
            var type => throw new NotSupportedException($"{property.DeclaringType!.Name}.{property.Name} is {type.Name}; no column holds that."),
        };
    }
}
