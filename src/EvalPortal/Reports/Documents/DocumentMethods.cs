using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>Writes the methods paragraph of a report on studies and keeps what it cites.</summary>
internal sealed class DocumentMethods(IReadOnlyList<StudyResult> studies, IReadOnlyList<(string Axis, RankingResult Ranking)> rankings)
{
    private readonly List<Reference> _cited = [];

    private IEnumerable<StudyResult> Pairs => studies.Where(study => study.Pairs is not null);

    private IEnumerable<StudyResult> Alignment => studies.Where(study => study.Alignment is not null);

    private IEnumerable<StudyResult> Picks => studies.Where(study => study.Preference is not null);

    /// <summary>The paragraph, and under it what it cites.</summary>
    public DocumentSection Write()
    {
        var text = string.Join(' ', Sentences());
        return new DocumentSection("Methods", [new Paragraph(text), new BulletList([.. _cited.OrderBy(reference => reference.Key, StringComparer.Ordinal).Select(reference => reference.Text)])]);
    }

    private IEnumerable<string> Sentences()
    {
        foreach (var study in studies)
            yield return Material(study);
        if (studies.Any(study => study.CountsSimulated))
            yield return "The votes, or some of them, are simulated.";
        foreach (var sentence in Pairs.Any() ? OfPairs() : [])
            yield return sentence;
        foreach (var sentence in Alignment.Any() ? OfAlignment() : [])
            yield return sentence;
        foreach (var sentence in Picks.Any() ? OfPicks() : [])
            yield return sentence;
        yield return OfExclusions();
        yield return OfPlans();
        yield return $"Computed with PixelPost {MethodsText.Version} from {DocumentWords.List([.. studies.Select(study => $"{study.Data.File.Name} (SHA-256 {study.Data.File.Sha256[..Math.Min(12, study.Data.File.Sha256.Length)]}…)")])}.";
    }

    private static string Material(StudyResult study)
    {
        var data = study.Data;
        var what = data.SystemB.Length == 0 ? $"{data.SystemA} was judged" : $"{data.SystemA} (A) was compared with {data.SystemB} (B)";
        return study switch
        {
            { Pairs: { } pairs } => $"{what} side by side on {DocumentWords.List([.. pairs.Axes.Select(axis => DocumentWords.Axis(axis.Axis).ToLowerInvariant())])}: {Figures.Count(pairs.Votes, "vote")} by {Figures.Count(pairs.Raters, "rater")} on {Figures.Count(pairs.Comparisons.Count, "comparison")}"
                + (data.IsDescribed ? $", {data.Study.VotesPerComparison} votes wanted on each." : "."),
            { Alignment: { } alignment } => $"{what} by yes/no questions about one image at a time: {Figures.Count(alignment.Sheets, "sheet")} about {Figures.Count(alignment.Images, "image")} of {Figures.Count(alignment.Prompts, "prompt")} by {Figures.Count(alignment.Raters, "rater")}.",
            _ => $"{what} by picking the best and the worst of several images of a prompt: {Figures.Count(study.Preference!.Votes, "vote")} by {Figures.Count(study.Preference.Raters, "rater")} on {Figures.Count(study.Preference.Items.Count(item => item.Votes > 0), "prompt")}.",
        };
    }

    private IEnumerable<string> OfPairs()
    {
        var axes = Pairs.SelectMany(study => study.Pairs!.Axes).ToList();
        yield return "A comparison is decided by the answer that most of its raters gave, and is a split where two answers share the first place; the net win rate is (wins − losses)/n, with ties and splits in n and rejected comparisons left out.";
        var (tango, clustered) = (axes.Any(axis => axis.NetWinRate.Method.StartsWith("Tango", StringComparison.Ordinal)), axes.Any(axis => axis.NetWinRate.Method.Contains("cluster", StringComparison.Ordinal)));
        var intervals = new[]
        {
            tango ? $"95 % Tango score intervals ({Cite(Reference.Tango)})" : null,
            clustered ? $"95 % t intervals cluster-robust by prompt where a prompt has several comparisons ({Cite(Reference.LiangZeger)})" : null,
        }.OfType<string>().ToList();
        yield return $"Net win rates of decisions have {DocumentWords.List(intervals)}.";
        var tests = axes.Select(axis => axis.Test).Distinct().Select(test => test == PlannedTest.VoteNetWinRate
            ? "a two-sided t test of the net win rate in votes, cluster-robust by prompt and rater"
            : $"an exact two-sided sign test on the decisions, ties and splits dropped ({Cite(Reference.DixonMood)})").ToList();
        yield return $"That neither system is better was tested by {DocumentWords.List(tests)}{Family(axes)}."
            + (clustered && axes.Any(axis => axis.Test != PlannedTest.VoteNetWinRate) ? " The sign test takes the comparisons of one prompt for independent; the figure over votes does not." : "");
        yield return $"Net win rates of votes have 95 % t intervals with standard errors cluster-robust by prompt and rater (cr1; {Cite(Reference.LiangZeger)}; {Cite(Reference.CameronGelbachMiller)}).";
        yield return $"Agreement is given as the share of agreeing pairs of raters, Krippendorff's alpha ({Cite(Reference.Krippendorff)}) and Gwet's AC1 ({Cite(Reference.Gwet)}), with 95 % percentile bootstrap intervals over comparisons ({Cite(Reference.EfronTibshirani)}).";
        if (rankings.FirstOrDefault(one => one.Ranking.Systems is not null).Ranking is { } ranking)
            yield return Ranking(ranking);
    }

