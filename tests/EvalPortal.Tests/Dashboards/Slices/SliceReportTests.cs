using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Dashboards.Slices;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards.Slices;

public sealed class SliceReportTests
{
    /// <summary>40 prompts by 12 raters; A wins four of five on the even ones and half on the odd ones, and the last prompt is a slice of its own.</summary>
    private static readonly VoteTable Votes = Table.Of([.. Enumerable.Range(0, 40).Select(prompt => new string([.. Enumerable.Range(0, 12)
        .Select(rater => (prompt % 2 == 0 ? (prompt * 7 + rater * 3) % 5 > 0 : (prompt / 2 + rater) % 2 > 0) ? 'a' : 'b')]))]);

    private static readonly Dictionary<long, long> PromptOf = Votes.Comparisons.ToDictionary(comparison => comparison.ComparisonId, comparison => comparison.PromptId);

    private static SliceReport Report => SliceReport.OfPairs(Votes.Votes, PromptOf, KeyOf, key => $"the {key} ones");

    [Fact]
    public void OfPairs_Slices_AddUpToAllVotesAndAreClusteredAsTheHeadline()
    {
        Assert.Equal(["the even ones", "the last ones", "the odd ones"], Report.Slices.Select(slice => slice.Name));
        Assert.Equal(480, Report.Slices.Sum(slice => slice.Votes));
        var even = Report.Slices[0];
        var alone = Votes with { Votes = [.. Votes.Votes.Where(vote => KeyOf(vote) == "even")] };
        var headline = StudyReport.Of(alone, VoteSource.Real).Axes[0].VoteNetWinRate;
        Assert.Equal((headline.Estimate, headline.PValue), (even.Figures[0], even.PValue));
        Assert.Equal((240, 20, 12), (even.Outcomes!.Total, even.Prompts, even.Raters));
    }

    [Fact]
    public void OfPairs_SmallSlice_HasNoTestAndStaysInTheFamily()
    {
        var (even, last, odd) = (Report.Slices[0], Report.Slices[1], Report.Slices[2]);

        Assert.Equal((true, null, null), (last.IsSmall, last.PValue, last.AdjustedPValue));
        Assert.False(even.IsSmall || odd.IsSmall);
        Assert.Equal(FamilyAdjustment.Holm([even.PValue, null, odd.PValue]), [even.AdjustedPValue, null, odd.AdjustedPValue]);
        Assert.True(even.AdjustedPValue > even.PValue);
    }

    [Fact]
    public void OfPairs_ByPrompt_RestsOnRaters()
    {
        var slices = SliceReport.OfPairs(Votes.Votes, PromptOf, vote => vote.ComparisonId.ToString(CultureInfo.InvariantCulture), key => key).Slices;

        Assert.All(slices, slice => Assert.Equal((12, true), (slice.Votes, slice.IsSmall)));
        var doubled = Table.Of([.. Enumerable.Range(0, 1).Select(_ => new string('a', 20) + new string('b', 15))]);
        var large = Assert.Single(SliceReport.OfPairs(doubled.Votes, new Dictionary<long, long> { [0] = 0 }, _ => "x", key => key).Slices);
        Assert.Equal((false, 35), (large.IsSmall, large.Raters));
        Assert.Contains("by rater", large.Figures[0].Method, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_OrderAndName_ShowWhatIsAskedFor()
    {
        Assert.Equal("the even ones", SliceQuery.Parse("?sort=-figure").Select(Report.Slices)[0].Name);
        Assert.Equal("the last ones", SliceQuery.Parse("?sort=-p_value").Select(Report.Slices)[0].Name);
        Assert.Equal(["the odd ones"], SliceQuery.Parse("?name=ODD").Select(Report.Slices).Select(slice => slice.Name));
    }

    private static string KeyOf(CountingVote vote) => vote.ComparisonId == 39 ? "last" : vote.ComparisonId % 2 == 0 ? "even" : "odd";
}
