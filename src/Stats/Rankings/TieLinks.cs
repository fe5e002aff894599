using System.Runtime.CompilerServices;

namespace PixelPost.Stats;

/// <summary>A pair at given parameters: worths e^λ, the left one times e^(side effect), and ν or θ, each also as its logarithm.</summary>
internal readonly record struct PairPoint(double X, double Y, double LogX, double LogY, double Tie, double LogTie);

/// <summary>Derivatives of the log-probability of each outcome, by η and by the log tie parameter.</summary>
internal readonly record struct PairScores(
    double Left, double Tie, double Right, double LeftByTie = 0, double TieByTie = 0, double RightByTie = 0);

/// <summary>Minus the second derivatives of a pair's log-likelihood, by η twice, by both, by the log tie parameter twice.</summary>
internal readonly record struct PairInformation(double Eta, double Both, double Tie);

/// <summary>
/// How probable the three outcomes are. Written in worths, so that a whole table takes one exponential per system and none per pair.
/// </summary>
internal interface ITieLink
{
    /// <summary>
    /// Log-likelihood without multinomial coefficients. Written in ratios, or a sure win of many votes would be lost in rounding.
    /// </summary>
    static abstract double LogLikelihood(in PairPoint at, double left, double ties, double right);

    static abstract PairScores Scores(in PairPoint at);

    static abstract PairInformation Information(in PairPoint at, double left, double ties, double right);
}

/// <summary>P(left) = x/(x + y); ties are not looked at.</summary>
internal readonly struct TiesDroppedLink : ITieLink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double LogLikelihood(in PairPoint at, double left, double ties, double right)
    {
        var (larger, logLarger) = (Math.Max(at.X, at.Y), Math.Max(at.LogX, at.LogY));
        return left * (at.LogX - logLarger) + right * (at.LogY - logLarger) - (left + right) * Math.Log((at.X + at.Y) / larger);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairScores Scores(in PairPoint at)
    {
        var scale = 1 / (at.X + at.Y);
        return new PairScores(at.Y * scale, 0, -at.X * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairInformation Information(in PairPoint at, double left, double ties, double right)
    {
        var scale = 1 / (at.X + at.Y);
        return new PairInformation((left + right) * (at.X * scale) * (at.Y * scale), 0, 0);
    }
}

/// <summary>P(left) = x/(x + y); a tie is half a vote for each.</summary>
internal readonly struct TiesHalfLink : ITieLink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double LogLikelihood(in PairPoint at, double left, double ties, double right) =>
        TiesDroppedLink.LogLikelihood(at, left + ties / 2, 0, right + ties / 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairScores Scores(in PairPoint at)
    {
        var scale = 1 / (at.X + at.Y);
        return new PairScores(at.Y * scale, (at.Y - at.X) * scale / 2, -at.X * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairInformation Information(in PairPoint at, double left, double ties, double right) =>
        TiesDroppedLink.Information(at, left + ties, 0, right);
}

/// <summary>P(left) : P(tie) : P(right) = x : ν√(xy) : y.</summary>
internal readonly struct DavidsonLink : ITieLink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double LogLikelihood(in PairPoint at, double left, double ties, double right)
    {
        var (larger, logLarger) = (Math.Max(at.X, at.Y), Math.Max(at.LogX, at.LogY));
        var total = at.X + at.Tie * Math.Sqrt(at.X * at.Y) + at.Y;
        return left * (at.LogX - logLarger) + right * (at.LogY - logLarger)
            + ties * (at.LogTie - Math.Abs(at.LogX - at.LogY) / 2)
            - (left + ties + right) * Math.Log(total / larger);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairScores Scores(in PairPoint at)
    {
        var (left, tie, right) = Probabilities(at);
        return new PairScores((tie + 2 * right) / 2, (right - left) / 2, -(tie + 2 * left) / 2, -tie, left + right, -tie);
    }

    /// <summary>The covariance of the outcome's two statistics (±½ or 0, and whether it is a tie), times the votes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairInformation Information(in PairPoint at, double left, double ties, double right)
    {
        var (x, tie, y) = Probabilities(at);
        var votes = left + ties + right;
        return new PairInformation(votes * (tie * (x + y) / 4 + x * y), votes * tie * (y - x) / 2, votes * tie * (x + y));
    }

    private static (double Left, double Tie, double Right) Probabilities(in PairPoint at)
    {
        var tie = at.Tie * Math.Sqrt(at.X * at.Y);
        var scale = 1 / (at.X + tie + at.Y);
        return (at.X * scale, tie * scale, at.Y * scale);
    }
}

/// <summary>P(left) = x/(x + θy), P(right) = y/(y + θx), P(tie) = (θ² − 1) P(left) P(right).</summary>
internal readonly struct RaoKupperLink : ITieLink
{
    /// <summary>Not a number where θ ≤ 1 and there are ties.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double LogLikelihood(in PairPoint at, double left, double ties, double right) =>
        ties * Math.Log((at.Tie - 1) * (at.Tie + 1))
        - (left + ties) * Math.Log(1 + at.Tie * at.Y / at.X)
        - (right + ties) * Math.Log(1 + at.Tie * at.X / at.Y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairScores Scores(in PairPoint at)
    {
        var (left, right) = Losses(at);
        var tie = 2 * at.Tie * at.Tie / ((at.Tie - 1) * (at.Tie + 1));
        return new PairScores(left, left - right, -right, -left, tie - left - right, -right);
    }

    /// <summary>Observed information: unlike in the other models it depends on the outcomes, not only on their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairInformation Information(in PairPoint at, double left, double ties, double right)
    {
        var (notLeft, notRight) = Losses(at);
        var first = (left + ties) * notLeft * (at.X / (at.X + at.Tie * at.Y));
        var second = (right + ties) * notRight * (at.Y / (at.Y + at.Tie * at.X));
        var root = 2 * at.Tie / ((at.Tie - 1) * (at.Tie + 1));
        return new PairInformation(first + second, second - first, first + second + ties * root * root);
    }

    /// <summary>1 − P(left) and 1 − P(right).</summary>
    private static (double NotLeft, double NotRight) Losses(in PairPoint at) =>
        (at.Tie * at.Y / (at.X + at.Tie * at.Y), at.Tie * at.X / (at.Y + at.Tie * at.X));
}
