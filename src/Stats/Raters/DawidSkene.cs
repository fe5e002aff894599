using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// The Dawid-Skene model: every item has one true category, drawn with prior p_j, and rater r answers k to an item of category j with
/// probability π⁽ʳ⁾_jk, independently of the other raters. Maximum likelihood by EM: posterior T_ij ∝ p_j Π π⁽ʳ⁾_jk over the
/// answers to item i; then p_j the mean of T_ij, and π⁽ʳ⁾_jk the share of k in r's answers, weighted by T_ij.
/// </summary>
/// <remarks>
/// Dawid and Skene (1979), "Maximum likelihood estimation of observer error-rates using the EM algorithm", Appl. Stat. 28. The
/// likelihood is the same for any renaming of the categories and has more than one top, so EM starts from each item's shares of
/// answers and climbs from there; no smoothing, so probabilities may be 0 and 1. Near the top its steps are lengthened (see
/// <see cref="SquaredExtrapolation"/>), never at the price of a lower likelihood. A rater may answer an item more than once. The
/// consensus is made from the votes: it is no independent evidence, and a test on it as if it were data is wrong. On subjective
/// axes "truth" is what raters converge on.
/// </remarks>
public static class DawidSkene
{
    private const double Nothing = 1e-9;

    /// <summary>Fits the model.</summary>
    /// <param name="categories">Number of possible categories, at least 2.</param>
    /// <param name="votes">
    /// At least one: any numbers that identify item and rater, and the category from 0 to <paramref name="categories"/> − 1.
    /// </param>
    /// <param name="tolerance">Converged when no posterior changes by more in an EM step; above 0, at most 1.</param>
    /// <param name="iterationLimit">EM steps after which to give up, at least 1.</param>
    /// <exception cref="ArgumentException">There is no vote.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="NonConvergenceException">The limit was reached first.</exception>
    public static DawidSkeneFit Fit(
        int categories, IReadOnlyCollection<(long Item, long Rater, int Category)> votes, double tolerance = 1e-10,
        int iterationLimit = 20_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(categories, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterationLimit, 1);
        if (!(tolerance is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "A tolerance must be above 0 and at most 1.");
        if (votes.Count == 0)
            throw new ArgumentException("Without a vote there is nothing to fit.", nameof(votes));

        var model = new DawidSkeneModel(categories, votes);
        var (likelihood, iterations, change) = model.Climb(tolerance, iterationLimit);
        DawidSkeneFit fit = new()
        {
            Prior = model.Prior.ToArray(),
            Items = [.. model.Items.Select((item, i) => Consensus(item, model.Posterior(i)))],
            Raters = [.. Confusions(model)],
            LogLikelihood = likelihood,
            Iterations = iterations,
            LastChange = change,
            Cautions = [],
        };
        return fit with { Cautions = [.. Cautions(fit, model)] };
    }

    private static ItemConsensus Consensus(long item, ReadOnlySpan<double> posterior)
    {
        var first = 0;
        var shared = false;
        for (var j = 1; j < posterior.Length; j++)
        {
            // two categories are level when only rounding tells them apart
            if (Math.Abs(posterior[j] - posterior[first]) < Nothing)
                shared = true;
            else if (posterior[j] > posterior[first])
                (first, shared) = (j, false);
        }

        return new ItemConsensus(item, posterior.ToArray(), shared ? null : first);
    }

    private static IEnumerable<RaterConfusion> Confusions(DawidSkeneModel model)
    {
        var (weights, votes) = model.Evidence();
        var categories = Enumerable.Range(0, model.Categories).ToArray();
        return model.Raters.Select((rater, r) => new RaterConfusion
        {
            Rater = rater,
            Votes = votes[r],
            Confusion =
            [
                .. categories.Select(j => weights[r][j] < Nothing
                    ? null
                    : Array.ConvertAll(categories, k => model.Confusion(r, j, k))),
            ],
            VotesByTruth = weights[r],
            Accuracy = categories.Sum(j => weights[r][j] * model.Confusion(r, j, j)) / votes[r],
        });
    }

    private static IEnumerable<string> Cautions(DawidSkeneFit fit, DawidSkeneModel model)
    {
        if (model.LargestItem == 1)
            yield return "No item has two answers: each answer is taken for the truth, and raters cannot be told apart.";

        for (var j = 0; j < model.Categories; j++)
        {
            if (fit.Prior[j] < Nothing)
            {
                yield return $"No item is believed to be of category {j}.";
                continue;
            }

            // what raters say, all together, to items of category j
            var answers = Enumerable.Range(0, model.Categories)
                .Select(k => fit.Raters.Sum(rater => rater.Confusion[j] is { } row ? row[k] * rater.VotesByTruth[j] : 0))
                .ToArray();
            var most = Array.IndexOf(answers, answers.Max());
            if (most != j)
                yield return $"To items of category {j} raters mostly answer {most}: the categories may have changed places.";
        }
    }
}
