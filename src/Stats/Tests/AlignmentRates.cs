namespace PixelPost.Stats;

/// <summary>The yes/no answers on one prompt for two systems, e.g. "does the image show what the prompt asks for?".</summary>
public readonly record struct PromptAnswers
{
    /// <summary>Counts of one prompt.</summary>
    /// <param name="yesA">Yes for system A's images, 0 to <paramref name="totalA"/>.</param>
    /// <param name="totalA">Answers on system A's images, 0 or more.</param>
    /// <param name="yesB">Yes for system B's images, 0 to <paramref name="totalB"/>.</param>
    /// <param name="totalB">Answers on system B's images, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or above its total.</exception>
    public PromptAnswers(int yesA, int totalA, int yesB, int totalB)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(yesA);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(yesA, totalA);
        ArgumentOutOfRangeException.ThrowIfNegative(yesB);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(yesB, totalB);
        (YesA, TotalA, YesB, TotalB) = (yesA, totalA, yesB, totalB);
    }

    /// <summary>Yes for system A.</summary>
    public int YesA { get; }

    /// <summary>Answers on system A.</summary>
    public int TotalA { get; }

    /// <summary>Yes for system B.</summary>
    public int YesB { get; }

    /// <summary>Answers on system B.</summary>
    public int TotalB { get; }
}

/// <summary>The yes-rates of two systems on the same prompts, and their difference.</summary>
public sealed record AlignmentResult
{
    /// <summary>Yes-rate of A minus that of B, over answers; Student t interval, cluster-robust by prompt.</summary>
    public required Estimate Difference { get; init; }

    /// <summary>Yes-rate of A; null without answers.</summary>
    public double? RateA { get; init; }

    /// <summary>Yes-rate of B; null without answers.</summary>
    public double? RateB { get; init; }

    /// <summary>Number of prompts with an answer.</summary>
    public required int Prompts { get; init; }

    /// <summary>Two-sided p-value of "the rates are equal", not adjusted; null exactly when the difference has no interval.</summary>
    public double? PValue { get; init; }
}

/// <summary>
/// Difference of two yes-rates with a standard error that allows for answers on one prompt being alike, and for both systems
/// being judged on the same prompts: V = G/(G−1) Σ over prompts (residuals of A/nA − residuals of B/nB)², Student t with G − 1
/// degrees of freedom.
/// </summary>
/// <remarks>
/// The cluster-robust variance (cr1, see <see cref="ClusteredNetWinRate"/>) of the slope of yes on system; with one answer per
/// prompt and system it is the paired t interval. Prompts must be independent, and better 20 or more.
/// </remarks>
public static class AlignmentRates
{
    /// <summary>
    /// The yes-rate of one system: V = G/(G−1) Σ over prompts residuals²/n², Student t with G − 1 degrees of freedom; cut
    /// off at 0 and 1, which it can reach beyond where few prompts differ much.
    /// </summary>
    /// <param name="prompts">One per prompt: yes and all answers.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static Estimate Of(IReadOnlyList<(int Yes, int Total)> prompts, double level = 0.95)
    {
        const string Method = "Student t interval, cluster-robust by prompt (cr1)";
        _ = Quantiles.Tail(level);
        var answered = prompts.Where(prompt => prompt.Total > 0).ToList();
        var (yes, total) = (answered.Sum(prompt => (long)prompt.Yes), answered.Sum(prompt => (long)prompt.Total));
        if (total == 0)
            return Estimate.Undefined(Method, RatePair.NothingCounted);
        var rate = (double)yes / total;
        if (answered.Count < 2)
            return Estimate.WithoutInterval(Method, rate, "An interval clustered by prompt needs at least two prompts.");
        var squares = answered.Sum(prompt => Math.Pow((prompt.Yes - rate * prompt.Total) / total, 2));
        var error = Math.Sqrt(squares * answered.Count / (answered.Count - 1));
        if (error <= Rounding)
            return Estimate.WithoutInterval(Method, rate, "All prompts have the same rate, so nothing shows how much it varies.");
        var half = Quantiles.StudentT(level, answered.Count - 1) * error;
        return Estimate.Of(Method, rate, new Interval(Math.Max(0, rate - half), Math.Min(1, rate + half), level), error);
    }

    /// <summary>Yes-rates and their difference.</summary>
    /// <param name="prompts">One per prompt; a prompt may lack one system.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static AlignmentResult Compare(IReadOnlyList<PromptAnswers> prompts, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var answered = prompts.Where(prompt => prompt.TotalA + prompt.TotalB > 0).ToList();
        var (yesA, totalA) = (prompts.Sum(prompt => (long)prompt.YesA), prompts.Sum(prompt => (long)prompt.TotalA));
        var (yesB, totalB) = (prompts.Sum(prompt => (long)prompt.YesB), prompts.Sum(prompt => (long)prompt.TotalB));
        var difference = Difference();
        return new AlignmentResult
        {
            Difference = difference,
            RateA = totalA == 0 ? null : (double)yesA / totalA,
            RateB = totalB == 0 ? null : (double)yesB / totalB,
            Prompts = answered.Count,
            PValue = difference.StandardError is { } error
                ? 2 * Quantiles.StudentTail(Math.Abs(difference.Value!.Value / error), answered.Count - 1)
                : null,
        };

        Estimate Difference()
        {
            const string Method = "Student t interval of a difference, cluster-robust by prompt (cr1)";
            if (totalA == 0 || totalB == 0)
                return Estimate.Undefined(Method, RatePair.NothingCounted);
            var value = (double)yesA / totalA - (double)yesB / totalB;
            if (answered.Count < 2)
                return Estimate.WithoutInterval(Method, value, "An interval clustered by prompt needs at least two prompts.");

            var error = Math.Sqrt(answered.Sum(Square) * answered.Count / (answered.Count - 1));
            if (error <= Rounding)
                return Estimate.WithoutInterval(Method, value, "All prompts have the same difference, so nothing shows how much it varies.");
            var half = Quantiles.StudentT(level, answered.Count - 1) * error;
            return Estimate.Of(Method, value, new Interval(value - half, value + half, level), error);
        }

        double Square(PromptAnswers prompt)
        {
            var a = (prompt.YesA - (double)yesA / totalA * prompt.TotalA) / totalA;
            var b = (prompt.YesB - (double)yesB / totalB * prompt.TotalB) / totalB;
            return (a - b) * (a - b);
        }
    }

    // residuals are differences of numbers up to 1, so this is what is left of an exact 0
    private const double Rounding = 1e-14;
}
