using System.Collections.Frozen;
using System.Data;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Dapper;

namespace PixelPost.EvalPortal.Database;

/// <summary>How C# values become columns: times and ids are text on both databases, enum members are snake_case text.</summary>
public static class ColumnTypes
{
    private const string UtcFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string UtcPlaces = "0000-00-00T00:00:00.000Z"; // where digits stand
    private const int UtcLength = 24;

    /// <summary>The text a column holds for an enum member: <c>StyleMismatch</c> is <c>style_mismatch</c>.</summary>
    /// <remarks>Dapper sends enums as numbers whatever type handler is set, so queries pass <c>State = state.ToText()</c>.</remarks>
    public static string ToText<T>(this T value) where T : struct, Enum =>
        EnumTexts<T>.Known.TryGetValue(value, out var text) ? text : EnumTexts<T>.Of(value);

    /// <summary>The enum member a column's text names. Dapper reads members of one word by itself.</summary>
    public static T ToEnum<T>(string text) where T : struct, Enum =>
        Enum.Parse<T>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    /// <summary>The text a column holds for a time: UTC with milliseconds, so that text order is time order.</summary>
    public static string ToText(this DateTimeOffset time) =>
        time.UtcDateTime.ToString(UtcFormat, CultureInfo.InvariantCulture);

    /// <summary>The time that a column's text says.</summary>
    public static DateTimeOffset ToTime(string text) =>
        TimeOf<char>(text) ?? DateTimeOffset.ParseExact(text, UtcFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal); // or a fault that says so

    /// <summary>The time that a column's text, as UTF-8, says.</summary>
    internal static DateTimeOffset ToTime(ReadOnlySpan<byte> text) => TimeOf(text) ?? ToTime(Encoding.UTF8.GetString(text));

    /// <summary>Writes what <see cref="ToText(DateTimeOffset)"/> gives as UTF-8.</summary>
    /// <returns>Number of bytes.</returns>
    internal static int WriteText(this DateTimeOffset time, Span<byte> bytes)
    {
        // The standard format of whole seconds is written several times as fast as one of our own.
        var utc = time.UtcDateTime;
        if (bytes.Length < UtcLength || !utc.TryFormat(bytes, out var length, "s", CultureInfo.InvariantCulture))
            throw new ArgumentException($"A time needs {UtcLength} bytes; there are {bytes.Length}.", nameof(bytes));
        bytes[length] = (byte)'.';
        utc.Millisecond.TryFormat(bytes[(length + 1)..], out _, "000", CultureInfo.InvariantCulture);
        bytes[UtcLength - 1] = (byte)'Z';
        return UtcLength;
    }

    /// <summary>Reads a time digit by digit: a vote has six times, and the parser of formats takes most of what a large export takes.</summary>
    private static DateTimeOffset? TimeOf<TChar>(ReadOnlySpan<TChar> text) where TChar : unmanaged, IBinaryInteger<TChar>
    {
        if (text.Length != UtcLength)
            return null;
        for (var i = 0; i < UtcLength; i++)
            if (!char.IsAsciiDigit(UtcPlaces[i]) && text[i] != TChar.CreateTruncating(UtcPlaces[i]))
                return null;
        return Digits(text[..4]) is >= 1 and var year && Digits(text[5..7]) is >= 1 and <= 12 and var month
            && Digits(text[8..10]) is >= 1 and var day && day <= DateTime.DaysInMonth(year, month)
            && Digits(text[11..13]) is >= 0 and < 24 and var hour && Digits(text[14..16]) is >= 0 and < 60 and var minute
            && Digits(text[17..19]) is >= 0 and < 60 and var second && Digits(text[20..23]) is >= 0 and var millisecond
            ? new DateTimeOffset(year, month, day, hour, minute, second, millisecond, TimeSpan.Zero)
            : null;
    }

    /// <summary>The number that some digits are; −1 where one of them is none.</summary>
    private static int Digits<TChar>(ReadOnlySpan<TChar> digits) where TChar : unmanaged, IBinaryInteger<TChar>
    {
        var number = 0;
        foreach (var digit in digits)
        {
            var value = int.CreateTruncating(digit) - '0';
            if (value is < 0 or > 9)
                return -1;
            number = 10 * number + value;
        }
        return number;
    }

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

    /// <summary>The texts of an enum's members, which are made once.</summary>
    private static class EnumTexts<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Known = Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, Of);

        public static string Of(T value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
    }

    private sealed class UtcHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = value.ToText();
        }

        public override DateTimeOffset Parse(object value) => ToTime((string)value);
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
