using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Bundles;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public class RecordedVoteStoreTests
{
    /// <summary>Column by column the long list is read by hand, and its parts are by Dapper, by the names of the columns.</summary>
    [SkippableTheory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Read_VotesOfEveryKind_AreAsDapperReadsThem(DatabaseKind kind)
    {
        await using var home = await BundleHome.OpenAsync(kind);
        var votes = home.Get<RecordedVoteStore>();
        foreach (var study in new[] { await BundledStudies.PairsAsync(home), await BundledStudies.AlignmentAsync(home) })
        {
            var all = await votes.ReadAsync(study.StudyId).ToListAsync();

            Assert.True(all.Count > 10);
            Assert.Equal(await votes.ListAfterAsync(study.StudyId, after: null, DateTimeOffset.MaxValue.AddYears(-1), limit: 100_000), all);
        }
    }
}
