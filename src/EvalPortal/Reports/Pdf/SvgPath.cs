using System.Globalization;
using System.Text.RegularExpressions;

namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>The data of a path of SVG as the lines and curves of a PDF. An arc is drawn as the line between its ends.</summary>
internal static partial class SvgPath
{
    public static List<(char Operator, double[] Points)> Parse(string data)
    {
        var steps = new List<(char, double[])>();
        var tokens = new Queue<string>(TokenPattern().Matches(data).Select(match => match.Value));
        var (x, y, startX, startY) = (0.0, 0.0, 0.0, 0.0);
        var (controlX, controlY) = (0.0, 0.0);
        var command = ' ';
        while (tokens.Count > 0)
        {
            if (char.IsLetter(tokens.Peek()[0]))
                command = tokens.Dequeue()[0];
            var needed = Needed(command);
            if (needed < 0 || tokens.Count < needed || tokens.Take(needed).Any(token => char.IsLetter(token[0])))
                return steps; // as far as it can be understood, as browsers do
            var n = Enumerable.Range(0, needed).Select(_ => double.Parse(tokens.Dequeue(), CultureInfo.InvariantCulture)).ToArray();
            var (fromX, fromY) = char.IsLower(command) ? (x, y) : (0, 0);
            switch (char.ToUpperInvariant(command))
            {
                case 'M':
                    (x, y) = (startX, startY) = (fromX + n[0], fromY + n[1]);
                    steps.Add(('m', [x, y]));
                    command = command == 'm' ? 'l' : 'L';
                    break;
                case 'Z':
                    (x, y) = (startX, startY);
                    steps.Add(('h', []));
                    command = ' ';
                    break;
                case 'C' or 'S' or 'Q':
                    var curve = Curve(char.ToUpperInvariant(command), n, x, y, fromX, fromY, 2 * x - controlX, 2 * y - controlY);
                    steps.Add(('c', curve));
                    (controlX, controlY, x, y) = (curve[2], curve[3], curve[4], curve[5]);
                    continue;
                default:
                    (x, y) = char.ToUpperInvariant(command) switch
                    {
                        'H' => (fromX + n[0], y),
                        'V' => (x, fromY + n[0]),
                        _ => (fromX + n[^2], fromY + n[^1]),
                    };
                    steps.Add(('l', [x, y]));
                    break;
            }
            (controlX, controlY) = (x, y);
        }
        return steps;
    }

    private static int Needed(char command) => char.ToUpperInvariant(command) switch
    {
        'Z' => 0,
        'H' or 'V' => 1,
        'M' or 'L' or 'T' => 2,
        'S' or 'Q' => 4,
        'C' => 6,
        'A' => 7,
        _ => -1,
    };

    /// <summary>Two control points and the end of a curve; a quadratic one is made cubic.</summary>
    private static double[] Curve(char command, double[] n, double x, double y, double fromX, double fromY, double mirrorX, double mirrorY)
    {
        var p = n.Select((number, i) => number + (i % 2 == 0 ? fromX : fromY)).ToArray();
        return command switch
        {
            'C' => p,
            'S' => [mirrorX, mirrorY, p[0], p[1], p[2], p[3]],
            _ => [x + (p[0] - x) * 2 / 3, y + (p[1] - y) * 2 / 3, p[2] + (p[0] - p[2]) * 2 / 3, p[3] + (p[1] - p[3]) * 2 / 3, p[2], p[3]],
        };
    }

    [GeneratedRegex(@"[A-Za-z]|[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")]
    private static partial Regex TokenPattern();
}
