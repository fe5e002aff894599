namespace PixelPost.Stats;

/// <summary>How many cases a study needs, and for what: fixed before it starts, and shown beside what it has.</summary>
public sealed record PlannedSize
{
    // more than any study will ever have: a plan beyond it is a slip in the arguments
    private const double MostCases = 1e9;

    private PlannedSize(string method, double power, double significance, double independent, double designEffect, int target) =>
        (Method, Power, Significance, Independent, DesignEffect, Target) =
        (method, power, significance, independent, designEffect, target);

    /// <summary>What is planned and counted, in words.</summary>
    public string Method { get; }

    /// <summary>Chance of the claim if the assumed rates are true.</summary>
    public double Power { get; }

    /// <summary>Significance level of the test, one- or two-sided as the method says.</summary>
    public double Significance { get; }

    /// <summary>Number needed if all cases were independent, before rounding up.</summary>
    public double Independent { get; }

    /// <summary>The factor on it for cases that hang together (see <see cref="ClusterEffect"/>).</summary>
    public double DesignEffect { get; }

    /// <summary>The number to collect: independent × design effect, rounded up.</summary>
    public int Target { get; }

    /// <summary>Whether <paramref name="counted"/> cases are enough.</summary>
    public bool IsReached(int counted) => counted >= Target;

    /// <summary>How many cases are still to come; 0 when the target is reached.</summary>
    public int Missing(int counted) => Math.Max(0, Target - counted);

    /// <exception cref="ArgumentException">The number is beyond any study.</exception>
    internal static PlannedSize Of(string method, double power, double significance, double independent, double designEffect)
    {
        // a whole number that came out as 300.00000000000006 is no reason to ask for one more
        const double Rounding = 1 - 1e-12;
        var target = Math.Ceiling(independent * designEffect * Rounding);
        if (!(target <= MostCases))
            throw new ArgumentException($"The difference is too small to plan for: it takes {target:E1} cases to see it.");
        return new PlannedSize(method, power, significance, independent, designEffect, Math.Max(1, (int)target));
    }
}
