namespace PixelPost.Stats;

/// <summary>The ranges of arguments that several statistics share.</summary>
internal static class Ranges
{
    public static void CheckMargin(double margin)
    {
        if (!(margin is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(margin), margin, "A margin must be above 0 and below 1.");
    }

    public static void CheckRate(double rate, string name)
    {
        if (!(rate is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, rate, "A rate must be from 0 to 1.");
    }

    public static void CheckTieRate(double tieRate)
    {
        if (!(tieRate is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(tieRate), tieRate, "A tie rate must be from 0 to below 1.");
    }

    public static void CheckSignificance(double significance)
    {
        if (!(significance is >= 0.0001 and <= 0.5))
            throw new ArgumentOutOfRangeException(
                nameof(significance), significance, "A significance level must be from 0.0001 to 0.5.");
    }

    public static void CheckPower(double power)
    {
        if (!(power is >= 0.5 and <= 0.999))
            throw new ArgumentOutOfRangeException(nameof(power), power, "A power to plan for must be from 0.5 to 0.999.");
    }

    public static void CheckDesignEffect(double designEffect)
    {
        if (!(designEffect is > 0 and <= 1_000))
            throw new ArgumentOutOfRangeException(
                nameof(designEffect), designEffect, "A design effect must be above 0 and at most 1,000.");
    }
}
