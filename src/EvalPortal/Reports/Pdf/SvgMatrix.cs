using System.Text.RegularExpressions;

namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>A transform of SVG: x' = a·x + c·y + e, y' = b·x + d·y + f.</summary>
internal readonly partial record struct SvgMatrix(double A, double B, double C, double D, double E, double F)
{
    public static SvgMatrix Identity { get; } = new(1, 0, 0, 1, 0, 0);

    /// <summary>By how much lengths grow.</summary>
    public double Scale => Math.Sqrt(Math.Abs(A * D - B * C));

    /// <summary>Points, x and y in turn, where they come to lie.</summary>
    public double[] Apply(double[] points)
    {
        var applied = new double[points.Length];
        for (var i = 0; i < points.Length; i += 2)
            (applied[i], applied[i + 1]) = (A * points[i] + C * points[i + 1] + E, B * points[i] + D * points[i + 1] + F);
        return applied;
    }

    /// <summary>This one first, then the outer one.</summary>
    public SvgMatrix Within(SvgMatrix outer) => new(
        outer.A * A + outer.C * B, outer.B * A + outer.D * B, outer.A * C + outer.C * D, outer.B * C + outer.D * D,
        outer.A * E + outer.C * F + outer.E, outer.B * E + outer.D * F + outer.F);

    public SvgMatrix Moved(double x, double y) => new SvgMatrix(1, 0, 0, 1, x, y).Within(this);

    /// <summary>The value of a <c>transform</c>; what it does not know changes nothing.</summary>
    public static SvgMatrix Parse(string transform)
    {
        var matrix = Identity;
        foreach (Match step in StepPattern().Matches(transform))
        {
            var n = SvgDrawing.Numbers(step.Groups[2].Value);
            var next = (step.Groups[1].Value, n.Length) switch
            {
                ("translate", 1) => new SvgMatrix(1, 0, 0, 1, n[0], 0),
                ("translate", 2) => new SvgMatrix(1, 0, 0, 1, n[0], n[1]),
                ("scale", 1) => new SvgMatrix(n[0], 0, 0, n[0], 0, 0),
                ("scale", 2) => new SvgMatrix(n[0], 0, 0, n[1], 0, 0),
                ("rotate", 1) => Rotation(n[0]),
                ("rotate", 3) => new SvgMatrix(1, 0, 0, 1, -n[1], -n[2]).Within(Rotation(n[0])).Within(new SvgMatrix(1, 0, 0, 1, n[1], n[2])),
                ("matrix", 6) => new SvgMatrix(n[0], n[1], n[2], n[3], n[4], n[5]),
                _ => Identity,
            };
            matrix = next.Within(matrix);
        }
        return matrix;
    }

    private static SvgMatrix Rotation(double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        return new(cos, sin, -sin, cos, 0, 0);
    }

    [GeneratedRegex(@"(\w+)\s*\(([^)]*)\)")]
    private static partial Regex StepPattern();
}
