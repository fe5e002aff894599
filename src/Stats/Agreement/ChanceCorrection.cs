namespace PixelPost.Stats;

/// <summary>What the coefficients (p_o − p_e) / (1 − p_e) share: they differ in p_e, the agreement they ascribe to chance.</summary>
internal static class ChanceCorrection
{
    /// <summary>π_k, the mean over rated units of the share of ratings in category k; null without a unit.</summary>
    public static double[]? Shares(RatingTable ratings, ReadOnlySpan<int> weights)
    {
        var shares = new double[ratings.Categories];
        var units = 0L;
        for (var unit = 0; unit < weights.Length; unit++)
        {
            var counts = ratings.Counts(unit);
            var weight = (double)weights[unit] / ratings.Size(unit);
            for (var k = 0; k < shares.Length; k++)
                shares[k] += weight * counts[k];
            units += weights[unit];
        }

        if (units == 0)
            return null;
        for (var k = 0; k < shares.Length; k++)
            shares[k] /= units;
        return shares;
    }

    /// <summary>The coefficient with p_o the percent agreement and p_e a function of π; null without a pair of ratings.</summary>
    public static double? Corrected(RatingTable ratings, ReadOnlySpan<int> weights, Func<double[], double> chance)
    {
        if (PercentAgreement.Observed(ratings, weights) is not { } observed || Shares(ratings, weights) is not { } shares)
            return null;
        var expected = chance(shares);
        return (observed - expected) / (1 - expected);
    }
}
