namespace PixelPost.Stats;

/// <summary>The Wald test of <see cref="CategoryStrengths"/>.</summary>
internal static class CategoryWald
{
    /// <param name="prompts">Number of clusters by category; null for independent votes.</param>
    public static RankingTest Run(string method, Ranking[] fits, StrengthErrors[] errors, int[]? prompts)
    {
        var (last, coded) = (fits.Length - 1, fits[0].Systems - 1);
        var width = last * coded;
        var covariances = errors.Select(error => Coded(error, coded)).ToArray();
        var differences = new double[width];
        var joint = new double[width * width];
        for (var row = 0; row < width; row++)
        {
            var (category, system) = Math.DivRem(row, coded);
            differences[row] = Against(fits[category], system) - Against(fits[last], system);
            for (var column = 0; column < width; column++)
            {
                var (other, otherSystem) = Math.DivRem(column, coded);
                var entry = system * coded + otherSystem;
                joint[row * width + column] = covariances[last][entry] + (other == category ? covariances[category][entry] : 0);
            }
        }

        if (prompts is not null && prompts.Sum(count => count - 1) < width)
            return RankingTest.Undefined(method, $"The categories have too few prompts for {width} differences of strengths.");
        if (!DenseKernels.TryFactor(joint, width, width))
            return RankingTest.Undefined(method, "The differences of strengths do not all vary, so they cannot be tested together.");

        var solved = (double[])differences.Clone();
        DenseKernels.Solve(joint, width, width, solved);
        var statistic = DenseKernels.Dot(differences, solved);
        if (prompts is null)
            return RankingTest.ChiSquare(method, statistic, width);

        var freedom = Freedom(covariances, DenseKernels.Invert(joint, width, width), coded, prompts);
        return freedom - width + 1 < 1
            ? RankingTest.Undefined(method, $"The categories have too few prompts for {width} differences of strengths.")
            : RankingTest.F(method, statistic * (freedom - width + 1) / (freedom * width), width, freedom - width + 1);
    }

    /// <summary>Strength against the last system.</summary>
    private static double Against(Ranking fit, int system) => fit.LogStrengths![system] - fit.LogStrengths[^1];

    /// <summary>Covariance of all strengths against the last system.</summary>
    private static double[] Coded(StrengthErrors errors, int coded)
    {
        var covariance = new double[coded * coded];
        for (var row = 0; row < coded; row++)
        {
            for (var column = 0; column < coded; column++)
            {
                covariance[row * coded + column] = errors.Covariance(row, column)!.Value - errors.Covariance(row, coded)!.Value
                    - errors.Covariance(coded, column)!.Value + errors.Covariance(coded, coded)!.Value;
            }
        }

        return covariance;
    }

    /// <summary>
    /// Degrees of freedom of V as of one Wishart matrix: (q + q²) / Σ (tr²(A V⁻¹) + tr((A V⁻¹)²))/(clusters − 1) over
    /// categories, with A what a category adds to V.
    /// </summary>
    private static double Freedom(double[][] covariances, double[] inverse, int coded, int[] prompts)
    {
        var last = covariances.Length - 1;
        var width = last * coded;
        var sum = 0.0;
        for (var category = 0; category <= last; category++)
        {
            var block = new double[coded * coded];
            for (var row = 0; row < width; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    if (category == last || (row / coded == category && column / coded == category))
                        block[row % coded * coded + column % coded] += inverse[row * width + column];
                }
            }

            var product = DenseKernels.Multiply(covariances[category], block, coded);
            var square = DenseKernels.Multiply(product, product, coded);
            var (trace, traceOfSquare) = (0.0, 0.0);
            for (var i = 0; i < coded; i++)
                (trace, traceOfSquare) = (trace + product[i * coded + i], traceOfSquare + square[i * coded + i]);
            sum += (trace * trace + traceOfSquare) / (prompts[category] - 1);
        }

        return (width + (double)width * width) / sum;
    }
}
