using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Library;

public sealed class QuestionSetStoreOnSqlite() : QuestionSetStoreTests(DatabaseKind.Sqlite);

public sealed class QuestionSetStoreOnPostgres() : QuestionSetStoreTests(DatabaseKind.Postgres);

public abstract class QuestionSetStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private QuestionSetStore Store => field ??= new QuestionSetStore(Db, Clock);

    [SkippableFact]
    public async Task Add_Set_ReadsBackWithItsDependencies()
    {
        var (id, isNew) = await Store.AddAsync(await SetAsync("DSG"));

        Assert.True(isNew);
        var set = Assert.Single(await Store.ListAsync());
        Assert.Equal((id, "DSG", 2, 3), (set.QuestionSetId, set.Name, set.PromptCount, set.QuestionCount));
        var questions = await Store.ListQuestionsAsync(id);
        Assert.Equal(["Is there a fox?", "Is it red?", "Is there a dog?"], questions.Select(question => question.Text));
        Assert.Equal([questions[0].QuestionId], questions[1].ParentIds);
        Assert.Equal(ExpectedAnswer.No, questions[2].Expected);
        Assert.Single(await Store.ListQuestionsAsync(id, questions[2].PromptId));
    }

    [SkippableFact]
    public async Task Add_SameAgain_ChangesNothing()
    {
        var set = await SetAsync("DSG");
        var (first, _) = await Store.AddAsync(set);

        Assert.Equal((first, false), await Store.AddAsync(set));

        Assert.Equal(3, (await Store.ListQuestionsAsync(first)).Count);
    }

    [SkippableFact]
    public async Task Add_SameNameOtherQuestions_IsRefusedAndStoresNothing()
    {
        var set = await SetAsync("DSG");
        var (first, _) = await Store.AddAsync(set);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Store.AddAsync(set with { Prompts = [set.Prompts[0]] }));

        Assert.Contains("called 'DSG' already, and it asks something else", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await Store.ListQuestionsAsync(first)).Count);
        Assert.Single(await Store.ListAsync());
    }

    [SkippableTheory]
    [InlineData("UPDATE question SET text = 'other'")]
    [InlineData("DELETE FROM question")]
    [InlineData("UPDATE question_set SET name = 'other'")]
    public async Task Set_Changed_IsRefused(string sql)
    {
        await Store.AddAsync(await SetAsync("DSG"));
        await using var connection = await Db.OpenAsync();

        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql));

        Assert.Contains("append-only", error.Message, StringComparison.Ordinal);
    }

    private async Task<NewQuestionSet> SetAsync(string name)
    {
        var promptSet = await Seeds.PromptSetAsync("a red fox", "a hen");
        var prompts = await new PromptSetStore(Db, Clock).ListPromptsAsync(promptSet);
        return new NewQuestionSet
        {
            Name = name,
            PromptSetId = promptSet,
            Prompts =
            [
                (prompts[0].PromptId,
                [
                    new NewQuestion { Label = "1", Text = "Is there a fox?", Category = "object" },
                    new NewQuestion { Label = "2", Text = "Is it red?", Category = "colour", Parents = ["1"] },
                ]),
                (prompts[1].PromptId, [new NewQuestion { Label = "1", Text = "Is there a dog?", Expected = ExpectedAnswer.No }]),
            ],
        };
    }
}
