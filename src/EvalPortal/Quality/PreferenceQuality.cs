using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>How the raters of a study of best and worst picked.</summary>
internal static class PreferenceQuality
{
    /// <summary>Computes it.</summary>
    /// <param name="votes">That count, in order of arrival; those among them that say that the images cannot be judged.</param>
    /// <param name="picks">Of these votes and of others.</param>
    /// <param name="images">All of the study.</param>
    /// <param name="systemA">Every other system is B.</param>
    /// <param name="hasB">Whether there is a B.</param>
    /// <param name="wanted">Votes that the study asks for.</param>
    public static FormQuality Of(
        IReadOnlyList<FormVote> votes, IReadOnlyList<SheetPick> picks, IReadOnlyList<PickableImage> images, long systemA, bool hasB, int wanted)
    {
        var raterOf = votes.ToDictionary(vote => vote.VoteId, vote => vote.RaterId);
        var items = images.GroupBy(image => image.ComparisonId).ToDictionary(item => item.Key, item => item.Select(image => image.ImageId).ToList());
        var isA = images.Where(image => image.SystemId == systemA).Select(image => image.ImageId).ToHashSet();
        var shown = items.Values.Max(item => item.Count); // the same of every prompt
        List<SheetPick> own = [.. picks.Where(pick => raterOf.ContainsKey(pick.VoteId))];
        var best = Categories(pick => pick.BestImageId);
        var worst = Categories(pick => pick.WorstImageId);
        // a vote says two things of an item
        List<CategoryAnswer> both = [.. best.Select(pick => pick with { Unit = 2 * pick.Unit }), .. worst.Select(pick => pick with { Unit = 2 * pick.Unit + 1 })];

        string[] places = [.. Enumerable.Range(1, shown).Select(place => $"with the image in place {place} as the best")];
        var raters = AnswerQuality.OfAll(
            [.. votes.Select(vote => (vote.RaterId, (int?)vote.ResponseMs))], shown, both,
            SameAnswer.AgainstChance(shown, own.Select(pick => (raterOf[pick.VoteId], pick.BestPlace - 1))));
        var (rated, flags) = FormQuality.Flagged(
            raters, votes, places, new RaterFlagRules { StraightLine = 0 }, Influence(own, raterOf, isA, hasB));
        return new FormQuality
        {
            Agreement = [.. OnPick("best", best, shown), .. OnPick("worst", worst, shown), new("Rank correlation", KendallW.MeanSpearman(Rankings(own, items)), "of two raters of a prompt, from Kendall's W")],
            Headline = hasB ? "A's share of the best" : "",
            Same = "Same place of the best",
            Categories = [.. Enumerable.Range(1, shown).Select(place => $"place {place}")],
            Raters = rated,
            Flags = flags,
            Course = FormQuality.CourseOf(
                votes, wanted,
                FormQuality.ByVote(own.Concat(own).Select(pick => pick.VoteId).Zip(CategoryAgreement.OfEach(shown, both))),
                new Dictionary<Guid, HitCount>()),
        };

        List<CategoryAnswer> Categories(Func<SheetPick, long> image) =>
            [.. own.Select(pick => new CategoryAnswer(raterOf[pick.VoteId], pick.ComparisonId, items[pick.ComparisonId].IndexOf(image(pick))))];
    }

    // images of one prompt have nothing in common with those of another, so chance is one in so many, and not how often each place was picked
    private static IEnumerable<FormAgreement> OnPick(string pick, IEnumerable<CategoryAnswer> answers, int shown)
    {
        var table = new RatingTable(shown, answers.Select(answer => (answer.Unit, answer.Category)));
        yield return new($"Same {pick}", PercentAgreement.Of(table, new Random(FormQuality.Seed)), $"two raters of a prompt; {Figures.Percent(1, shown)} by chance");
        yield return new($"Beyond chance, {pick}", BrennanPrediger.Of(table, new Random(FormQuality.Seed)), "Brennan-Prediger");
    }

    private static IEnumerable<IReadOnlyList<IReadOnlyList<double>>> Rankings(IEnumerable<SheetPick> picks, Dictionary<long, List<long>> items) =>
        picks.GroupBy(pick => pick.ComparisonId).Select(item => (IReadOnlyList<IReadOnlyList<double>>)
            [.. item.Select(pick => items[item.Key].ConvertAll(image => image == pick.BestImageId ? 1.0 : image == pick.WorstImageId ? -1 : 0))]);

    private static Func<long, LeftOut> Influence(List<SheetPick> picks, Dictionary<Guid, long> raterOf, HashSet<long> isA, bool hasB)
    {
        var byRater = picks
            .AggregateBy(pick => raterOf[pick.VoteId], _ => default(HitCount), (sum, pick) => sum + HitCount.Of(isA.Contains(pick.BestImageId)))
            .ToDictionary();
        var all = byRater.Values.Aggregate(default(HitCount), (sum, own) => sum + own);
        return rater => hasB ? new LeftOut(all.Share, (all - byRater.GetValueOrDefault(rater)).Share) : new LeftOut(null, null);
    }
}
