using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class StudyAlarmsOnSqlite() : StudyAlarmsTests(DatabaseKind.Sqlite);

public sealed class StudyAlarmsOnPostgres() : StudyAlarmsTests(DatabaseKind.Postgres);

/// <summary>The alarms of a study that is followed are those of its page on quality.</summary>
public abstract class StudyAlarmsTests(DatabaseKind kind) : DatabaseTests(kind)
{
    [SkippableFact]
    public async Task Read_BlockInWhichMostAnswersAreFast_IsTold()
    {
        // a comparison wants three votes: with 40 of them an axis has two blocks of 60
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 40);
        for (var i = 0; i < 6; i++)
            await judged.RateAsync(new string('a', 10));
        Assert.Empty(await AlarmsAsync(judged.Study));
        Clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 12; i++)
            await judged.RateAsync("bbbbb", responseMs: 300);

        var alarm = Assert.Single(await AlarmsAsync(judged.Study));
        Assert.Contains("of answers come in less than a second in block 2", alarm, StringComparison.Ordinal);
        var quality = RaterQualityReport.Of(
            [Axis.Flaws], await new RaterAnswerStore(Db).ListAsync(judged.Study.StudyId), VoteSource.Real, new Dictionary<Axis, int> { [Axis.Flaws] = 120 });
        Assert.Equal(BlockAlarms.Of([("flaws", quality.Axes[0].Course)], questions: 2, []), [alarm]);
    }

    [SkippableFact]
    public async Task Read_ManyVotesExcluded_IsTold()
    {
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 10);
        await judged.RateAsync("aaaaaaaaaa");
        await judged.RateAsync("abab", simulated: true);
        await judged.ExcludeAsync(await judged.RateAsync("bbbbb"), RaterFlagKind.SideBias);

        var alarms = await AlarmsAsync(judged.Study);

        Assert.Equal(2, alarms.Count);
        Assert.Contains("33.3 % (5 of 15)", alarms[0].Replace('\u00A0', ' '), StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<string>> AlarmsAsync(Study study) => new StudyAlarms(Db, new ExclusionStore(Db, Clock)).ReadAsync(study);
}
