using System.Globalization;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>The numbers of a plan as sentences have them.</summary>
internal static class PlanNumbers
{
    /// <summary>A margin in percentage points, without the unit: <c>5</c>, <c>2.5</c>.</summary>
    public static string Points(double margin) => (margin * 100).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A level: <c>5 %</c>.</summary>
    public static string Level(double significance) => $"{Points(significance)} %";
}
