namespace PixelPost.EvalPortal.Simulation;

/// <summary>Random numbers that belong to something by its key: they do not depend on what else was drawn before.</summary>
/// <remarks>
/// SplitMix64 (Steele, Lea and Flood 2014). <see cref="Random"/> is not made for this: its first numbers are linear in its seed.
/// </remarks>
internal sealed class Draws
{
    private ulong _state;

    /// <summary>The numbers that a seed and a key name; every other key names unrelated ones.</summary>
    public Draws(int seed, params ReadOnlySpan<int> key)
    {
        _state = (uint)seed;
        foreach (var part in key)
            _state = Bits() ^ (uint)part;
        _state = Bits();
    }

    /// <summary>At least 0 and below 1.</summary>
    public double Uniform() => (Bits() >> 11) * Math.Pow(2, -53);

    /// <summary>A whole number from 0 to below the limit.</summary>
    public int Below(int limit) => (int)(Uniform() * limit);

    /// <summary>From the normal distribution with mean 0, by Box and Muller (1958).</summary>
    public double Normal(double standardDeviation) =>
        standardDeviation * Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>From the logistic distribution with mean 0 and scale 1.</summary>
    public double Logistic()
    {
        var uniform = 1 - Uniform(); // never 0
        return Math.Log(uniform / (1 - uniform));
    }

    private ulong Bits()
    {
        _state += 0x9E3779B97F4A7C15;
        var bits = _state;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
