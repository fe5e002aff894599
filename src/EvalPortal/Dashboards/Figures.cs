using System.Globalization;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Numbers as they stand on pages and in reports: one decimal, a true minus sign, a dash where there is no figure.</summary>
public static class Figures
{
    /// <summary>What stands where nothing could be computed; the reason stands beside it.</summary>
    public const string None = "–";

    private const char Minus = '−';
    private const char NoBreakSpace = '\u00A0';

    /// <summary><c>34.8 %</c></summary>
    public static string Percent(double share) => $"{PercentNumber(share)}{NoBreakSpace}%";

    /// <summary>A share in percent where the unit stands elsewhere: <c>34.8</c>.</summary>
    public static string PercentNumber(double share) => Number(share * 100, "0.0");

    /// <summary>A share of a count: <c>34.8 %</c>, a dash when the whole is 0.</summary>
    public static string Percent(int part, int whole) => whole == 0 ? None : Percent((double)part / whole);

    /// <summary>A rate in percent with its interval: <c>34.8 % [31.0, 38.7]</c>.</summary>
    public static string Rate(Estimate rate) => rate.Value is { } value ? Percent(value) + Interval(rate, 100, "0.0") : None;

    /// <summary>A net win rate in percent with its interval: <c>+18.2 [13.1, 23.2]</c>.</summary>
    public static string NetWinRate(Estimate net) => NetWinRateValue(net) + Interval(net, 100, "0.0");

    /// <summary>A net win rate in percent without its interval: <c>+18.2</c>.</summary>
    public static string NetWinRateValue(Estimate net) => net.Value is { } value ? SignedPercent(value) : None;

    /// <summary>A difference of shares in percent, without its unit: <c>+18.2</c>.</summary>
    public static string SignedPercent(double difference) => Number(difference * 100, "+0.0;-0.0;0.0");

    /// <summary>A difference on a scale of its own: <c>+1.23</c>.</summary>
    public static string SignedNumber(double difference) => Number(difference, "+0.00;-0.00;0.00");

    /// <summary>A coefficient of agreement with its interval: <c>0.41 [0.33, 0.49]</c>.</summary>
    public static string Coefficient(Estimate coefficient) =>
        coefficient.Value is { } value ? Number(value, "0.00") + Interval(coefficient, 1, "0.00") : None;

    /// <summary><c>p = 0.012</c> or <c>p &lt; 0.001</c>.</summary>
    public static string PValue(double? p) => p switch
    {
        null => None,
        < 0.001 => "p < 0.001",
        { } value => $"p = {Number(value, "0.000")}",
    };

    /// <summary>A time of answering: <c>4.2 s</c>.</summary>
    public static string Seconds(double milliseconds) => $"{Number(milliseconds / 1000, "0.0")}{NoBreakSpace}s";

    /// <summary>A whole number, with commas between thousands.</summary>
    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count and what is counted: <c>1 vote</c>, <c>1,200 votes</c>.</summary>
    public static string Count(long number, string thing) => $"{Whole(number)} {thing}{(number == 1 ? "" : "s")}";

    private static string Interval(Estimate estimate, double unit, string format) => estimate.Interval is { } interval
        ? $"{NoBreakSpace}[{Number(interval.Lower * unit, format)}, {Number(interval.Upper * unit, format)}]"
        : "";

    private static string Number(double value, string format)
    {
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        // -0.04 rounds to zero, which has no sign
        return text.Any(c => c is >= '1' and <= '9') ? text.Replace('-', Minus) : text.TrimStart('-', '+');
    }
}
