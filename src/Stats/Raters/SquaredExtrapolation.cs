namespace PixelPost.Stats;

/// <summary>
/// Lengthens the steps of a slow fixed-point iteration x → F(x): from x₀, x₁ = F(x₀) and x₂ = F(x₁) it goes to
/// x₀ + 2α(x₁ − x₀) + α²(x₂ − 2x₁ + x₀), with α = ‖x₁ − x₀‖ / ‖x₂ − 2x₁ + x₀‖. α = 1 is x₂, plain iteration.
/// </summary>
/// <remarks>
/// Varadhan and Roland (2008), "Simple and globally convergent methods for accelerating the convergence of any EM algorithm", Scand.
/// J. Stat. 35, scheme S3. An iteration that shrinks its error by ρ a step has it shrunk by (1 + α(ρ − 1))², which α = 1/(1 − ρ)
/// makes 0. Jumps are kept short until longer ones have proved themselves. Whoever uses it must check that a jump does no harm, and
/// otherwise go on from x₂.
/// </remarks>
internal sealed class SquaredExtrapolation
{
    private const double Growth = 4;

    private double _longest = Growth;
    private bool _atLongest;

    /// <summary>Writes where to go to <paramref name="target"/>, for probabilities: what would not stay above 0 keeps its x₂.</summary>
    public void Jump(double[] start, double[] first, double[] second, double[] target)
    {
        var (step, bend) = (0.0, 0.0);
        for (var i = 0; i < start.Length; i++)
        {
            var r = first[i] - start[i];
            var v = second[i] - first[i] - r;
            step += r * r;
            bend += v * v;
        }

        var length = bend > 0 ? Math.Sqrt(step / bend) : 1;
        _atLongest = length >= _longest;
        length = Math.Clamp(length, 1, _longest);
        for (var i = 0; i < start.Length; i++)
        {
            var r = first[i] - start[i];
            var v = second[i] - first[i] - r;
            var jumped = start[i] + 2 * length * r + length * length * v;
            target[i] = jumped > 0 ? jumped : second[i];
        }
    }

    /// <summary>Allows longer jumps after the longest was good, shorter ones after any was not.</summary>
    public void Learn(bool good)
    {
        if (!good)
            _longest = Math.Max(1, _longest / Growth);
        else if (_atLongest)
            _longest *= Growth;
    }
}
