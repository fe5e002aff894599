using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Guidelines;

public sealed class GuidelineStoreOnSqlite() : GuidelineStoreTests(DatabaseKind.Sqlite);

public sealed class GuidelineStoreOnPostgres() : GuidelineStoreTests(DatabaseKind.Postgres);

public abstract class GuidelineStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private Study _study = null!;

    private GuidelineStore Guidelines => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await TrainedStudy.AddDraftAsync(Seeds, Db, Clock);
    }

    [SkippableFact]
    public async Task Save_NewAndChanged_IsReadBackInItsPlace()
    {
        var appeal = TrainedStudy.Example(_study, ExampleUse.Guidelines, 1) with { Axis = Axis.Appeal, Prompt = "a fox", FlawType = null, FlawSeverity = null, FlawSide = null, FlawX = null, FlawY = null };
        var (first, second) = (TrainedStudy.Example(_study, ExampleUse.Guidelines, 2), TrainedStudy.Example(_study, ExampleUse.Training, 3));
        foreach (var example in (ExamplePair[])[appeal, first, second])
            await Guidelines.SaveAsync(example);
        Assert.Equal([first, second, appeal], await Guidelines.ListAsync(_study.StudyId)); // flaws are the first question

        var changed = first with { Answer = Choice.Tie, Explanation = "Look again.", FlawSide = Side.Right, FlawX = 0.125, RightSha256 = new string('f', 64) };
        await Guidelines.SaveAsync(changed);
        Assert.Equal([changed, second, appeal], await Guidelines.ListAsync(_study.StudyId));

        await Guidelines.SaveAsync(appeal with { Prompt = "a hen" });
        await Guidelines.DeleteAsync(second);
        Assert.Equal([changed, appeal with { Prompt = "a hen" }], await Guidelines.ListAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task Exchange_Neighbours_SwapsTheirPlaces()
    {
        var examples = Enumerable.Range(1, 3).Select(i => TrainedStudy.Example(_study, ExampleUse.Training, i)).ToList();
        foreach (var example in examples)
            await Guidelines.SaveAsync(example);

        await Guidelines.ExchangeAsync(examples[2], examples[1]);

        Assert.Equal([examples[0], examples[2], examples[1]], await Guidelines.ListAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task PassMark_SetAndForgotten_IsReadBack()
    {
        Assert.Null(await Guidelines.FindPassMarkAsync(_study.StudyId));
        await Guidelines.SetPassMarkAsync(_study.StudyId, 3);
        await Guidelines.SetPassMarkAsync(_study.StudyId, 2);
        Assert.Equal(2, await Guidelines.FindPassMarkAsync(_study.StudyId));
        await Guidelines.SetPassMarkAsync(_study.StudyId, null);
        Assert.Null(await Guidelines.FindPassMarkAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task Change_StudyThatWasOpened_IsRefused()
    {
        var (one, other) = (TrainedStudy.Example(_study, ExampleUse.Guidelines, 1), TrainedStudy.Example(_study, ExampleUse.Guidelines, 2));
        await Guidelines.SaveAsync(one);
        await Guidelines.SaveAsync(other);
        await new StudyStore(Db, Clock).SetStateAsync(_study.StudyId, StudyState.Running);

        foreach (var change in (Func<Task>[])[
            () => Guidelines.SaveAsync(one with { Answer = Choice.Tie }),
            () => Guidelines.SaveAsync(TrainedStudy.Example(_study, ExampleUse.Training, 3)),
            () => Guidelines.DeleteAsync(one),
            () => Guidelines.ExchangeAsync(one, other),
            () => Guidelines.SetPassMarkAsync(_study.StudyId, 1)])
        {
            Assert.Contains("fixed once a study has been opened", (await Assert.ThrowsAsync<RefusedException>(change)).Message, StringComparison.Ordinal);
        }
        Assert.Equal([one, other], await Guidelines.ListAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task Save_MoreThanAStudyMayHave_IsRefused()
    {
        for (var i = 0; i < GuidelineStore.Most; i++)
            await Guidelines.SaveAsync(TrainedStudy.Example(_study, ExampleUse.Training, i));

        await Assert.ThrowsAsync<RefusedException>(() => Guidelines.SaveAsync(TrainedStudy.Example(_study, ExampleUse.Training, 99)));

        await Guidelines.SaveAsync((await Guidelines.ListAsync(_study.StudyId))[0] with { Explanation = "Changed." }); // and one more in the guidelines
        await Guidelines.SaveAsync(TrainedStudy.Example(_study, ExampleUse.Guidelines, 99));
        Assert.Equal(GuidelineStore.Most + 1, (await Guidelines.ListAsync(_study.StudyId)).Count);
    }

    [SkippableFact]
    public async Task FindImage_GuidelinesOfTheStudy_AndNothingElse()
    {
        var (shown, asked) = (TrainedStudy.Example(_study, ExampleUse.Guidelines, 1), TrainedStudy.Example(_study, ExampleUse.Training, 2));
        await Guidelines.SaveAsync(shown);
        await Guidelines.SaveAsync(asked);

        Assert.Equal(shown.LeftSha256, await Guidelines.FindImageAsync(_study.StudyId, shown.ExamplePairId, Side.Left));
        Assert.Equal(shown.RightSha256, await Guidelines.FindImageAsync(_study.StudyId, shown.ExamplePairId, Side.Right));
        Assert.Null(await Guidelines.FindImageAsync(_study.StudyId + 1, shown.ExamplePairId, Side.Left));
        Assert.Null(await Guidelines.FindImageAsync(_study.StudyId, asked.ExamplePairId, Side.Left));
        Assert.Null(await Guidelines.FindImageAsync(_study.StudyId, Guid.NewGuid(), Side.Left));
    }

    [SkippableTheory]
    [InlineData("UPDATE example_pair SET answer = 'reject'")]
    [InlineData("UPDATE example_pair SET explanation = ' '")]
    [InlineData("UPDATE example_pair SET flaw_x = 1.5")]
    [InlineData("UPDATE example_pair SET flaw_side = NULL")]
    [InlineData("INSERT INTO study_training (study_id, pass_mark) SELECT study_id, 0 FROM study")]
    public async Task Database_WhatIsNoExample_IsRefused(string sql)
    {
        await Guidelines.SaveAsync(TrainedStudy.Example(_study, ExampleUse.Guidelines, 1));
        await using var connection = await Db.OpenAsync();

        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql));
    }
}
