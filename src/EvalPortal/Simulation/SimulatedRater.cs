using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Simulation;

/// <summary>What a simulated rater answers.</summary>
/// <param name="Choice">What it would press.</param>
/// <param name="Reason">Given with <see cref="Choice.Reject"/> only.</param>
/// <param name="ResponseMs">From images shown to answer.</param>
public sealed record SimulatedAnswer(Choice Choice, RejectReason? Reason, int ResponseMs)
{
    /// <summary>What it says to questions about one image; null in other forms.</summary>
    public IReadOnlyList<QuestionAnswer>? Answers { get; init; }

    /// <summary>Best and worst of several images; null in other forms.</summary>
    public PickDraft? Picks { get; init; }
}

/// <summary>
/// A rater made of numbers. On comparison c and axis x it sees the left image ahead by
/// <c>d = ±(strength A − strength B + u + e) + b</c>, in log-odds, + where A stands left: u ~ N(0, prompt sd²) belongs to c and x
/// and is the same for all raters, e ~ N(0, noise²) is this rater's own on c and x, and b ~ N(side bias, side bias sd²) its own
/// throughout. To d it adds a draw ε from the standard logistic distribution, and answers left when d + ε ≥ τ, right when
/// d + ε ≤ −τ, and tie in between, τ being the tie width; so with σ(z) = 1 / (1 + e^−z)
/// <c>P(left) = σ(d − τ), P(right) = σ(−d − τ), P(tie) = the rest</c>. Before all that it rejects the pair with probability
/// reject, and otherwise answers left, right or tie at random with probability lapse.
/// </summary>
/// <remarks>
/// The rule for ties is that of Rao and Kupper (1967), with θ = e^τ; without ties it is the model of Bradley and Terry (1952).
/// The same seed, number and pair give the same answer, whatever was asked before.
/// </remarks>
/// <param name="traits">What the raters of a simulation have in common.</param>
/// <param name="seed">The simulation's.</param>
/// <param name="number">Which of its raters this is.</param>
public sealed class SimulatedRater(RaterTraits traits, int seed, int number)
{
    // Which draws a key leads to: those of a comparison, of a rater, of a rater's answer.
    private const int OfComparison = 1;
    private const int OfRater = 2;
    private const int OfAnswer = 3;
    private const int OfRepeat = 4;

    // A plausible pace, log-normal as times of answering are; it does not depend on the answer.
    private const double MedianResponseMs = 4_000;
    private const double LogResponseSd = 0.5;
    private const double ShortestResponseMs = 400;
    private const double LongestResponseMs = 60_000;

    private static readonly Choice[] Lapses = [Choice.Left, Choice.Right, Choice.Tie];

    // Its images were there and are harmless, so two reasons are left.
    private static readonly RejectReason[] Reasons = [RejectReason.StyleMismatch, RejectReason.Other];

    /// <summary>How much it favours the left image, in log-odds.</summary>
    public double SideBias { get; } = traits.SideBias + new Draws(seed, OfRater, number).Normal(traits.SideBiasSd);

    /// <summary>Judges a pair.</summary>
    public SimulatedAnswer Answer(ShownPair pair)
    {
        var draws = new Draws(seed, pair.IsRepeat ? OfRepeat : OfAnswer, number, pair.Comparison, (int)pair.Axis);
        // Everything is drawn for every answer, so that one trait changed moves no other draw.
        var (rejects, lapses) = (draws.Uniform() < traits.Reject, draws.Uniform() < traits.Lapse);
        var (reason, lapse) = (Reasons[draws.Below(Reasons.Length)], Lapses[draws.Below(Lapses.Length)]);
        var responseMs = ResponseMs(draws);
        var lead = LeadOfA(pair) + draws.Normal(traits.Noise);
        var seen = (pair.LeftIsB ? -lead : lead) + SideBias + draws.Logistic();
        return (rejects, lapses) switch
        {
            (true, _) => new(Choice.Reject, reason, responseMs),
            (_, true) => new(lapse, null, responseMs),
            _ => new(Decide(seen), null, responseMs),
        };
    }

    /// <summary>A time of answering.</summary>
    internal static int ResponseMs(Draws draws) =>
        (int)Math.Clamp(MedianResponseMs * Math.Exp(draws.Normal(LogResponseSd)), ShortestResponseMs, LongestResponseMs);

    /// <summary>By how much A is ahead of B for raters in general, in log-odds.</summary>
    private double LeadOfA(ShownPair pair) =>
        traits.StrengthA - traits.StrengthB + new Draws(seed, OfComparison, pair.Comparison, (int)pair.Axis).Normal(traits.PromptSd);

    private Choice Decide(double seen) => seen switch
    {
        _ when seen >= traits.TieWidth => Choice.Left,
        _ when seen <= -traits.TieWidth => Choice.Right,
        _ => Choice.Tie,
    };
}
