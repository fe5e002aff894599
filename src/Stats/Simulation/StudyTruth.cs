using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>How often each answer is given, in the long run over prompts, raters and sides. The four add up to 1.</summary>
public readonly record struct OutcomeProbabilities(double A, double B, double Neither, double Reject)
{
    /// <summary>(A − B) / (1 − reject): what a net win rate estimates.</summary>
    public double NetWinRate => (A - B) / (1 - Reject);

    /// <summary>A / (1 − reject): what a win rate estimates.</summary>
    public double WinRate => A / (1 - Reject);
}

/// <summary>How far two different raters of one comparison agree, in the long run over prompts, raters and sides.</summary>
/// <param name="Percent">Probability of the same of the four answers.</param>
/// <param name="NominalAlpha">Krippendorff's alpha of the four answers.</param>
/// <param name="Ac1">Gwet's AC1 of the four answers.</param>
public readonly record struct AgreementTruth(double Percent, double NominalAlpha, double Ac1);

/// <summary>What the figures of a <see cref="StudyModel"/> come to with endless prompts and raters: the truth to be covered.</summary>
public static class StudyTruth
{
    // sums over an equally spaced grid converge faster than any power of the step for smooth integrands with Gaussian tails
    private const double Reach = 8;
    private const int Nodes = 161;

    /// <summary>σ(difference − τ), the probability that the first of two images is called better.</summary>
    internal static double Ahead(double difference, double tieWidth) => 1 / (1 + Math.Exp(tieWidth - difference));

    /// <summary>Of a vote on systems <paramref name="a"/> and <paramref name="b"/>.</summary>
    public static OutcomeProbabilities Vote(StudyModel model, int a = 0, int b = 1)
    {
        model.Check();
        var spread = Math.Sqrt(Sq(model.PromptSd) + Sq(model.RaterSd) + Sq(model.SideBiasSd));
        return Answers(model, model.Strengths[a] - model.Strengths[b], spread);
    }

    /// <summary>
    /// Of the decision of a comparison: given the prompt its votes are independent, so their counts are multinomial. Neither is
    /// a tie or a split.
    /// </summary>
    public static OutcomeProbabilities Decision(StudyModel model, int a = 0, int b = 1)
    {
        model.Check();
        var raterSpread = Math.Sqrt(Sq(model.RaterSd) + Sq(model.SideBiasSd));
        var difference = model.Strengths[a] - model.Strengths[b];
        var sum = new double[4];
        foreach (var (effect, weight) in Grid(model.PromptSd))
        {
            var decided = Decided(Answers(model, difference + effect, raterSpread), model.VotesPerComparison);
            for (var i = 0; i < 4; i++)
                sum[i] += weight * decided[i];
        }

        return new(sum[0], sum[1], sum[2], sum[3]);
    }

    /// <summary>
    /// Of two raters on systems <paramref name="a"/> and <paramref name="b"/>: given the prompt their answers are independent and
    /// alike in distribution, so they agree with probability E Σ p_k².
    /// </summary>
    public static AgreementTruth Agreement(StudyModel model, int a = 0, int b = 1)
    {
        model.Check();
        var raterSpread = Math.Sqrt(Sq(model.RaterSd) + Sq(model.SideBiasSd));
        var difference = model.Strengths[a] - model.Strengths[b];
        var (same, overall) = (0.0, new double[4]);
        foreach (var (effect, weight) in Grid(model.PromptSd))
        {
            var answers = Answers(model, difference + effect, raterSpread);
            double[] shares = [answers.A, answers.B, answers.Neither, answers.Reject];
            same += weight * shares.Sum(Sq);
            for (var k = 0; k < 4; k++)
                overall[k] += weight * shares[k];
        }

        var (byChance, byGwetsChance) = (overall.Sum(Sq), overall.Sum(share => share * (1 - share)) / 3);
        return new(same, (same - byChance) / (1 - byChance), (same - byGwetsChance) / (1 - byGwetsChance));
    }

    private static OutcomeProbabilities Answers(StudyModel model, double difference, double spread)
    {
        double forA = 0, forB = 0;
        foreach (var (effect, weight) in Grid(spread))
        {
            foreach (var side in (double[])[model.SideBias, -model.SideBias])
            {
                forA += weight / 2 * Ahead(difference + effect + side, model.TieWidth);
                forB += weight / 2 * Ahead(-difference - effect - side, model.TieWidth);
            }
        }

        double Answered(double looked) => (1 - model.Reject) * ((1 - model.Lapse) * looked + model.Lapse / 3);
        return new(Answered(forA), Answered(forB), Answered(1 - forA - forB), model.Reject);
    }

    /// <summary>[A, B, neither, reject] of the majority of <paramref name="votes"/> votes.</summary>
    private static double[] Decided(OutcomeProbabilities vote, int votes)
    {
        var result = new double[4];
        for (var a = 0; a <= votes; a++)
        {
            for (var b = 0; a + b <= votes; b++)
            {
                for (var tie = 0; a + b + tie <= votes; tie++)
                {
                    var reject = votes - a - b - tie;
                    var probability = SpecialFunctions.Factorial(votes)
                        / (SpecialFunctions.Factorial(a) * SpecialFunctions.Factorial(b) * SpecialFunctions.Factorial(tie) * SpecialFunctions.Factorial(reject))
                        * Math.Pow(vote.A, a) * Math.Pow(vote.B, b) * Math.Pow(vote.Neither, tie) * Math.Pow(vote.Reject, reject);
                    result[First(a, b, tie, reject)] += probability;
                }
            }
        }

        return result;
    }

    /// <summary>The rule of <see cref="MajorityDecision"/> on counts: the index alone in first place, else 2.</summary>
    private static int First(params ReadOnlySpan<int> counts)
    {
        var (best, alone) = (0, true);
        for (var i = 1; i < counts.Length; i++)
        {
            if (counts[i] > counts[best]) (best, alone) = (i, true);
            else if (counts[i] == counts[best]) alone = false;
        }

        return alone ? best : 2;
    }

    /// <summary>Nodes and weights of an expectation over N(0, sd²).</summary>
    private static IEnumerable<(double Effect, double Weight)> Grid(double sd)
    {
        if (sd == 0)
            return [(0, 1)];
        var step = 2 * Reach / (Nodes - 1);
        return Enumerable.Range(0, Nodes).Select(i => -Reach + i * step).Select(z => (sd * z, step * Normal.PDF(0, 1, z)));
    }

    private static double Sq(double value) => value * value;
}
