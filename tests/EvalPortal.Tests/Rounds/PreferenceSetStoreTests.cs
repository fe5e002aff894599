using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Quality;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class PreferenceSetStoreOnSqlite() : PreferenceSetStoreTests(DatabaseKind.Sqlite);

public sealed class PreferenceSetStoreOnPostgres() : PreferenceSetStoreTests(DatabaseKind.Postgres);

public abstract class PreferenceSetStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private Study _study = null!;

    private PreferenceSetStore Sets => new(Db, new ComparisonStore(Db), new RecordedPickStore(Db), new AskedImageStore(Db), Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await Seeds.StudyAsync("a fox", "a hen", "a cat");
        await Seeds.VoteAsync(_study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(_study, 1, Axis.Appeal, "b");
        await Seeds.VoteAsync(_study, 2, Axis.Flaws, "tie");
        await Seeds.VoteAsync(_study, 2, Axis.Flaws, "b", simulated: true);
        await Seeds.VoteAsync(_study, 2, Axis.Flaws, "b", simulated: true);
    }

    [SkippableFact]
    public async Task Freeze_PeoplesVotes_LeavesSimulatedOnesOut()
    {
        var id = await Sets.FreezeAsync("set", _study.StudyId, AxisRule.FlawsThenAppeal, VoteSource.Real, createdByAccountId: null);

        var set = (await Sets.FindAsync(id))!;
        var pair = Assert.Single(await Sets.ListPairsAsync(id));
        Assert.Equal((AxisRule.FlawsThenAppeal, VoteSource.Real, 1, new LeftOut { Ties = 1, Unvoted = 1 }), (set.AxisRule, set.VoteSource, set.PairCount, set.LeftOut));
        Assert.Equal(("a fox", Axis.Flaws, 1, 0, 0), (pair.Prompt, pair.Axis, pair.VotesChosen, pair.VotesRejected, pair.VotesTie));
        Assert.Equal(PreferenceFreeze.Sha256([pair]), set.Sha256);
        Assert.Equal(set, Assert.Single(await Sets.ListAsync(_study.StudyId)));
    }

    [SkippableTheory]
    [InlineData(VoteSource.Simulated, 1, 0)]
    [InlineData(VoteSource.Both, 2, 0)]
    public async Task Freeze_OtherSources_TakeTheirVotes(VoteSource source, int pairs, int ties)
    {
        var id = await Sets.FreezeAsync("set", _study.StudyId, AxisRule.Flaws, source, createdByAccountId: null);

        var set = (await Sets.FindAsync(id))!;
        Assert.Equal((pairs, ties), (set.PairCount, set.LeftOut.Ties));
        Assert.Equal(3, set.PairCount + set.LeftOut.Total());
    }

    /// <summary>By hand: a against b is a split, a against b b is b; without the second rater the first is a and the second a split.</summary>
    [SkippableFact]
    public async Task Freeze_ExcludedRater_IsFrozenWithoutAndSaysSo()
    {
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 2);
        await judged.RateAsync("aa");
        var excluded = await judged.RateAsync("bb");
        await judged.RateAsync(" b");
        var exclusion = await judged.ExcludeAsync(excluded);

        var id = await Sets.FreezeAsync("set", judged.Study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);

        var set = (await Sets.FindAsync(id))!;
        Assert.Equal(new LeftOut { Splits = 1, ExclusionSet = $"{exclusion}", ExcludedVotes = 2 }, set.LeftOut);
        Assert.Equal("without 1 excluded rater (2 votes)", set.LeftOut.ToExclusions().ToWords());
        Assert.Equal(("prompt 1", 1, 0), (await Sets.ListPairsAsync(id)).Select(pair => (pair.Prompt, pair.VotesChosen, pair.VotesRejected)).Single());
        Assert.Equal((3, 0), await Sets.CountVotesAsync(judged.Study.StudyId));

        await judged.LiftAsync(exclusion);
        Assert.Equal(set, await Sets.FindAsync(id)); // frozen is frozen
        Assert.Equal((5, 0), await Sets.CountVotesAsync(judged.Study.StudyId));
    }

    [SkippableFact]
    public async Task FindSame_OtherExclusions_IsAnotherSet()
    {
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 1);
        await judged.RateAsync("a");
        var id = await Sets.FreezeAsync("set", judged.Study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        var set = (await Sets.FindAsync(id))!;

        Assert.Equal(set, await Sets.FindSameAsync(judged.Study.StudyId, AxisRule.Flaws, PreferenceRules.Protocol, VoteSource.Real, set.Sha256, "none"));
        Assert.Null(await Sets.FindSameAsync(judged.Study.StudyId, AxisRule.Flaws, PreferenceRules.Protocol, VoteSource.Real, set.Sha256, "1"));
    }

    [SkippableFact]
    public async Task Freeze_UnderRules_KeepsThemAndIsAnotherSetThanUnderOthers()
    {
        var rules = new PreferenceRules { Conflicts = ConflictRule.LeaveOut, MinVotes = 1, MinAgreement = 0.5 };
        await Seeds.VoteAsync(_study, 3, Axis.Flaws, "a");

        var id = await Sets.FreezeAsync("set", _study.StudyId, AxisRule.FlawsThenAppeal, VoteSource.Real, createdByAccountId: null, rules: rules);

        var set = (await Sets.FindAsync(id))!;
        Assert.Equal((rules, 1, new LeftOut { Conflicts = 1, Ties = 1 }), (set.Rules, set.PairCount, set.LeftOut));
        Assert.Equal(set, await Sets.FindSameAsync(_study.StudyId, AxisRule.FlawsThenAppeal, rules, VoteSource.Real, set.Sha256, "none"));
        Assert.Null(await Sets.FindSameAsync(_study.StudyId, AxisRule.FlawsThenAppeal, PreferenceRules.Protocol, VoteSource.Real, set.Sha256, "none"));
    }

    /// <summary>By hand: with the excluded rater the first comparison is a split; the study's other two have no decisive vote.</summary>
    [SkippableFact]
    public async Task Freeze_ExcludedRatersCountedAllTheSame_NamesNoExclusion()
    {
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 1);
        await judged.RateAsync("a");
        var second = await judged.RateAsync("b");
        await judged.Exclusions.ExcludeAsync(judged.Study.StudyId, second.RaterId, null, "Pressed one key.", judged.Researcher);

        var (applied, set) = await Sets.ReadVotesUnderExclusionsAsync(judged.Study.StudyId, VoteSource.Real);
        var (all, none) = await Sets.ReadVotesUnderExclusionsAsync(judged.Study.StudyId, VoteSource.Real, Exclusions.None);

        Assert.Equal((1, 2), (applied[0].Votes[Axis.Flaws].Count, all[0].Votes[Axis.Flaws].Count));
        Assert.Equal((1, 0), (new LeftOut().Under(set).ExcludedVotes, new LeftOut().Under(none).ExcludedVotes));
        Assert.Equal("none", none.Name);
    }

    [SkippableFact]
    public async Task Freeze_VotesAfterwards_ChangeNothing()
    {
        var id = await Sets.FreezeAsync("first", _study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        var before = (await Sets.FindAsync(id), await Sets.ListPairsAsync(id));

        await Seeds.VoteAsync(_study, 3, Axis.Flaws, "b");

        Assert.Equal(before.Item1, await Sets.FindAsync(id));
        Assert.Equal(before.Item2, await Sets.ListPairsAsync(id));
        var second = await Sets.FreezeAsync("second", _study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        Assert.NotEqual(before.Item1!.Sha256, (await Sets.FindAsync(second))!.Sha256);
    }

    [SkippableFact]
    public async Task Freeze_NothingDecided_IsRefused()
    {
        var study = await Seeds.StudyAsync("a dog");

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => Sets.FreezeAsync("set", study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null));

        Assert.Contains("1 without votes", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Freeze_NameThatIsTaken_IsRefused()
    {
        await Sets.FreezeAsync("set", _study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);

        await Assert.ThrowsAsync<RefusedException>(
            () => Sets.FreezeAsync("set", _study.StudyId, AxisRule.Appeal, VoteSource.Real, createdByAccountId: null));
    }

    [SkippableTheory]
    [InlineData("UPDATE preference_pair SET weight = 2")]
    [InlineData("DELETE FROM preference_set")]
    public async Task Set_Changed_IsRefusedByTheDatabase(string sql)
    {
        await Sets.FreezeAsync("set", _study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        await using var connection = await Db.OpenAsync();

        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql));
    }
}
