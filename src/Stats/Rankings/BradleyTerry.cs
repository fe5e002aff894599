using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// Strengths of systems from votes on pairs: P(left wins) = 1/(1 + e^(−η)) with η = λ(left) − λ(right) + side effect, with ties
/// dropped, halved or modelled.
/// </summary>
/// <remarks>
/// Sources of the models: <see cref="RankingModel"/>. The log-likelihood is concave in λ, side effect and log tie parameter, so
/// Newton's method on the counts finds its maximum in some steps, each of the order systems³ whatever the number of votes. The
/// likelihood takes votes as independent; for those that are not, see <see cref="StrengthCovariance"/> and
/// <see cref="RankingBootstrap"/>.
/// </remarks>
public static class BradleyTerry
{
    /// <summary>
    /// The maximum-likelihood fit; undefined, with the reason, where the votes do not hold it: <see cref="ComparisonGraph"/>.
    /// </summary>
    /// <param name="table">Votes by pair.</param>
    /// <param name="model">Treatment of ties, and whether sides may matter.</param>
    /// <exception cref="NonConvergenceException">The maximum exists but was not reached.</exception>
    public static Ranking Fit(PairTable table, RankingModel model)
    {
        var method = $"{model.Name}, maximum likelihood";
        var cells = new PairCells(table, folded: !model.SideEffect);
        var counts = cells.Counts(table);
        if (WhyUndefined(table, cells, counts, model) is { } reason)
            return Ranking.Undefined(model, method, table.Systems, reason);

        var layout = ParameterLayout.Of(model, table.Systems);
        var likelihood = PairLikelihood.Of(model.Ties, cells, counts, layout);
        var parameters = Start(counts, model, layout);
        var solver = new NewtonSolver(layout);
        var (value, steps) = solver.Maximise(likelihood, parameters);
        return Ranking.Of(model, method, parameters, solver.Covariance(), value, steps) with { IsMaximumLikelihood = true };
    }

    /// <summary>
    /// Firth's bias-reduced fit of a Bradley-Terry model: maximum of log-likelihood + ½ log det(information). Finite as soon as
    /// comparisons join all systems, so it is what to fall back on, knowingly, where <see cref="Fit"/> is undefined.
    /// </summary>
    /// <param name="table">Votes by pair.</param>
    /// <param name="model">With ties dropped or as half a win.</param>
    /// <exception cref="ArgumentException">The model has a tie parameter.</exception>
    /// <exception cref="NonConvergenceException">The maximum was not reached.</exception>
    /// <remarks>Firth (1993), "Bias reduction of maximum likelihood estimates", Biometrika 80.</remarks>
    public static Ranking FitBiasReduced(PairTable table, RankingModel model)
    {
        if (model.HasTieParameter)
            throw new ArgumentException($"A bias-reduced fit needs ties dropped or halved, not {model.Ties}.", nameof(model));

        var method = $"{model.Name}, bias-reduced (Firth)";
        var cells = new PairCells(table, folded: !model.SideEffect);
        var counts = cells.Counts(table);
        var graph = ComparisonGraph.Of(table, model.Ties);
        if (graph.Groups > 1)
            return Ranking.Undefined(model, method, table.Systems, graph.Reason!);
        if (model.SideEffect && Separation.IsConfounded(cells, counts, model.Ties))
        {
            return Ranking.Undefined(
                model, method, table.Systems, "The votes cannot tell the side effect from the strengths: show pairs in both orders.");
        }

        return FirthFit.Run(model, method, PairLikelihood.Of(model.Ties, cells, counts, ParameterLayout.Of(model, table.Systems)));
    }

    /// <summary>
    /// Likelihood-ratio test of "sides do not matter": 2 (log-likelihood with the side effect − without), χ² with 1 degree of
    /// freedom. Takes votes as independent; of ties as half a win it is conservative.
    /// </summary>
    /// <param name="table">Votes by pair.</param>
    /// <param name="ties">What a tie says.</param>
    /// <exception cref="NonConvergenceException">A maximum exists but was not reached.</exception>
    public static RankingTest SideEffectTest(PairTable table, TieTreatment ties)
    {
        const string Method = "likelihood-ratio test of the side effect";
        var (without, with) = (Fit(table, new(ties)), Fit(table, new(ties, SideEffect: true)));
        return (without.Reason ?? with.Reason) is { } reason
            ? RankingTest.Undefined(Method, reason)
            : RankingTest.ChiSquare(Method, 2 * (with.LogLikelihood!.Value - without.LogLikelihood!.Value), 1);
    }

    /// <summary>All strengths alike, no side effect, and the tie parameter that gives the observed share of ties.</summary>
    internal static double[] Start(double[] counts, RankingModel model, ParameterLayout layout)
    {
        var parameters = new double[layout.Count];
        var ties = counts.Where((_, slot) => slot % PairTable.Outcomes == (int)PairOutcome.Tie).Sum();
        var decided = counts.Sum() - ties;
        if (model.Ties == TieTreatment.Davidson)
            parameters[layout.Tie] = Math.Log(2 * ties / decided);
        if (model.Ties == TieTreatment.RaoKupper)
            parameters[layout.Tie] = Math.Log((decided + 2 * ties) / decided);
        return parameters;
    }

    private static string? WhyUndefined(PairTable table, PairCells cells, double[] counts, RankingModel model)
    {
        var graph = new BeatGraph(table.Systems);
        graph.Fill(cells, counts, model.Ties != TieTreatment.Dropped);
        return graph.IsStronglyConnected()
            ? Separation.Reason(cells, counts, model)
            : ComparisonGraph.Of(table, model.Ties).Reason;
    }
}
