using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Library;

/// <summary>Question sets. They are added whole and never changed.</summary>
public sealed class QuestionSetStore(Db db, TimeProvider clock)
{
    private const string Select = """
        SELECT s.question_set_id, s.name, s.prompt_set_id, p.name AS prompt_set, s.sha256, s.created_at,
          (SELECT COUNT(DISTINCT q.prompt_id) FROM question q WHERE q.question_set_id = s.question_set_id) AS prompt_count,
          (SELECT COUNT(*) FROM question q WHERE q.question_set_id = s.question_set_id) AS question_count
        FROM question_set s
        JOIN prompt_set p ON p.prompt_set_id = s.prompt_set_id
        """;

    /// <summary>Adds a set with all its questions; one of the same name that asks the same is left as it is.</summary>
    /// <returns>The set's id, and whether it is new.</returns>
    /// <exception cref="RefusedException">There is a set of this name that asks something else.</exception>
    public async Task<(long QuestionSetId, bool IsNew)> AddAsync(NewQuestionSet set, CancellationToken cancel = default)
    {
        const string FindSame = "SELECT question_set_id, prompt_set_id, sha256 FROM question_set WHERE name = @Name";
        const string InsertSet = """
            INSERT INTO question_set (prompt_set_id, name, sha256, created_by_account_id, created_at)
            VALUES (@PromptSetId, @Name, @Sha256, @CreatedByAccountId, @CreatedAt)
            RETURNING question_set_id
            """;
        var sha256 = Sha256(set);
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await connection.QuerySingleOrDefaultAsync<SameName>(FindSame, new { set.Name }, transaction) is { } found)
        {
            return found.PromptSetId == set.PromptSetId && found.Sha256 == sha256
                ? (found.QuestionSetId, false)
                : throw new RefusedException($"There is a question set called '{set.Name}' already, and it asks something else: choose another name.");
        }
        try
        {
            var row = new { set.PromptSetId, set.Name, Sha256 = sha256, set.CreatedByAccountId, CreatedAt = clock.GetUtcNow() };
            var id = await connection.ExecuteScalarAsync<long>(InsertSet, row, transaction);
            foreach (var (promptId, questions) in set.Prompts)
                await InsertAsync(transaction, id, promptId, questions);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Portal, "added") { Subject = "question_set", SubjectId = id, After = new { set.Name, Prompts = set.Prompts.Count } });
            await transaction.CommitAsync(cancel);
            return (id, true);
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"A question set called '{set.Name}' was added at the same moment: choose another name.", exception);
        }
    }

    /// <summary>All sets, newest first.</summary>
    public async Task<IReadOnlyList<QuestionSet>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} ORDER BY s.question_set_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<QuestionSet>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The set with this id, or null.</summary>
    public async Task<QuestionSet?> FindAsync(long questionSetId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE s.question_set_id = @QuestionSetId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<QuestionSet>(
            new CommandDefinition(Sql, new { QuestionSetId = questionSetId }, cancellationToken: cancel));
    }

    /// <summary>The questions of a set, prompt by prompt and in order; of one prompt only where that is asked for.</summary>
    public async Task<IReadOnlyList<Question>> ListQuestionsAsync(long questionSetId, long? promptId = null, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return await ListQuestionsAsync(connection, transaction: null, questionSetId, promptId);
    }

    /// <summary>The same inside a transaction.</summary>
    internal static async Task<IReadOnlyList<Question>> ListQuestionsAsync(
        DbConnection connection, DbTransaction? transaction, long questionSetId, long? promptId)
    {
        const string Questions = """
            SELECT question_id, prompt_id, position, label, text, expected, category
            FROM question
            WHERE question_set_id = @QuestionSetId AND prompt_id = COALESCE(@PromptId, prompt_id)
            ORDER BY prompt_id, position
            """;
        const string Parents = """
            SELECT p.question_id, p.parent_id
            FROM question_parent p
            JOIN question q ON q.question_id = p.question_id
            WHERE q.question_set_id = @QuestionSetId AND q.prompt_id = COALESCE(@PromptId, q.prompt_id)
            ORDER BY p.question_id, p.parent_id
            """;
        var key = new { QuestionSetId = questionSetId, PromptId = promptId };
        var parents = (await connection.QueryAsync<(long QuestionId, long ParentId)>(Parents, key, transaction))
            .ToLookup(row => row.QuestionId, row => row.ParentId);
        return [.. (await connection.QueryAsync<Question>(Questions, key, transaction))
            .Select(question => question with { ParentIds = [.. parents[question.QuestionId]] })];
    }

    private static async Task InsertAsync(DbTransaction transaction, long setId, long promptId, IReadOnlyList<NewQuestion> questions)
    {
        const string InsertQuestion = """
            INSERT INTO question (question_set_id, prompt_id, position, label, text, expected, category)
            VALUES (@SetId, @PromptId, @Position, @Label, @Text, @Expected, @Category)
            RETURNING question_id
            """;
        const string InsertParent = "INSERT INTO question_parent (question_id, parent_id) VALUES (@QuestionId, @ParentId)";
        var connection = transaction.Connection!;
        var ids = new Dictionary<string, long>();
        foreach (var (i, question) in questions.Index())
        {
            var row = new
            {
                SetId = setId,
                PromptId = promptId,
                Position = i + 1,
                question.Label,
                question.Text,
                Expected = question.Expected.ToText(),
                question.Category,
            };
            var id = await connection.ExecuteScalarAsync<long>(InsertQuestion, row, transaction);
            ids.Add(question.Label, id);
            await connection.ExecuteAsync(InsertParent, question.Parents.Select(parent => new { QuestionId = id, ParentId = ids[parent] }), transaction);
        }
    }

    private static string Sha256(NewQuestionSet set) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        set.Prompts.Select(prompt => new { prompt.PromptId, prompt.Questions }))));

    private sealed record SameName
    {
        public required long QuestionSetId { get; init; }
        public required long PromptSetId { get; init; }
        public required string Sha256 { get; init; }
    }
}
