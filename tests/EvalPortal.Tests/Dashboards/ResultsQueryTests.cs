using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public sealed class ResultsQueryTests
{
    // decisions: a, b, split, tie, reject, none; leads of A: 1/3, −1, 0, 1/3, 1, none
    private static readonly IReadOnlyList<TalliedComparison> Comparisons =
        TalliedComparison.Of(Table.Of("aab", "bb", "ab", "tta", "rra", ""));

    [Theory]
    [InlineData(OutcomeFilter.Any, "0 1 2 3 4 5")]
    [InlineData(OutcomeFilter.A, "0")]
    [InlineData(OutcomeFilter.B, "1")]
    [InlineData(OutcomeFilter.Split, "2")]
    [InlineData(OutcomeFilter.Tie, "3")]
    [InlineData(OutcomeFilter.Reject, "4")]
    [InlineData(OutcomeFilter.NoVotes, "5")]
    public void Select_Outcome_ListsWhatWasDecidedSo(OutcomeFilter outcome, string expected) =>
        Assert.Equal(expected, Ids(new ResultsQuery { Outcome = outcome }));

    [Theory]
    [InlineData(false, "1 2 0 3 4 5")]
    [InlineData(true, "4 0 3 2 1 5")]
    public void Select_SortedByAxis_PutsTheUnvotedLastEitherWay(bool bestForAFirst, string expected) =>
        Assert.Equal(expected, Ids(new ResultsQuery { SortedBy = Axis.Appeal, BestForAFirst = bestForAFirst }));

    [Fact]
    public void Select_SortedByAnAxisTheStudyHasNot_KeepsTheOrder() =>
        Assert.Equal("0 1 2 3 4 5", Ids(new ResultsQuery { SortedBy = Axis.Flaws }));

    [Fact]
    public void Parse_OwnAddress_GivesTheSameQuery()
    {
        var query = new ResultsQuery
        {
            Votes = VoteSource.Both,
            Exclusions = Exclusions.None,
            Axis = Axis.Flaws,
            Outcome = OutcomeFilter.NoVotes,
            SortedBy = Axis.Appeal,
            BestForAFirst = true,
            Page = 3,
        };

        Assert.Equal("?votes=both&exclusions=none&axis=flaws&outcome=no_votes&sort=-appeal&page=3", query.ToString());
        Assert.Equal(query, ResultsQuery.Parse("both", "flaws", "no_votes", "-appeal", 3, "none"));
        Assert.Equal("", new ResultsQuery().ToString());
    }

    [Fact]
    public void Parse_Nonsense_IsAsIfItWereNotThere() =>
        Assert.Equal(new ResultsQuery(), ResultsQuery.Parse("2", "beauty", "A", "0", -1));

    private static string Ids(ResultsQuery query) =>
        string.Join(' ', query.Select(Comparisons, Axis.Appeal).Select(comparison => comparison.Comparison.ComparisonId));
}
