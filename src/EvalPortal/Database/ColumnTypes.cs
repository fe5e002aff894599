using System.Data;
using System.Globalization;
using System.Text.Json;
using Dapper;

namespace PixelPost.EvalPortal.Database;

/// <summary>How C# values become columns: times and ids are text on both databases, enum members are snake_case text.</summary>
public static class ColumnTypes
{
    private const string UtcFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The text a column holds for an enum member: <c>StyleMismatch</c> is <c>style_mismatch</c>.</summary>
    /// <remarks>Dapper sends enums as numbers whatever type handler is set, so queries pass <c>State = state.ToText()</c>.</remarks>
    public static string ToText<T>(this T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The enum member a column's text names. Dapper reads members of one word by itself.</summary>
    public static T ToEnum<T>(string text) where T : struct, Enum =>
        Enum.Parse<T>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    /// <summary>The text a column holds for a time: UTC with milliseconds, so that text order is time order.</summary>
    public static string ToText(this DateTimeOffset time) =>
        time.UtcDateTime.ToString(UtcFormat, CultureInfo.InvariantCulture);

    internal static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Without this Dapper keeps its own mapping for the parameters and uses the handlers for the results only.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.AddTypeHandler(new UtcHandler());
        SqlMapper.AddTypeHandler(new GuidHandler());
    }

    private sealed class UtcHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = value.ToText();
        }

        public override DateTimeOffset Parse(object value) => DateTimeOffset.ParseExact(
            (string)value, UtcFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    private sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = value.ToString();
        }

        public override Guid Parse(object value) => Guid.Parse((string)value);
    }
}
