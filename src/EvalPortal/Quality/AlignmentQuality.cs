using PixelPost.EvalPortal.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>How the raters of a study of text alignment answered.</summary>
internal static class AlignmentQuality
{
    // in the order of Answer, the last of which, not asked, is no answer
    private static readonly string[] Words = ["yes", "no", "“can't tell”"];

    /// <summary>Computes it.</summary>
    /// <param name="votes">That count, in order of arrival; those among them that say that an image cannot be judged.</param>
    /// <param name="answers">Of these votes and of others.</param>
    /// <param name="systemA">Every other system is B.</param>
    /// <param name="hasB">Whether there is a B.</param>
    /// <param name="wanted">Votes that the study asks for.</param>
    public static FormQuality Of(
        IReadOnlyList<FormVote> votes, IReadOnlyList<SheetAnswer> answers, long systemA, bool hasB, int wanted)
    {
        var raterOf = votes.ToDictionary(vote => vote.VoteId, vote => vote.RaterId);
        List<SheetAnswer> own = [.. answers.Where(answer => raterOf.ContainsKey(answer.VoteId))];
        // a question that was not asked says nothing of its own
        List<SheetAnswer> given = [.. own.Where(answer => answer.Answer != Answer.NotAsked)];
        var units = new Dictionary<(long, long), long>();
        List<CategoryAnswer> categories = [.. given.Select(answer => new CategoryAnswer(
            raterOf[answer.VoteId], Number(units, (answer.ComparisonId, answer.QuestionId)), answer.AnswerNumber))];

        var table = new RatingTable(Words.Length, categories.Select(answer => (answer.Unit, answer.Category)));
        var raters = AnswerQuality.OfAll(
            [.. votes.Select(vote => (vote.RaterId, (int?)vote.ResponseMs))], Words.Length, categories,
            SameAnswer.AgainstTheOthers(Words.Length, categories.Select(answer => (answer.Rater, answer.Category))));
        var influence = Influence(own, raterOf, systemA, hasB);
        var (rated, flags) = FormQuality.Flagged(raters, votes, Words, new RaterFlagRules(), influence);
        return new FormQuality
        {
            Agreement =
            [
                new("Same answer", PercentAgreement.Of(table, new Random(FormQuality.Seed)), "two raters of a question"),
                new("Krippendorff's alpha", KrippendorffAlpha.Nominal(table, new Random(FormQuality.Seed)), "nominal: yes, no, can't tell"),
                new("Gwet's AC1", GwetAc1.Of(table, new Random(FormQuality.Seed)), "stays high where nearly all say yes"),
            ],
            Headline = hasB ? "the alignment rate of A less that of B" : "the alignment rate",
            Same = "Same answer",
            Categories = Words,
            Raters = rated,
            Flags = flags,
            Course = FormQuality.CourseOf(
                votes, wanted,
                FormQuality.ByVote(given.Select(answer => answer.VoteId).Zip(CategoryAgreement.OfEach(Words.Length, categories))),
                FormQuality.ByVote(given.Select(answer => (answer.VoteId, (bool?)(answer.Answer == Answer.CannotTell))))),
        };
    }

    private static long Number(Dictionary<(long, long), long> units, (long, long) unit)
    {
        if (!units.TryGetValue(unit, out var number))
            units.Add(unit, number = units.Count);
        return number;
    }

    /// <summary>The headline without each rater: rates are made of sums, from which a rater's own are taken.</summary>
    private static Func<long, LeftOut> Influence(
        IEnumerable<SheetAnswer> answers, Dictionary<Guid, long> raterOf, long systemA, bool hasB)
    {
        var all = (A: default(HitCount), B: default(HitCount));
        var raters = new Dictionary<long, (HitCount A, HitCount B)>();
        foreach (var answer in answers)
        {
            var rater = raterOf[answer.VoteId];
            var one = HitCount.Of(answer.Right);
            var (a, b) = answer.SystemId == systemA ? (one, default) : (default(HitCount), one);
            var sums = raters.GetValueOrDefault(rater);
            raters[rater] = (sums.A + a, sums.B + b);
            all = (all.A + a, all.B + b);
        }

        return rater =>
        {
            var (a, b) = raters.GetValueOrDefault(rater);
            return new LeftOut(Headline(all.A, all.B), Headline(all.A - a, all.B - b));
        };

        double? Headline(HitCount a, HitCount b) => hasB ? a.Share - b.Share : a.Share;
    }
}
