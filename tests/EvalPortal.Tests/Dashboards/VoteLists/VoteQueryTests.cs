using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Dashboards.Slices;
using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Dashboards.VoteLists;

public sealed class VoteQueryTests
{
    [Fact]
    public void Address_EveryPart_ReadsBackAsItWas()
    {
        var query = new VoteQuery
        {
            Source = VoteSource.Both,
            Exclusions = Exclusions.None,
            Show = VoteShow.All,
            Axis = Axis.Appeal,
            Outcome = VoteOutcome.Reject,
            Comparison = 3,
            Prompt = 4,
            Category = "people & animals",
            System = 5,
            Rater = "R-1",
            Flaw = "hands",
            Input = "touch",
            Screen = ScreenKind.Phone,
            Group = RaterGroup.OpenLink,
            After = new VoteKey(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero), Guid.CreateVersion7()),
        };

        Assert.Equal(query, VoteQuery.Parse(query.Address(1)[query.Address(1).IndexOf('?', StringComparison.Ordinal)..]));
        Assert.Equal("/studies/1/votes", new VoteQuery().Address(1));
    }

    [Theory]
    [InlineData("?axis=beauty&outcome=&comparison=x&after=yesterday&show=some")]
    [InlineData("?after=2026-03-01_no-id&group=")]
    public void Parse_WhatItDoesNotKnow_IsAsIfItWereNotThere(string query) => Assert.Equal(new VoteQuery(), VoteQuery.Parse(query));

    [Theory]
    [InlineData("?by=prompt&axis=appeal&sort=-figure&name=fox&page=3&votes=both&exclusions=none")]
    [InlineData("?by=group&sort=p_value")]
    public void Slices_Address_ReadsBackAsItWas(string query)
    {
        var parsed = SliceQuery.Parse(query);

        Assert.Equal(parsed, SliceQuery.Parse(parsed.Address(1)[parsed.Address(1).IndexOf('?', StringComparison.Ordinal)..]));
        Assert.NotEqual(new SliceQuery(), parsed);
    }
}
