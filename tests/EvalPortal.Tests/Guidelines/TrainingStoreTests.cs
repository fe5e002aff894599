using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Guidelines;

public sealed class TrainingStoreOnSqlite() : TrainingStoreTests(DatabaseKind.Sqlite);

public sealed class TrainingStoreOnPostgres() : TrainingStoreTests(DatabaseKind.Postgres);

public abstract class TrainingStoreTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private Study _study = null!;
    private IReadOnlyList<ExamplePair> _asked = [];

    private TrainingStore Training => field ??= new TrainingStore(Db, Writer, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await TrainedStudy.AddAsync(Seeds, Db, Clock, training: 3, passMark: 2);
        _asked = [.. (await new GuidelineStore(Db, Clock).ListAsync(_study.StudyId)).Where(example => example.UsedIn == ExampleUse.Training)];
    }

    [SkippableFact]
    public async Task Answers_EnoughRight_PassAtTheEndOfTheTryAndNotBefore()
    {
        var rater = await AddRaterAsync();
        Assert.Equal(TrainingState.Due, (await Training.ReadAsync(rater)).State);
        await Training.BeginAsync(rater, new Random(1));

        var results = await TryAsync(rater, right: 2);

        Assert.Equal([null, null, new TrainingResult(2, 3, 2, true)], results.Select(feedback => feedback.Result));
        Assert.Equal([true, true, false], results.Select(feedback => feedback.Correct));
        Assert.Equal(TrainingState.Passed, (await Training.ReadAsync(rater)).State);
        Assert.Equal(TrainingState.Passed, (await Training.BeginAsync(rater, new Random(1))).State); // no second try after that
        Assert.Equal(0, await CountAsync("vote"));
    }

    [SkippableFact]
    public async Task ListOpen_Prompts_AreGivenWhereTheQuestionShowsThem()
    {
        _study = await TrainedStudy.AddDraftAsync(Seeds, Db, Clock);
        foreach (var (i, axis) in _study.Axes.Index())
            await new GuidelineStore(Db, Clock).SaveAsync(TrainedStudy.Example(_study, ExampleUse.Training, i) with { Axis = axis.Axis, Prompt = $"a fox {axis.Axis}" });
        await new StudyStore(Db, Clock).SetStateAsync(_study.StudyId, StudyState.Running);
        var rater = await AddRaterAsync();

        await Training.BeginAsync(rater, new Random(1));

        Assert.Equal([null, "a fox Appeal"], (await Training.ListOpenAsync(rater, 2)).Select(pair => pair.Prompt));
    }

    [SkippableFact]
    public async Task Feedback_PairWithSidesSwapped_TellsSidesOfTheScreen()
    {
        var rater = await AddRaterAsync();
        await Training.BeginAsync(rater, new Random(1));
        var swapped = new List<bool>();
        while (await NextAsync(rater) is { } pair)
        {
            var (isSwapped, example) = await DrawnAsync(pair);
            swapped.Add(isSwapped);
            Assert.Equal(isSwapped ? example.RightSha256 : example.LeftSha256, await Training.FindImageAsync(rater, pair, Side.Left));
            Assert.Equal(isSwapped ? example.LeftSha256 : example.RightSha256, await Training.FindImageAsync(rater, pair, Side.Right));

            var feedback = (await AnswerAsync(rater, pair, Choice.Tie)).Feedback!;

            Assert.Equal((Swap.If(isSwapped, example.Answer), example.Explanation), (feedback.Answer, feedback.Explanation));
            Assert.Equal(example.Answer == Choice.Tie, feedback.Correct);
            Assert.Equal(new FlawPlace(isSwapped ? Side.Right : Side.Left, 0.25, 0.75), feedback.Flaw);
            Assert.Equal((FlawType.Face, FlawSeverity.Minor), (feedback.FlawType, feedback.FlawSeverity));
        }
        Assert.Equal(3, swapped.Count);
        Assert.Contains(true, swapped);
        Assert.Contains(false, swapped);
    }

    [SkippableFact]
    public async Task SecondTry_AfterAMiss_SwapsSidesAndIsTheLast()
    {
        const string Drawn = "SELECT example_pair_id, swapped FROM training_pair WHERE attempt = @Attempt ORDER BY position";
        var rater = await AddRaterAsync();
        await Training.BeginAsync(rater, new Random(1));
        Assert.Equal(new TrainingResult(1, 3, 2, false), (await TryAsync(rater, right: 1))[^1].Result);
        Assert.Equal(TrainingState.Missed, (await Training.ReadAsync(rater)).State);
        Assert.Empty(await Training.ListOpenAsync(rater, 9)); // nothing is asked until they begin again

        await Training.BeginAsync(rater, new Random(1));
        await Training.BeginAsync(rater, new Random(2)); // twice by mistake

        Assert.Equal(6, await CountAsync("training_pair"));
        await using (var connection = await Db.OpenAsync())
        {
            var (first, second) = (await connection.QueryAsync<(Guid, bool)>(Drawn, new { Attempt = 1 }), await connection.QueryAsync<(Guid, bool)>(Drawn, new { Attempt = 2 }));
            Assert.NotEqual(first.Select(pair => pair.Item1), second.Select(pair => pair.Item1));
            Assert.Equal(first.Select(pair => (pair.Item1, !pair.Item2)).Order(), second.Order());
        }
        Assert.False((await TryAsync(rater, right: 0))[^1].Result!.Passed);
        var failed = await Training.BeginAsync(rater, new Random(3));
        Assert.Equal((TrainingState.Failed, 2), (failed.State, failed.Attempts.Count));
    }

    [SkippableFact]
    public async Task Answer_SentAgain_GetsTheSameBackAndCountsOnce()
    {
        var rater = await AddRaterAsync();
        await Training.BeginAsync(rater, new Random(1));
        var (pair, id) = ((await NextAsync(rater))!.Value, Guid.CreateVersion7());
        var answer = TrainedStudy.Answer(pair, Choice.Left, Clock.GetUtcNow());

        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Training.AnswerAsync(rater, id, answer)));
        await TryAsync(rater, right: 2);
        var late = await Training.AnswerAsync(rater, id, answer);

        Assert.All(all, verdict => Assert.Equal(all[0].Feedback, verdict.Feedback));
        Assert.NotNull(all[0].Feedback);
        Assert.Equal(all[0].Feedback, late.Feedback); // after the end of the try too
        Assert.Equal(3, await CountAsync("training_answer"));
    }

    [SkippableFact]
    public async Task Answer_ThatCannotBe_IsRefusedAndTellsNothing()
    {
        var (rater, other) = (await AddRaterAsync(), await AddRaterAsync());
        await Training.BeginAsync(rater, new Random(1));
        await Training.BeginAsync(other, new Random(1));
        var open = (await Training.ListOpenAsync(rater, 9)).Select(pair => pair.TrainingPairId).ToList();
        var id = Guid.CreateVersion7();
        await Training.AnswerAsync(rater, id, TrainedStudy.Answer(open[0], Choice.Left, Clock.GetUtcNow()));

        Assert.Equal(Refusal.AlreadyAnswered, (await AnswerAsync(rater, open[0], Choice.Right)).Refusal); // once is for good
        Assert.Equal(Refusal.OtherContent, (await Training.AnswerAsync(rater, id, TrainedStudy.Answer(open[0], Choice.Right, Clock.GetUtcNow()))).Refusal);
        Assert.Equal(Refusal.OtherContent, (await Training.AnswerAsync(rater, id, TrainedStudy.Answer(open[1], Choice.Left, Clock.GetUtcNow()))).Refusal);
        Assert.Equal(Refusal.NotNext, (await AnswerAsync(rater, open[2], Choice.Left)).Refusal); // not asked yet
        Assert.Equal(Refusal.NotYours, (await AnswerAsync(other, open[1], Choice.Left)).Refusal);
        Assert.Equal(Refusal.UnknownPair, (await AnswerAsync(rater, Guid.NewGuid(), Choice.Left)).Refusal);
        Assert.Null(await Training.FindImageAsync(other, open[1], Side.Left));
        await new StudyStore(Db, Clock).SetStateAsync(_study.StudyId, StudyState.Closed);
        Assert.Equal(Refusal.Closed, (await AnswerAsync(rater, open[1], Choice.Left)).Refusal);
        Assert.Equal(1, await CountAsync("training_answer"));
    }

    [SkippableFact]
    public async Task SimulatedRater_HasNoTraining()
    {
        var raters = new RaterStore(Db, Clock);
        var simulated = await raters.ConsentAsync(await raters.AddSimulatedAsync(), _study.StudyId);

        Assert.Equal(TrainingState.None, (await Training.BeginAsync(simulated, new Random(1))).State);
        Assert.NotEmpty((await Assignments.TakeAsync(simulated, 1, new Random(1))).Pairs);
    }

    [SkippableFact]
    public async Task Withdraw_AnswersInTraining_AreErasedAndNoneComes()
    {
        var (leaving, staying) = (await AddRaterAsync(), await AddRaterAsync());
        foreach (var rater in (RaterSession[])[leaving, staying])
        {
            await Training.BeginAsync(rater, new Random(1));
            await AnswerAsync(rater, (await NextAsync(rater))!.Value, Choice.Left);
        }
        var waiting = (await NextAsync(leaving))!.Value;

        await new WithdrawalStore(Writer, Clock).WithdrawAsync(leaving);

        Assert.Equal((3, 1), (await CountAsync("training_pair"), await CountAsync("training_answer")));
        Assert.Equal(Refusal.UnknownPair, (await AnswerAsync(leaving, waiting, Choice.Left)).Refusal);
        await Training.BeginAsync(leaving, new Random(1));
        Assert.Equal(3, await CountAsync("training_pair"));
        Assert.Single(await new TrainingRecordStore(Db).ListRatersAsync(_study.StudyId));
    }

    [SkippableTheory]
    [InlineData("UPDATE training_answer SET correct = NOT correct", "training_answer is append-only")]
    [InlineData("DELETE FROM training_answer", "training_answer is append-only")]
    [InlineData("UPDATE training_pair SET swapped = NOT swapped", "training_pair is append-only")]
    [InlineData("DELETE FROM training_pair", "training_pair is append-only")]
    public async Task Database_ChangeOfWhatWasDrawnOrAnswered_IsRefused(string sql, string message)
    {
        var rater = await AddRaterAsync();
        await Training.BeginAsync(rater, new Random(1));
        await AnswerAsync(rater, (await NextAsync(rater))!.Value, Choice.Left);
        await using var connection = await Db.OpenAsync();

        Assert.Contains(message, (await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Records_OfRaters_TellTriesAndAnswersAsTheyStood()
    {
        var (rater, _) = (await AddRaterAsync(), await AddRaterAsync()); // the other one never begins
        await Training.BeginAsync(rater, new Random(1));
        await TryAsync(rater, right: 0);
        await Training.BeginAsync(rater, new Random(1));
        await AnswerAsync(rater, (await NextAsync(rater))!.Value, Choice.Left);

        var listed = Assert.Single(await new TrainingRecordStore(Db).ListRatersAsync(_study.StudyId));
        var records = await new TrainingRecordStore(Db).ListAsync(_study.StudyId);

        Assert.Equal((TrainingState.Running, 2), (listed.Progress.State, listed.Progress.PassMark));
        Assert.Equal([(1, 3, 0), (2, 1, records[3].Correct ? 1 : 0)], listed.Progress.Attempts.Select(attempt => (attempt.Attempt, attempt.Answered, attempt.Correct)));
        Assert.Equal([(1, 1), (1, 2), (1, 3), (2, 1)], records.Select(record => (record.Attempt, record.Position)));
        foreach (var record in records)
        {
            var example = _asked.Single(example => example.ExamplePairId == record.ExamplePairId);
            var swapped = record.LeftSha256 == example.RightSha256;
            Assert.Equal((swapped ? example.LeftSha256 : example.RightSha256, Swap.If(swapped, example.Answer).ToText()), (record.RightSha256, record.RightAnswer));
            Assert.Equal((record.RightAnswer == record.ChoiceScreen, 2_500, 2_400, "key"), (record.Correct, record.ResponseMs, record.VisibleMs!.Value, record.Input));
        }
    }

    private async Task<RaterSession> AddRaterAsync()
    {
        var raters = new RaterStore(Db, Clock);
        var (id, _) = await raters.AddAsync("Firefox");
        return await raters.ConsentAsync(id, _study.StudyId);
    }

    private async Task<Guid?> NextAsync(RaterSession rater) =>
        (await Training.ListOpenAsync(rater, 1)).Select(pair => (Guid?)pair.TrainingPairId).SingleOrDefault();

    private Task<TrainingVerdict> AnswerAsync(RaterSession rater, Guid pair, Choice choice)
    {
        Clock.Advance(TimeSpan.FromSeconds(3));
        return Training.AnswerAsync(rater, Guid.CreateVersion7(), TrainedStudy.Answer(pair, choice, Clock.GetUtcNow()));
    }

    /// <summary>Answers what is open of a try: so many right, the others wrong.</summary>
    private async Task<IReadOnlyList<TrainingFeedback>> TryAsync(RaterSession rater, int right)
    {
        var feedback = new List<TrainingFeedback>();
        while (await NextAsync(rater) is { } pair)
        {
            var (swapped, example) = await DrawnAsync(pair);
            var answer = Swap.If(swapped, example.Answer);
            feedback.Add((await AnswerAsync(rater, pair, feedback.Count < right ? answer : answer == Choice.Tie ? Choice.Left : Choice.Tie)).Feedback!);
        }
        return feedback;
    }

    private async Task<(bool Swapped, ExamplePair Example)> DrawnAsync(Guid pair)
    {
        var (id, swapped) = await ScalarAsync<(Guid, bool)>($"SELECT example_pair_id, swapped FROM training_pair WHERE training_pair_id = '{pair}'");
        return (swapped, _asked.Single(example => example.ExamplePairId == id));
    }
}