    private string Ranking(RankingResult ranking)
    {
        var model = ranking.ModelsTies ? $"Davidson's model, which has a parameter for ties ({Cite(Reference.Davidson)})" : $"the model of Bradley and Terry ({Cite(Reference.BradleyTerry)})";
        var ranks = ranking.RankReason is null
            ? string.Create(CultureInfo.InvariantCulture, $"; intervals of ranks and the chance of being best are from {ranking.Replicates:N0} bootstrap resamples of the prompts ({Cite(Reference.GoldsteinSpiegelhalter)})")
            : "";
        return $"Systems are ranked by maximum likelihood with {model}; strengths have 95 % t intervals from a sandwich covariance clustered by prompt and rater ({Cite(Reference.LiangZeger)}){ranks}.";
    }

    private string Family(List<AxisReport> axes)
    {
        var sizes = axes.Where(axis => axis.IsInFamily).Select(axis => axis.FamilySize).Distinct().Order().ToList();
        var words = sizes is [.., > 1]
            ? $", with p-values adjusted by Holm's method ({Cite(Reference.Holm)}) over the {DocumentWords.List([.. sizes.Where(size => size > 1).Select(size => Figures.Whole(size))])} {(Pairs.Any(study => study.Plan is not null) ? "planned " : "")}tests of the family"
            + (Pairs.Count() > 1 && Pairs.All(study => study.Plan is not { WithLinked: true }) ? " of each study" : "")
            : "";
        return axes.Exists(axis => !axis.IsInFamily) ? $"{words}; tests outside of the planned family stand alone" : words;
    }

    private IEnumerable<string> OfAlignment()
    {
        yield return "The alignment rate is the share of questions that were answered as expected, those among the questions that were not asked because one before was not answered yes; rates and their difference have 95 % t intervals cluster-robust by prompt (cr1; " + Cite(Reference.LiangZeger) + ").";
        var margins = Alignment.Where(study => study.Alignment!.NonInferiority is not null).Select(study => (study.Alignment!.Margin, study.Significance)).Distinct().ToList();
        foreach (var (margin, significance) in margins)
            yield return $"Whether A is no more than {PlanNumbers.Points(margin)} percentage points worse than B was tested one-sided, and whether the two are within that margin by two one-sided tests, at {PlanNumbers.Level(significance)} ({Cite(Reference.Schuirmann)}).";
    }

    private IEnumerable<string> OfPicks()
    {
        yield return "Best less worst picks decide: of a prompt the image that is alone at the top is chosen and the one that is alone at the bottom rejected.";
        if (Picks.Any(study => study.Preference!.Systems.Count > 1))
            yield return $"Shares of picks have 95 % t intervals cluster-robust by prompt (cr1; {Cite(Reference.LiangZeger)}).";
    }

    private string OfExclusions()
    {
        var (raters, votes) = (studies.Sum(study => study.Left.Raters), studies.Sum(study => study.Left.Votes));
        var who = studies.Count > 1 ? $"{Figures.Count(raters, "exclusion")} of raters" : Figures.Count(raters, "excluded rater");
        return raters == 0 ? "No rater was excluded."
            : studies[0].View.Exclusions == Exclusions.Applied ? $"The votes of {who} ({Figures.Count(votes, "vote")}) are left out."
            : $"The votes of {who} ({Figures.Count(votes, "vote")}) are counted all the same.";
    }

    private string OfPlans()
    {
        var planned = studies.Where(study => study.Reading is not null).ToList();
        if (planned.Count == 0)
            return studies.Any(study => study.Data.IsDescribed) ? "No analysis plan was locked." : "";
        var amendments = planned.Sum(study => study.Data.Plans.Count - 1);
        var departures = planned.Sum(study => study.Reading!.Departures.Count);
        return $"The analysis was planned in writing{(planned.Count < studies.Count ? $" for {planned.Count} of {studies.Count} studies" : "")}, with {Figures.Count(amendments, "amendment")}; the report is {(departures == 0 ? "as planned" : $"not as planned in {Figures.Count(departures, "way")}, which are listed")}.";
    }

    private string Cite(Reference reference)
    {
        if (!_cited.Contains(reference))
            _cited.Add(reference);
        return reference.Key;
    }
}
