using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Tests.Dashboards;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class ExclusionSetTests
{
    // raters 0 to 3, of whom 1 is simulated
    private static readonly VoteTable Votes = Table.Of("aBat", "bBab", "tA");

    [Fact]
    public void Of_NobodyExcluded_SaysSo() =>
        Assert.Equal(("none", "with no rater excluded"), Told(Votes, Exclusions.Applied));

    [Fact]
    public void Of_ExcludedRaters_CountsTheirVotes()
    {
        var table = Votes with { Excluded = Excluded((3, 12), (0, 20), (99, 4)) };

        Assert.Equal(("12 20", "without 2 excluded raters (5 votes)"), Told(table, Exclusions.Applied));
        Assert.Equal(("none", "with 2 excluded raters (5 votes)"), Told(table, Exclusions.None));
    }

    [Fact]
    public void Of_OneSource_NamesItsRatersOnly()
    {
        var table = Votes with { Excluded = Excluded((1, 7)) };

        Assert.Equal("with no rater excluded", StudyReport.Of(table, VoteSource.Real).Exclusions.ToWords());
        Assert.Equal("without 1 excluded rater (3 votes)", StudyReport.Of(table, VoteSource.Simulated).Exclusions.ToWords());
    }

    [Theory, MemberData(nameof(StudyReportTests.Seeds), MemberType = typeof(StudyReportTests))]
    public void Report_ExcludedRaters_IsAsIfTheyHadNeverVoted(int seed)
    {
        var table = Table.Random(seed);
        var excluded = Excluded((0, 1), (2, 2), (5, 3));

        var report = StudyReport.Of(table with { Excluded = excluded }, VoteSource.Both);

        var never = StudyReport.Of(table with { Votes = [.. table.Votes.Where(vote => vote.RaterId is not (0 or 2 or 5))] }, VoteSource.Both);
        Assert.Equivalent(never with { Exclusions = report.Exclusions }, report, strict: true);
        Assert.Equal(table.Votes.Count, report.Votes + report.Exclusions.Votes);
        Assert.Equal(table.Votes.Count, StudyReport.Of(table with { Excluded = excluded }, VoteSource.Both, Exclusions.None).Votes);
    }

    private static Dictionary<long, long> Excluded(params (long Rater, long Exclusion)[] raters) =>
        raters.ToDictionary(rater => rater.Rater, rater => rater.Exclusion);

    private static (string, string) Told(VoteTable table, Exclusions exclusions)
    {
        var set = ExclusionSet.Of(table, exclusions);
        return (set.Name, set.ToWords());
    }
}
