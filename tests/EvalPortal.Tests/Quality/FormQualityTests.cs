using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class FormQualityTests
{
    private const long A = 1;
    private const long B = 2;

    /// <summary>
    /// By hand. An image of each system, a question each: two of three say yes to A's, one of three to B's; a second question about B's
    /// was asked of one rater. A less B: 2/3 − 2/6; without rater 3, who is the odd one on both first questions: 1 − 0.
    /// </summary>
    [Fact]
    public void Alignment_SmallStudy_MatchesHandCount()
    {
        var votes = Votes(3, 2);
        List<SheetAnswer> answers = [];
        foreach (var (rater, a, b, second) in ((int, Answer, Answer, Answer)[])[(1, Answer.Yes, Answer.No, Answer.NotAsked), (2, Answer.Yes, Answer.No, Answer.NotAsked), (3, Answer.No, Answer.Yes, Answer.Yes)])
        {
            answers.Add(Said(votes[2 * rater - 2], comparison: 1, question: 1, a, A));
            answers.Add(Said(votes[2 * rater - 1], 2, 2, b, B));
            answers.Add(Said(votes[2 * rater - 1], 2, 3, second, B));
        }

        var form = AlignmentQuality.Of(votes, answers, A, hasB: true, wanted: 6);

        var raters = form.Raters.ToDictionary(rater => rater.Quality.Rater);
        Assert.Equal(2 / 3.0 - 2 / 6.0, raters[3].Influence.WithAll!.Value, 1e-12);
        Assert.Equal(1, raters[3].Influence.Without!.Value, 1e-12);
        Assert.Equal((0, 2, 2), (raters[3].Quality.Agreement.Hits, raters[3].Quality.Agreement.Cases, raters[3].Quality.Votes));
        Assert.Equal(0, raters[1].Quality.Agreement.Cases); // the two others are one against one
        Assert.Equal("yes, 66.7 %", QualityWords.Same(raters[3].Quality.Same, form.Categories).Replace('\u00A0', ' '));
        Assert.Equal(1 / 3.0, form.Agreement[0].Value.Value!.Value, 1e-12); // one pair of three on both questions with three answers
        Assert.Empty(form.Flags);
    }

    /// <summary>Always yes, half of all images being wrong.</summary>
    [Fact]
    public void Alignment_AlwaysYes_IsProposedForExclusion()
    {
        var votes = Votes(5, 80);
        var answers = votes.Select((vote, i) => Said(vote, i % 80, i % 80, vote.RaterId == 1 || i % 2 == 0 ? Answer.Yes : Answer.No, A)).ToList();

        var form = AlignmentQuality.Of(votes, answers, A, hasB: false, wanted: 400);

        Assert.Equal([(1L, RaterFlagKind.LowAgreement), (1, RaterFlagKind.Streak)], form.Flags.Select(flag => (flag.Rater, flag.Kind)));
        Assert.StartsWith("Answered yes 80 of 80 times (100 %); 50 % is to be expected.", form.Flags[1].Sentence, StringComparison.Ordinal);
        Assert.Equal(1, form.Raters[0].Quality.Rater);
    }

    /// <summary>
    /// By hand: of four images two of three raters pick 1 over 4, the third 2 over 4. Same best: one pair of three; by chance 1/4, so
    /// (1/3 − 1/4)/(3/4); same worst: 1. Spearman: 1, ½, ½. A has images 1 and 3.
    /// </summary>
    [Fact]
    public void Preference_OneItem_MatchesHandCount()
    {
        var votes = Votes(3, 1);
        List<SheetPick> picks = [Pick(votes[0], 1, 1, 4), Pick(votes[1], 1, 1, 4), Pick(votes[2], 1, 2, 4)];

        var form = PreferenceQuality.Of(votes, picks, Images(1), A, hasB: true, wanted: 3);

        var agreement = form.Agreement.ToDictionary(measure => measure.Name, measure => measure.Value.Value);
        Assert.Equal(1 / 3.0, agreement["Same best"]!.Value, 1e-12);
        Assert.Equal(1 / 9.0, agreement["Beyond chance, best"]!.Value, 1e-12);
        Assert.Equal(1, agreement["Same worst"]!.Value, 1e-12);
        Assert.Equal(2 / 3.0, agreement["Rank correlation"]!.Value, 1e-12);
        var third = form.Raters.Single(rater => rater.Quality.Rater == 3);
        Assert.Equal((1, 2), (third.Quality.Agreement.Hits, third.Quality.Agreement.Cases));
        Assert.Equal(1 / 3.0, third.Influence.Change!.Value, 1e-12);
        Assert.Empty(form.Flags);
    }

    [Fact]
    public void Preference_AlwaysTheSamePlace_IsProposedForExclusion()
    {
        var (votes, random) = (Votes(4, 30), new Random(20240917));
        var picks = votes.Select((vote, i) => Pick(vote, i % 30, 1, 4) with { BestPlace = vote.RaterId == 2 ? 3 : random.Next(1, 5) }).ToList();

        var form = PreferenceQuality.Of(votes, picks, Images(30), A, hasB: true, wanted: 120);

        Assert.Equal([(2L, RaterFlagKind.Streak)], form.Flags.Select(flag => (flag.Rater, flag.Kind)));
        Assert.StartsWith("Answered with the image in place 3 as the best 30 of 30 times (100 %); 25 % is to be expected.", form.Flags[0].Sentence, StringComparison.Ordinal);
        Assert.Equal("place 3, 100.0 %", QualityWords.Same(form.Raters[0].Quality.Same, form.Categories).Replace('\u00A0', ' '));
    }

    [Fact]
    public void Forms_NothingButRejects_AreUnknownAndAccuseNobody()
    {
        List<FormVote> votes = [.. Votes(3, 4).Select(vote => vote with { Rejected = true })];

        foreach (var form in (FormQuality[])[AlignmentQuality.Of(votes, [], A, hasB: true, 12), PreferenceQuality.Of(votes, [], Images(4), A, hasB: true, 12)])
        {
            Assert.All(form.Agreement, measure => Assert.NotNull(measure.Value.Reason));
            Assert.All(form.Raters, rater => Assert.Equal(
                (4, QualityWords.Unknown, QualityWords.Unknown, QualityWords.Unknown),
                (rater.Rejected, QualityWords.Rate(rater.Quality.Agreement), QualityWords.Same(rater.Quality.Same, form.Categories), QualityWords.Influence(rater.Influence))));
            Assert.Empty(form.Flags);
        }
    }

    /// <summary>Raters 1, 2, … with so many votes each, one rater after the other.</summary>
    private static List<FormVote> Votes(int raters, int each) =>
    [
        .. from rater in Enumerable.Range(1, raters)
           from vote in Enumerable.Range(0, each)
           select new FormVote
           {
               VoteId = Guid.CreateVersion7(), RaterId = rater, Simulated = false, Rejected = false, ResponseMs = 4_000,
               ReceivedAt = DateTimeOffset.UnixEpoch.AddMinutes(vote),
           },
    ];

    private static SheetAnswer Said(FormVote vote, long comparison, long question, Answer answer, long system) =>
        new() { VoteId = vote.VoteId, ComparisonId = comparison, QuestionId = question, AnswerNumber = (int)answer, Right = answer == Answer.Yes, SystemId = system };

    private static SheetPick Pick(FormVote vote, long comparison, int best, int worst) =>
        new() { VoteId = vote.VoteId, ComparisonId = comparison, BestImageId = 10 * comparison + best, WorstImageId = 10 * comparison + worst, BestPlace = best };

    /// <summary>Four images of each item, A's and B's in turn.</summary>
    private static List<PickableImage> Images(int items) =>
    [
        .. from item in Enumerable.Range(0, items + 1)
           from image in Enumerable.Range(1, 4)
           select new PickableImage { ComparisonId = item, Prompt = "a fox", ImageId = 10 * item + image, SystemId = image % 2 == 1 ? A : B, Sha256 = "" },
    ];
}
