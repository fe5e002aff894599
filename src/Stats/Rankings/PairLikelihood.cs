using System.Runtime.CompilerServices;

namespace PixelPost.Stats;

/// <summary>A concave function of parameters with its first two derivatives.</summary>
internal interface IObjective
{
    /// <summary>Where each parameter lies.</summary>
    ParameterLayout Layout { get; }

    /// <summary>
    /// The value (not a number outside the domain), its gradient, and minus its second derivatives: the lower triangle of a
    /// matrix by rows.
    /// </summary>
    double Evaluate(double[] parameters, double[] gradient, double[] information);
}

/// <summary>Log-likelihood of counts on pairs. Keeps buffers, so one thread at a time; the counts may change between calls.</summary>
internal abstract class PairLikelihood : IObjective
{
    protected PairLikelihood(PairCells cells, double[] counts, ParameterLayout layout)
    {
        (Cells, Counts, Layout) = (cells, counts, layout);
        Worths = new double[cells.Systems];
    }

    public PairCells Cells { get; }

    /// <summary>By cell × 3 + outcome.</summary>
    public double[] Counts { get; }

    public ParameterLayout Layout { get; }

    /// <summary>e^λ of each system.</summary>
    protected double[] Worths { get; }

    public static PairLikelihood Of(TieTreatment ties, PairCells cells, double[] counts, ParameterLayout layout) => ties switch
    {
        TieTreatment.Dropped => new PairLikelihood<TiesDroppedLink>(cells, counts, layout),
        TieTreatment.Half => new PairLikelihood<TiesHalfLink>(cells, counts, layout),
        TieTreatment.Davidson => new PairLikelihood<DavidsonLink>(cells, counts, layout),
        TieTreatment.RaoKupper => new PairLikelihood<RaoKupperLink>(cells, counts, layout),
        _ => throw new ArgumentOutOfRangeException(nameof(ties), ties, "Not a treatment of ties."),
    };

    public double Evaluate(double[] parameters, double[] gradient, double[] information)
    {
        Array.Clear(gradient);
        Array.Clear(information);
        return Add(parameters, gradient, information);
    }

    /// <summary>Adds gradient and information to what is there, and returns the log-likelihood.</summary>
    public abstract double Add(double[] parameters, double[] gradient, double[] information);

    /// <summary>The gradient alone, for steps that keep another matrix.</summary>
    public abstract void Gradient(double[] parameters, double[] gradient);

    /// <summary>The scores of a vote on an ordered pair.</summary>
    public abstract PairScores Scores(double[] parameters, int left, int right);
}

/// <inheritdoc/>
internal sealed class PairLikelihood<TLink>(PairCells cells, double[] counts, ParameterLayout layout)
    : PairLikelihood(cells, counts, layout)
    where TLink : struct, ITieLink
{
    public override double Add(double[] parameters, double[] gradient, double[] information)
    {
        var shared = Prepare(parameters);
        var logs = parameters.AsSpan(Layout.FirstSystem);
        var (left, right) = (Cells.Left, Cells.Right);
        var (value, side, tie) = (0.0, 0.0, 0.0);
        for (int cell = 0, slot = 0; cell < left.Length; cell++, slot += PairTable.Outcomes)
        {
            var (l, r) = (left[cell], right[cell]);
            var (wins, ties, losses) = (Counts[slot], Counts[slot + 1], Counts[slot + 2]);
            var at = shared with
            {
                X = Worths[l] * shared.X, Y = Worths[r], LogX = logs[l] + shared.LogX, LogY = logs[r],
            };
            value += TLink.LogLikelihood(at, wins, ties, losses);
            var scores = TLink.Scores(at);
            var slope = wins * scores.Left + ties * scores.Tie + losses * scores.Right;
            gradient[Layout.FirstSystem + l] += slope;
            gradient[Layout.FirstSystem + r] -= slope;
            side += slope;
            tie += wins * scores.LeftByTie + ties * scores.TieByTie + losses * scores.RightByTie;
            AddInformation(information, l, r, TLink.Information(at, wins, ties, losses));
        }

        AddExtras(gradient, side, tie);
        return value;
    }

    public override void Gradient(double[] parameters, double[] gradient)
    {
        Array.Clear(gradient);
        var shared = Prepare(parameters);
        var ofSystems = gradient.AsSpan(Layout.FirstSystem);
        var (left, right, counts, worths) = (Cells.Left, Cells.Right, Counts, Worths);
        var (side, tie) = (0.0, 0.0);
        for (int cell = 0, slot = 0; cell < left.Length; cell++, slot += PairTable.Outcomes)
        {
            var (l, r) = (left[cell], right[cell]);
            var (wins, ties, losses) = (counts[slot], counts[slot + 1], counts[slot + 2]);
            var scores = TLink.Scores(shared with { X = worths[l] * shared.X, Y = worths[r] });
            var slope = wins * scores.Left + ties * scores.Tie + losses * scores.Right;
            ofSystems[l] += slope;
            ofSystems[r] -= slope;
            side += slope;
            tie += wins * scores.LeftByTie + ties * scores.TieByTie + losses * scores.RightByTie;
        }

        AddExtras(gradient, side, tie);
    }

    public override PairScores Scores(double[] parameters, int left, int right)
    {
        var shared = Prepare(parameters);
        return TLink.Scores(shared with { X = Worths[left] * shared.X, Y = Worths[right] });
    }

    /// <summary>What all pairs share: the side effect, which multiplies the left worth, and the tie parameter.</summary>
    private PairPoint Prepare(double[] parameters)
    {
        for (var system = 0; system < Worths.Length; system++)
            Worths[system] = Math.Exp(parameters[Layout.FirstSystem + system]);
        var side = Layout.Side < 0 ? 0 : parameters[Layout.Side];
        var tie = Layout.Tie < 0 ? 0 : parameters[Layout.Tie];
        return new PairPoint(Math.Exp(side), 0, side, 0, Math.Exp(tie), tie);
    }

    private void AddExtras(double[] gradient, double side, double tie)
    {
        if (Layout.Side >= 0)
            gradient[Layout.Side] += side;
        if (Layout.Tie >= 0)
            gradient[Layout.Tie] += tie;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddInformation(double[] information, int left, int right, PairInformation of)
    {
        var width = Layout.Count;
        var (l, r) = (Layout.FirstSystem + left, Layout.FirstSystem + right);
        information[l * width + l] += of.Eta;
        information[r * width + r] += of.Eta;
        information[Math.Max(l, r) * width + Math.Min(l, r)] -= of.Eta;
        if (Layout.Side >= 0)
        {
            information[Layout.Side * width + Layout.Side] += of.Eta;
            information[l * width + Layout.Side] += of.Eta;
            information[r * width + Layout.Side] -= of.Eta;
        }

        if (Layout.Tie < 0)
            return;
        information[Layout.Tie * width + Layout.Tie] += of.Tie;
        information[l * width + Layout.Tie] += of.Both;
        information[r * width + Layout.Tie] -= of.Both;
        if (Layout.Side >= 0)
            information[Layout.Tie * width + Layout.Side] += of.Both; // the tie parameter comes after the side effect
    }
}
