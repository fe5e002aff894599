using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Simulation;

/// <summary>
/// What a <see cref="SimulatedRater"/> says of one image or several. It sees an image of a system, or what a question asks about it,
/// with <c>d = 1 + strength + u + e + ε</c>, in log-odds: the strength of the system, u ~ N(0, prompt sd²) of the image or the
/// question, the same for all raters, e ~ N(0, noise²) this rater's own, ε a draw from the standard logistic distribution. The
/// image shows what is asked for when d ≥ τ, does not when d ≤ −τ, and in between it cannot tell, τ being the tie width: without
/// the other parts that is a yes of 73 %. Of several images the one with the largest d is the best and the one with the smallest
/// the worst; it flags those with d &lt; −1. Before all that it rejects with probability reject; with probability lapse it answers at
/// random, each question by itself.
/// </summary>
/// <param name="traits">What the raters of a simulation have in common.</param>
/// <param name="seed">The simulation's.</param>
/// <param name="number">Which of its raters this is.</param>
public sealed class SimulatedSheet(RaterTraits traits, int seed, int number)
{
    // Which draws a key leads to; the first numbers are those of SimulatedRater.
    private const int OfThing = 4;
    private const int OfView = 5;
    private const int OfSheet = 6;

    private const double Base = 1;
    private const double FlaggedBelow = -1;

    private static readonly Answer[] Lapses = [Answer.Yes, Answer.No, Answer.CannotTell];

    /// <summary>Judges what is shown.</summary>
    public SimulatedAnswer Judge(ShownSheet sheet)
    {
        var draws = new Draws(seed, OfSheet, number, sheet.Comparison);
        var responseMs = SimulatedRater.ResponseMs(draws) * Math.Max(1, sheet.Questions.Count);
        if (draws.Uniform() < traits.Reject)
            return new(Choice.Reject, RejectReason.Other, responseMs);
        return sheet.Questions.Count > 0
            ? new(Choice.Answered, null, responseMs) { Answers = Answers(sheet) }
            : new(Choice.Answered, null, responseMs) { Picks = Picks(sheet, draws) };
    }

    private List<QuestionAnswer> Answers(ShownSheet sheet)
    {
        var given = new Dictionary<long, Answer>();
        foreach (var question in sheet.Questions)
        {
            var answer = AnswerSheet.IsAsked(question, id => given[id]) ? Look(sheet, question) : Rating.Answer.NotAsked;
            given.Add(question.QuestionId, answer);
        }
        return [.. given.Select(answer => new QuestionAnswer { QuestionId = answer.Key, Answer = answer.Value })];
    }

    private Answer Look(ShownSheet sheet, Question question)
    {
        var (seen, lapse, draws) = See(sheet.Comparison, question.Position, sheet.Images[0].IsB);
        var shows = seen >= traits.TieWidth ? Rating.Answer.Yes : seen <= -traits.TieWidth ? Rating.Answer.No : Rating.Answer.CannotTell;
        return (lapse, shows, question.Expected) switch
        {
            (true, _, _) => Lapses[draws.Below(Lapses.Length)],
            (_, Rating.Answer.Yes, ExpectedAnswer.No) => Rating.Answer.No,
            (_, Rating.Answer.No, ExpectedAnswer.No) => Rating.Answer.Yes,
            _ => shows,
        };
    }

    private PickDraft Picks(ShownSheet sheet, Draws draws)
    {
        var seen = sheet.Images.Select(image => See(sheet.Comparison, image.Number, image.IsB).Seen).ToList();
        if (draws.Uniform() < traits.Lapse)
            seen = [.. seen.Select(_ => draws.Uniform())];
        return new PickDraft
        {
            Best = seen.IndexOf(seen.Max()) + 1,
            Worst = seen.IndexOf(seen.Min()) + 1,
            Flagged = [.. Enumerable.Range(1, seen.Count).Where(place => seen[place - 1] < FlaggedBelow)],
        };
    }

    /// <summary>How clearly the rater sees a thing of a comparison, in log-odds, and whether they do not look.</summary>
    private (double Seen, bool Lapses, Draws Draws) See(int comparison, int thing, bool isB)
    {
        var draws = new Draws(seed, OfView, number, comparison, thing);
        var lapses = draws.Uniform() < traits.Lapse;
        var strength = isB ? traits.StrengthB : traits.StrengthA;
        var common = new Draws(seed, OfThing, comparison, thing).Normal(traits.PromptSd);
        return (Base + strength + common + draws.Normal(traits.Noise) + draws.Logistic(), lapses, draws);
    }
}
