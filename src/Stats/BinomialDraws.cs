using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>Binomial random numbers in a time that does not grow with the number of trials.</summary>
/// <remarks>
/// Exact, by transformed rejection with squeeze: Hörmann (1993), "The generation of binomial random variates", J. Stat. Comput.
/// Simul. 46, algorithm BTRS; where few successes are expected, by inversion.
/// </remarks>
internal static class BinomialDraws
{
    // Below it inversion is the faster one, and the constants of the rejection do not hold.
    private const double FewSuccesses = 10;

    /// <summary>The number of successes.</summary>
    /// <param name="random">Source of uniform numbers.</param>
    /// <param name="trials">0 or more.</param>
    /// <param name="probability">Of a success, from 0 to 1.</param>
    public static int Next(Random random, int trials, double probability)
    {
        if (probability > 0.5)
            return trials - Next(random, trials, 1 - probability);
        return trials * probability < FewSuccesses ? Invert(random, trials, probability) : Reject(random, trials, probability);
    }

    /// <summary>Takes P(0), P(1) and so on off a uniform number until nothing is left of it.</summary>
    private static int Invert(Random random, int trials, double p)
    {
        var odds = p / (1 - p);
        var probability = Math.Pow(1 - p, trials);
        var left = random.NextDouble();
        var successes = 0;
        while (left > probability && successes < trials)
        {
            left -= probability;
            successes++;
            probability *= odds * (trials - successes + 1) / successes;
        }

        return successes;
    }

    private static int Reject(Random random, int trials, double p)
    {
        var deviation = Math.Sqrt(trials * p * (1 - p));
        var b = 1.15 + 2.53 * deviation;
        var a = -0.0873 + 0.0248 * b + 0.01 * p;
        var centre = trials * p + 0.5;
        var squeeze = 0.92 - 4.2 / b;
        var alpha = (2.83 + 5.1 / b) * deviation;
        var logOdds = Math.Log(p / (1 - p));
        var mode = (int)Math.Floor((trials + 1) * p);
        var logAtMode = SpecialFunctions.FactorialLn(mode) + SpecialFunctions.FactorialLn(trials - mode);
        while (true)
        {
            var u = random.NextDouble() - 0.5;
            var v = random.NextDouble();
            var edge = 0.5 - Math.Abs(u);
            var at = Math.Floor((2 * a / edge + b) * u + centre);
            if (at < 0 || at > trials)
                continue;
            var successes = (int)at;
            if (edge >= 0.07 && v <= squeeze)
                return successes;
            var height = Math.Log(v * alpha / (a / (edge * edge) + b));
            var logRatio = logAtMode - SpecialFunctions.FactorialLn(successes) - SpecialFunctions.FactorialLn(trials - successes)
                + (successes - mode) * logOdds;
            if (height <= logRatio)
                return successes;
        }
    }
}
