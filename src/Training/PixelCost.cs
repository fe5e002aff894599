namespace PixelPost.Training;

/// <summary>What the pixel term costs a run as it goes, from the times of its steps with and without.</summary>
internal sealed class PixelCost
{
    private const int Warming = 2; // steps in which memory is fetched and kernels are chosen
    private const int Fewest = 3;  // of either kind, or their mean says little

    private int _seen, _with, _without;
    private double _secondsWith, _secondsWithout;

    /// <summary>More time than without a pixel term, as a share of it; null while there are too few steps of either kind.</summary>
    public double? Share => _with < Fewest || _without < Fewest ? null : (_secondsWith + _secondsWithout) / ((_with + _without) * (_secondsWithout / _without)) - 1;

    /// <summary>The same where steps of both kinds have something beside it that stands in.</summary>
    /// <param name="standIn">What that costs, as a share of a step with nothing.</param>
    public double? Above(double standIn) => Share is { } share ? ((1 + share) * (1 + standIn)) - 1 : null;

    /// <summary>Notes a step.</summary>
    /// <param name="hasTerm">Whether any of its micro-steps had the term.</param>
    /// <param name="seconds">From drawing to updating.</param>
    public void Add(bool hasTerm, double seconds)
    {
        if (++_seen <= Warming) return;
        if (hasTerm) (_with, _secondsWith) = (_with + 1, _secondsWith + seconds);
        else (_without, _secondsWithout) = (_without + 1, _secondsWithout + seconds);
    }
}
