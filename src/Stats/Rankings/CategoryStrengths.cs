using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>Rankings by category of prompts, and whether they are one ranking.</summary>
public sealed record CategoryRankings
{
    /// <summary>The fit of each category's votes, in the order given.</summary>
    public required IReadOnlyList<Ranking> Categories { get; init; }

    /// <summary>
    /// Log strengths that all categories share, adding up to 0, each category keeping its own side effect and tie parameter; null
    /// when a category's fit is undefined.
    /// </summary>
    public IReadOnlyList<double>? CommonLogStrengths { get; init; }

    /// <summary>Likelihood-ratio test of "all categories have the same strengths". Takes votes as independent.</summary>
    public required RankingTest LikelihoodRatio { get; init; }

    /// <summary>
    /// Wald test of the same with robust covariances: over prompts where the votes had prompts, else over single votes.
    /// </summary>
    public required RankingTest Wald { get; init; }
}

/// <summary>
/// Bradley-Terry with the category of the prompt as covariate: every system has a strength in each category, against the model
/// in which it has one.
/// </summary>
/// <remarks>
/// LR = 2 (Σ log-likelihood by category − log-likelihood with common strengths), χ² with (categories − 1)(systems − 1) degrees of
/// freedom. W = dᵀ V⁻¹ d, with d the differences of reference-coded strengths to those of the last category and V their
/// covariance; over votes χ² with the same degrees, over prompts the approximate Hotelling T² of Zhang (2012), "An approximate
/// Hotelling T²-test for heteroscedastic one-way MANOVA", Open Journal of Statistics 2, since V rests on few prompts.
/// </remarks>
public static class CategoryStrengths
{
    private const string LikelihoodRatioMethod = "likelihood-ratio test of equal strengths in all categories";

    /// <summary>For votes that are independent: the Wald test rests on the sandwich over votes.</summary>
    /// <param name="categories">The votes of each category, on the same systems.</param>
    /// <param name="model">Treatment of ties, and whether sides may matter.</param>
    /// <exception cref="ArgumentException">Fewer than two categories, or not the same number of systems in all.</exception>
    /// <exception cref="NonConvergenceException">A maximum exists but was not reached.</exception>
    public static CategoryRankings Compare(IReadOnlyList<PairTable> categories, RankingModel model)
    {
        Check(categories);
        return Compare(categories, model, (ranking, category) => StrengthCovariance.Sandwich(ranking, categories[category]), null);
    }

    /// <summary>For votes that share prompts: the Wald test rests on the covariance clustered by prompt (cr1).</summary>
    /// <param name="categories">The votes of each category, on the same systems; a prompt has one category.</param>
    /// <param name="model">Treatment of ties, and whether sides may matter.</param>
    /// <exception cref="ArgumentException">Fewer than two categories, or not the same number of systems in all.</exception>
    /// <exception cref="NonConvergenceException">A maximum exists but was not reached.</exception>
    public static CategoryRankings Compare(IReadOnlyList<PairVotes> categories, RankingModel model)
    {
        PairTable[] tables = [.. categories.Select(votes => votes.Table)];
        Check(tables);
        return Compare(
            tables,
            model,
            (ranking, category) => StrengthCovariance.Clustered(ranking, categories[category], Clustering.ByPrompt),
            [.. categories.Select(votes => votes.Prompts)]);
    }

    private static CategoryRankings Compare(
        IReadOnlyList<PairTable> tables, RankingModel model, Func<Ranking, int, StrengthErrors> errorsOf, int[]? prompts)
    {
        var wald = $"Wald test of equal strengths in all categories, {(prompts is null ? "sandwich over votes" : "clustered by prompt")}";
        Ranking[] fits = [.. tables.Select(table => BradleyTerry.Fit(table, model))];
        if (Array.FindIndex(fits, fit => fit.Reason is not null) is >= 0 and var missing)
        {
            var reason = $"Category {missing + 1} of {fits.Length} has no ranking: {fits[missing].Reason}";
            return new CategoryRankings
            {
                Categories = fits,
                LikelihoodRatio = RankingTest.Undefined(LikelihoodRatioMethod, reason),
                Wald = RankingTest.Undefined(wald, reason),
            };
        }

        var (common, value) = FitCommon(tables, model, fits);
        var freedom = (fits.Length - 1) * (fits[0].Systems - 1);
        return new CategoryRankings
        {
            Categories = fits,
            CommonLogStrengths = common,
            LikelihoodRatio = RankingTest.ChiSquare(
                LikelihoodRatioMethod, 2 * (fits.Sum(fit => fit.LogLikelihood!.Value) - value), freedom),
            Wald = CategoryWald.Run(wald, fits, [.. fits.Select(errorsOf)], prompts),
        };
    }

    /// <summary>The fit with common strengths: a sum of the categories' likelihoods over the same systems and their own extras.</summary>
    private static (IReadOnlyList<double> LogStrengths, double LogLikelihood) FitCommon(
        IReadOnlyList<PairTable> tables, RankingModel model, Ranking[] fits)
    {
        var extras = model.Extras;
        var layout = new ParameterLayout(-1, -1, extras * fits.Length, fits[0].Systems);
        var parts = tables.Select((table, category) =>
        {
            var cells = new PairCells(table, folded: !model.SideEffect);
            var own = ParameterLayout.Of(model, layout.Systems);
            return PairLikelihood.Of(model.Ties, cells, cells.Counts(table), new ParameterLayout(
                own.Side < 0 ? -1 : category * extras + own.Side,
                own.Tie < 0 ? -1 : category * extras + own.Tie,
                layout.FirstSystem,
                layout.Systems));
        });
        var parameters = new double[layout.Count];
        for (var category = 0; category < fits.Length; category++)
            fits[category].Parameters.AsSpan(0, extras).CopyTo(parameters.AsSpan(category * extras));
        var (value, _) = new NewtonSolver(layout).Maximise(new SumOfLikelihoods([.. parts], layout), parameters);
        NewtonSolver.Centre(parameters, layout);
        return (parameters[layout.FirstSystem..], value);
    }

    private sealed class SumOfLikelihoods(PairLikelihood[] parts, ParameterLayout layout) : IObjective
    {
        public ParameterLayout Layout => layout;

        public double Evaluate(double[] parameters, double[] gradient, double[] information)
        {
            Array.Clear(gradient);
            Array.Clear(information);
            return parts.Sum(part => part.Add(parameters, gradient, information));
        }
    }

    private static void Check(IReadOnlyList<PairTable> categories)
    {
        if (categories.Count < 2)
            throw new ArgumentException($"Categories to compare must be at least two, not {categories.Count}.", nameof(categories));
        if (categories.Any(table => table.Systems != categories[0].Systems))
            throw new ArgumentException("All categories must be of the same systems.", nameof(categories));
    }
}
