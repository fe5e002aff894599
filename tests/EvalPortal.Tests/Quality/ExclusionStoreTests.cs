using System.Data.Common;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class ExclusionStoreOnSqlite() : ExclusionStoreTests(DatabaseKind.Sqlite);

public sealed class ExclusionStoreOnPostgres() : ExclusionStoreTests(DatabaseKind.Postgres);

public abstract class ExclusionStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private JudgedStudy _judged = null!;

    private Study Study => _judged.Study;

    private ResultsStore Results => new(Db, new ComparisonStore(Db));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 3);
    }

    [SkippableFact]
    public async Task Exclude_ThenLift_KeepsWhoWhenAndWhy()
    {
        var rater = await _judged.RateAsync("aab");
        var id = await _judged.Exclusions.ExcludeAsync(Study.StudyId, rater.RaterId, RaterFlagKind.LowSelfConsistency, "  Changes their mind. ", _judged.Researcher);
        var excludedAt = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));

        await _judged.LiftAsync(id);

        Assert.Equal(
            new Exclusion
            {
                ExclusionId = id,
                StudyId = Study.StudyId,
                RaterId = rater.RaterId,
                Pseudonym = await _judged.PseudonymAsync(rater),
                Simulated = false,
                Flag = RaterFlagKind.LowSelfConsistency,
                Reason = "Changes their mind.",
                ExcludedBy = "Ada",
                ExcludedAt = excludedAt,
                LiftedBy = "Ada",
                LiftedAt = Clock.GetUtcNow(),
            },
            Assert.Single(await _judged.Exclusions.ListAsync(Study.StudyId)));
    }

    [SkippableFact]
    public async Task Exclude_EveryKindOfFlagAndNone_ReadsBackAsItWas()
    {
        var kinds = Enum.GetValues<RaterFlagKind>().Cast<RaterFlagKind?>().Append(null).ToList();
        foreach (var kind in kinds)
            await _judged.ExcludeAsync(await _judged.RateAsync("a"), kind);

        var exclusions = await _judged.Exclusions.ListAsync(Study.StudyId);

        Assert.Equal(kinds, exclusions.Select(exclusion => exclusion.Flag));
        Assert.Equal("manual", exclusions[^1].Rule);
        Assert.All(exclusions, exclusion => Assert.True(exclusion.IsInForce));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Exclude_WithoutReason_IsRefused(string reason)
    {
        var rater = await _judged.RateAsync("a");

        await Assert.ThrowsAsync<RefusedException>(() => _judged.Exclusions.ExcludeAsync(Study.StudyId, rater.RaterId, null, reason, _judged.Researcher));

        Assert.Empty(await _judged.Exclusions.ListAsync(Study.StudyId));
    }

    [SkippableFact]
    public async Task Exclude_Twice_IsRefusedUntilTheFirstIsLifted()
    {
        var rater = await _judged.RateAsync("a");
        var first = await _judged.ExcludeAsync(rater);
        await Assert.ThrowsAsync<RefusedException>(() => _judged.ExcludeAsync(rater));

        await _judged.LiftAsync(first);
        await Assert.ThrowsAsync<RefusedException>(() => _judged.LiftAsync(first));
        await _judged.ExcludeAsync(rater);

        Assert.Equal([false, true], (await _judged.Exclusions.ListAsync(Study.StudyId)).Select(exclusion => exclusion.IsInForce));
    }

    [SkippableFact]
    public async Task Exclude_RaterOfAnotherStudy_IsRefused()
    {
        var other = await Seeds.StudyAsync("a dog");
        var rater = await _judged.RateAsync("a");

        await Assert.ThrowsAnyAsync<DbException>(() => _judged.Exclusions.ExcludeAsync(other.StudyId, rater.RaterId, null, "Not here.", _judged.Researcher));
    }

    [SkippableTheory]
    [InlineData("DELETE FROM exclusion")]
    [InlineData("UPDATE exclusion SET reason = 'another', lifted_at = 'x', lifted_by_account_id = excluded_by_account_id")]
    [InlineData("UPDATE exclusion SET rule = 'streak'")]
    [InlineData("UPDATE exclusion SET lifted_at = NULL, lifted_by_account_id = NULL")]
    public async Task Exclusion_ChangedOtherThanByLifting_IsRefused(string sql)
    {
        await _judged.ExcludeAsync(await _judged.RateAsync("a"));
        var before = await _judged.Exclusions.ListAsync(Study.StudyId);

        await Assert.ThrowsAnyAsync<DbException>(() => _judged.ExecuteAsync(sql));

        Assert.Equal(before, await _judged.Exclusions.ListAsync(Study.StudyId));
    }

    [SkippableFact]
    public async Task Exclusion_LiftedOne_StaysLifted()
    {
        await _judged.LiftAsync(await _judged.ExcludeAsync(await _judged.RateAsync("a")));

        await Assert.ThrowsAnyAsync<DbException>(() => _judged.ExecuteAsync("UPDATE exclusion SET lifted_at = NULL, lifted_by_account_id = NULL"));
    }

    /// <summary>By hand: a a b against b b b twice; without the first rater b wins all three.</summary>
    [SkippableFact]
    public async Task ReadResults_ExcludedRater_VotesAreThereAndLeftOut()
    {
        var excluded = await _judged.RateAsync("aab");
        await _judged.RateAsync("bb ");
        var id = await _judged.ExcludeAsync(excluded);

        var table = await Results.ReadAsync(Study);
        var (applied, none) = (StudyReport.Of(table, VoteSource.Real), StudyReport.Of(table, VoteSource.Real, Exclusions.None));

        Assert.Equal(5, table.Votes.Count);
        Assert.Equal(new Dictionary<long, long> { [excluded.RaterId] = id }, table.Excluded);
        Assert.Equal(new OutcomeCounts(a: 0, b: 2, tie: 0), applied.Axes[0].Decisions);
        Assert.Equal(new OutcomeCounts(a: 0, b: 1, tie: 0, reject: 0, split: 2), none.Axes[0].Decisions);
    }

    [SkippableFact]
    public async Task Progress_ExcludedRater_CountsOnAndIsToldApart()
    {
        var excluded = await _judged.RateAsync("aab");
        await _judged.RateAsync("bb ");
        await _judged.ExcludeAsync(await _judged.RateAsync("ttt", simulated: true));
        var id = await _judged.ExcludeAsync(excluded);

        Assert.Equal((5, 3), await FlawsAsync());
        await _judged.LiftAsync(id);
        Assert.Equal((5, 0), await FlawsAsync());

        async Task<(int, int)> FlawsAsync()
        {
            var flaws = (await new ProgressStore(Db).ListAsync(Study.StudyId)).Single(axis => axis.Axis == Axis.Flaws);
            return (flaws.RealVotes, flaws.ExcludedVotes);
        }
    }

    [SkippableFact]
    public async Task Stamp_RaterExcludedAndCountedAgain_ChangesEachTime()
    {
        var rater = await _judged.RateAsync("a");
        var before = await Results.ReadStampAsync(Study.StudyId);
        var id = await _judged.ExcludeAsync(rater);
        var excluded = await Results.ReadStampAsync(Study.StudyId);
        await _judged.LiftAsync(id);
        var lifted = await Results.ReadStampAsync(Study.StudyId);

        Assert.Equal(3, new[] { before, excluded, lifted }.Distinct().Count());
    }
}
