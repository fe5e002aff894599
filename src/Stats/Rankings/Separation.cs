using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// Whether side effect and tie parameter have a finite maximum-likelihood estimate, given that the strengths can be ranked.
/// </summary>
/// <remarks>
/// They do not exactly if some direction of the parameters never makes a vote less probable. Such a direction moves the log tie
/// parameter by c ≥ 0 and every η by dη, with dη ≥ c where left won, dη ≤ −c where right won and |dη| ≤ c where they tied (dη = 0
/// where a tie is half a win); η and θ as in Rao and Kupper's model, η/2 and ν in Davidson's. For a given movement β of the side
/// effect these are difference constraints on the strengths, which can be met unless a cycle of them has a negative sum
/// (Bellman 1958). Albert and Anderson (1984), "On the existence of maximum likelihood estimates in logistic regression models",
/// Biometrika 71, for two outcomes.
/// </remarks>
internal sealed class Separation
{
    // Sums along cycles are fractions with denominators up to the number of systems.
    private const double Rounding = 1e-9;

    private readonly int _systems;
    private readonly List<Constraint> _constraints = [];

    /// <summary>λ(to) − λ(from) ≤ C × c + Beta × β.</summary>
    private readonly record struct Constraint(int From, int To, int C, int Beta);

    private Separation(PairCells cells, double[] counts, TieTreatment ties)
    {
        _systems = cells.Systems;
        var modelled = ties is TieTreatment.Davidson or TieTreatment.RaoKupper;
        for (int cell = 0, slot = 0; cell < cells.Count; cell++, slot += PairTable.Outcomes)
        {
            var (left, right) = (cells.Left[cell], cells.Right[cell]);
            var halves = ties == TieTreatment.Half && counts[slot + 1] > 0;
            if (halves || counts[slot] > 0)
                _constraints.Add(new(left, right, -1, +1));
            if (halves || counts[slot + 2] > 0)
                _constraints.Add(new(right, left, -1, -1));
            if (modelled && counts[slot + 1] > 0)
                _constraints.AddRange(new(right, left, +1, -1), new(left, right, +1, +1));
        }
    }

    /// <summary>Why a parameter beside the strengths has no finite estimate; null if all have one.</summary>
    public static string? Reason(PairCells cells, double[] counts, RankingModel model)
    {
        if (model.Extras == 0)
            return null;
        var seen = Seen(cells, counts, model.Ties);
        if (model.HasTieParameter && !seen.Tie)
            return "No vote is a tie, so there is nothing to estimate a tie parameter from; Bradley-Terry needs none.";
        if ((!model.SideEffect || seen.BothOrders) && (!model.HasTieParameter || seen.BothWays))
            return null; // the usual case, seen at a glance

        var separation = new Separation(cells, counts, model.Ties);
        if (model.SideEffect && (separation.CanMove(0, 1) || separation.CanMove(0, -1)))
        {
            return IsConfounded(cells, counts, model.Ties)
                ? "The votes cannot tell the side effect from the strengths: show pairs in both orders."
                : "Side and strengths together explain every decided vote, so nothing limits how large the side effect is.";
        }

        return model.HasTieParameter && (model.SideEffect ? separation.CanMoveForSomeSide() : separation.CanMove(1, 0))
            ? "Wins and ties are separated without a contradiction, so nothing limits how large the tie parameter is."
            : null;
    }

    /// <summary>
    /// Whether strengths can stand in for the side effect: potentials with λ(left) − λ(right) = 1 on every pair with a vote.
    /// </summary>
    public static bool IsConfounded(PairCells cells, double[] counts, TieTreatment ties)
    {
        var potential = new int?[cells.Systems];
        potential[0] = 0;
        for (var pass = 0; pass < cells.Systems; pass++)
        {
            for (int cell = 0, slot = 0; cell < cells.Count; cell++, slot += PairTable.Outcomes)
            {
                var (left, right) = (cells.Left[cell], cells.Right[cell]);
                if (counts[slot] + counts[slot + 2] == 0 && (ties == TieTreatment.Dropped || counts[slot + 1] == 0))
                    continue;
                potential[left] ??= potential[right] + 1;
                potential[right] ??= potential[left] - 1;
                if (potential[left] is { } first && potential[right] is { } second && first - second != 1)
                    return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A tie anywhere; both sides winning one ordered pair, which holds the tie parameter; both sides winning both orders of a
    /// pair, which holds the side effect.
    /// </summary>
    private static (bool Tie, bool BothWays, bool BothOrders) Seen(PairCells cells, double[] counts, TieTreatment ties)
    {
        var (tie, bothWays, bothOrders) = (false, false, false);
        var decided = new HashSet<(int, int)>();
        for (int cell = 0, slot = 0; cell < cells.Count; cell++, slot += PairTable.Outcomes)
        {
            tie |= counts[slot + 1] > 0;
            var both = (counts[slot] > 0 && counts[slot + 2] > 0) || (ties == TieTreatment.Half && counts[slot + 1] > 0);
            bothWays |= both;
            bothOrders |= both && decided.Contains((cells.Right[cell], cells.Left[cell]));
            if (both)
                decided.Add((cells.Left[cell], cells.Right[cell]));
            if (tie && bothOrders)
                break;
        }

        return (tie, bothWays, bothOrders);
    }

    private bool CanMove(double c, double beta) => NegativeCycle(c, beta) is null;

    /// <summary>
    /// Whether <see cref="CanMove"/> holds for c = 1 and some β. Each negative cycle bounds β from one side; the next β tried
    /// is that bound, until no cycle is negative or the bounds cross.
    /// </summary>
    private bool CanMoveForSomeSide()
    {
        var (lower, upper, beta) = (double.NegativeInfinity, double.PositiveInfinity, 0.0);
        while (NegativeCycle(1, beta) is { } cycle)
        {
            if (cycle.Beta == 0)
                return false;
            beta = -(double)cycle.C / cycle.Beta;
            if (cycle.Beta > 0)
                lower = Math.Max(lower, beta);
            else
                upper = Math.Min(upper, beta);
            if (lower > upper + Rounding)
                return false;
        }

        return true;
    }

    /// <summary>The sums of C and Beta along a cycle whose right sides add up to less than 0; null if there is none.</summary>
    private (int C, int Beta)? NegativeCycle(double c, double beta)
    {
        var distance = new double[_systems];
        var last = new Constraint?[_systems];
        for (var pass = 0; pass <= _systems; pass++)
        {
            int? changed = null;
            foreach (var constraint in _constraints)
            {
                var reached = distance[constraint.From] + constraint.C * c + constraint.Beta * beta;
                if (reached >= distance[constraint.To] - Rounding)
                    continue;
                distance[constraint.To] = reached;
                last[constraint.To] = constraint;
                changed = constraint.To;
            }

            if (changed is null)
                return null;
            if (pass == _systems)
                return SumAlongCycle(last, changed.Value);
        }

        throw new NonConvergenceException("The search for a cycle ran over its end.");
    }

    private (int C, int Beta) SumAlongCycle(Constraint?[] last, int node)
    {
        for (var i = 0; i < _systems; i++)
            node = last[node]!.Value.From; // now surely on the cycle
        var (c, beta, at) = (0, 0, node);
        do
        {
            var constraint = last[at]!.Value;
            c += constraint.C;
            beta += constraint.Beta;
            at = constraint.From;
        }
        while (at != node);
        return (c, beta);
    }
}
