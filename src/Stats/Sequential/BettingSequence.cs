namespace PixelPost.Stats;

/// <summary>
/// Confidence sequence by betting (hedged capital): for each possible rate on a grid, one gambler bets that scores come out above it
/// and one below; a rate leaves the interval for good when the capital of either reaches 2/α. The narrowest of the three
/// with few scores. Time per score grows with the grid, less and less as rates leave.
/// </summary>
/// <remarks>
/// Waudby-Smith and Ramdas (2024), "Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86, theorem 3: the
/// larger of half of either capital, stakes by the predictable plug-in, at most ½/m up and ½/(1−m) down at the rate m. The
/// running intersection is built in. Bounds are one grid step outside the rates that are left, so they hold between the steps too.
/// </remarks>
public sealed class BettingSequence : ConfidenceSequence
{
    private const double LargestLoss = 0.5; // of a capital, in one bet
    private const int FewestSteps = 100;

    private readonly int _steps;
    private readonly double _ruin; // ln of the capital at which a rate is given up
    private readonly double[] _up; // ln of the capital of the gambler who bets on higher scores, by rate
    private readonly double[] _down;
    private PredictablePlugIn _stakes;
    private int _first;
    private int _last;

    /// <summary>An empty sequence.</summary>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <param name="steps">Steps of the grid from −1 to 1, 100 or more: the bounds are that coarse.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public BettingSequence(double level = 0.95, int steps = 1_000)
        : base("always-valid interval, betting", level, intersects: true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, FewestSteps);
        _steps = steps;
        _ruin = Math.Log(2 / Alpha);
        (_up, _down) = (new double[steps + 1], new double[steps + 1]);
        (_first, _last) = (0, steps);
        _stakes = new PredictablePlugIn(Alpha);
    }

    private protected override (double Lower, double Upper) BoundsAfter(double score)
    {
        var value = (score + 1) / 2;
        var stake = _stakes.NextStake;
        for (var i = _first; i <= _last; i++)
        {
            var rate = (double)i / _steps;
            _up[i] += Math.Log(1 + Math.Min(stake, LargestLoss / rate) * (value - rate));
            _down[i] += Math.Log(1 - Math.Min(stake, LargestLoss / (1 - rate)) * (value - rate));
        }

        _stakes.Add(value);
        // betting up pays the more the lower the rate, and down the reverse, so rates leave from the ends
        while (_first <= _last && IsGivenUp(_first))
            _first++;
        while (_last >= _first && IsGivenUp(_last))
            _last--;
        // one step outside; crossed, for an empty interval, when no rate is left
        return _first > _last ? (1, -1) : (Bound(_first - 1), Bound(_last + 1));
    }

    private bool IsGivenUp(int index) => _up[index] > _ruin || _down[index] > _ruin;

    private double Bound(int index) => 2.0 * index / _steps - 1;
}
