using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>The examples of studies and the pass marks of their training. They change while a study is a draft and are fixed from then on.</summary>
public sealed class GuidelineStore(Db db, TimeProvider clock)
{
    /// <summary>Most examples of a study, those of guidelines and training counted apart.</summary>
    public const int Most = 30;

    /// <summary>The examples of a study, by its questions and then as the researcher put them.</summary>
    public async Task<IReadOnlyList<ExamplePair>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT e.example_pair_id, e.study_id, e.axis, e.used_in, e.left_sha256, e.left_width, e.left_height,
              e.right_sha256, e.right_width, e.right_height, CASE WHEN x.prompt_visible THEN e.prompt END AS prompt, e.answer,
              e.explanation, e.flaw_type, e.flaw_severity, e.flaw_side, e.flaw_x, e.flaw_y
            FROM example_pair e
            JOIN study_axis x ON x.study_id = e.study_id AND x.axis = e.axis
            WHERE e.study_id = @StudyId
            ORDER BY x.position, e.position, e.example_pair_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<ExamplePair>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>The right answers that the researcher asks of raters in training; null where the researcher did not say.</summary>
    public async Task<int?> FindPassMarkAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = "SELECT pass_mark FROM study_training WHERE study_id = @StudyId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<int?>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
    }

    /// <summary>The hash of an image of the guidelines of a study; null for everything else, training among it.</summary>
    public async Task<string?> FindImageAsync(long studyId, Guid examplePairId, Side side, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT CASE WHEN @Side = 'left' THEN left_sha256 ELSE right_sha256 END
            FROM example_pair
            WHERE study_id = @StudyId AND example_pair_id = @ExamplePairId AND used_in = 'guidelines'
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            Sql, new { StudyId = studyId, ExamplePairId = examplePairId, Side = side.ToText() }, cancellationToken: cancel));
    }

    /// <summary>Adds an example at the end, or puts it in the place of the one with its id.</summary>
    /// <exception cref="RefusedException">The study is no draft any more, or has all the examples it may have.</exception>
    public Task SaveAsync(ExamplePair example, CancellationToken cancel = default)
    {
        const string Count = """
            SELECT COUNT(*) FROM example_pair
            WHERE study_id = @StudyId AND used_in = @UsedIn AND example_pair_id <> @ExamplePairId
            """;
        const string Sql = """
            INSERT INTO example_pair (example_pair_id, study_id, axis, used_in, position, left_sha256, left_width, left_height,
              right_sha256, right_width, right_height, prompt, answer, explanation, flaw_type, flaw_severity, flaw_side, flaw_x, flaw_y, created_at)
            SELECT @ExamplePairId, @StudyId, @Axis, @UsedIn, COALESCE(MAX(position), 0) + 1, @LeftSha256, @LeftWidth, @LeftHeight,
              @RightSha256, @RightWidth, @RightHeight, @Prompt, @Answer, @Explanation, @FlawType, @FlawSeverity, @FlawSide, @FlawX, @FlawY, @Now
            FROM example_pair
            WHERE study_id = @StudyId
            ON CONFLICT (example_pair_id) DO UPDATE
            SET axis = excluded.axis, left_sha256 = excluded.left_sha256, left_width = excluded.left_width,
              left_height = excluded.left_height, right_sha256 = excluded.right_sha256, right_width = excluded.right_width,
              right_height = excluded.right_height, prompt = excluded.prompt, answer = excluded.answer, explanation = excluded.explanation,
              flaw_type = excluded.flaw_type, flaw_severity = excluded.flaw_severity, flaw_side = excluded.flaw_side,
              flaw_x = excluded.flaw_x, flaw_y = excluded.flaw_y
            """;
        var row = new
        {
            example.ExamplePairId,
            example.StudyId,
            Axis = example.Axis.ToText(),
            UsedIn = example.UsedIn.ToText(),
            example.LeftSha256,
            example.LeftWidth,
            example.LeftHeight,
            example.RightSha256,
            example.RightWidth,
            example.RightHeight,
            example.Prompt,
            Answer = example.Answer.ToText(),
            example.Explanation,
            FlawType = example.FlawType?.ToText(),
            FlawSeverity = example.FlawSeverity?.ToText(),
            FlawSide = example.FlawSide?.ToText(),
            example.FlawX,
            example.FlawY,
            Now = clock.GetUtcNow(),
        };
        return ChangeAsync(
            new Change(StudyScope.Study(example.StudyId), "saved") { Subject = "example", SubjectId = example.ExamplePairId, After = new { row.Axis, row.UsedIn, row.Answer, row.Explanation } },
            async transaction =>
            {
                if (await transaction.Connection!.ExecuteScalarAsync<int>(Count, row, transaction) >= Most)
                    throw new RefusedException($"A study has at most {Most} examples in its {row.UsedIn}.");
                await transaction.Connection!.ExecuteAsync(Sql, row, transaction);
            },
            cancel);
    }

    /// <summary>Deletes an example. Its images are kept, as others may use them.</summary>
    /// <exception cref="RefusedException">The study is no draft any more.</exception>
    public Task DeleteAsync(ExamplePair example, CancellationToken cancel = default)
    {
        const string Sql = "DELETE FROM example_pair WHERE example_pair_id = @ExamplePairId AND study_id = @StudyId";
        var key = new { example.ExamplePairId, example.StudyId };
        var change = new Change(StudyScope.Study(example.StudyId), "deleted") { Subject = "example", SubjectId = example.ExamplePairId, Before = new { Axis = example.Axis.ToText(), UsedIn = example.UsedIn.ToText(), Answer = example.Answer.ToText(), example.Explanation } };
        return ChangeAsync(change, transaction => transaction.Connection!.ExecuteAsync(Sql, key, transaction), cancel);
    }

    /// <summary>Gives two examples of a study each other's places.</summary>
    /// <exception cref="RefusedException">The study is no draft any more.</exception>
    public Task ExchangeAsync(ExamplePair one, ExamplePair other, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE example_pair
            SET position = (SELECT SUM(e.position) FROM example_pair e WHERE e.example_pair_id IN (@One, @Other)) - position
            WHERE study_id = @StudyId AND example_pair_id IN (@One, @Other)
            """;
        var key = new { one.StudyId, One = one.ExamplePairId, Other = other.ExamplePairId };
        var change = new Change(StudyScope.Study(one.StudyId), "exchanged") { Subject = "example", SubjectId = one.ExamplePairId, After = new { With = other.ExamplePairId } };
        return ChangeAsync(change, transaction => transaction.Connection!.ExecuteAsync(Sql, key, transaction), cancel);
    }

    /// <summary>Sets how many right answers a rater needs in training; null for four in five.</summary>
    /// <exception cref="RefusedException">The study is no draft any more.</exception>
    public Task SetPassMarkAsync(long studyId, int? passMark, CancellationToken cancel = default)
    {
        const string Forget = "DELETE FROM study_training WHERE study_id = @StudyId";
        const string Insert = "INSERT INTO study_training (study_id, pass_mark) VALUES (@StudyId, @PassMark)";
        var row = new { StudyId = studyId, PassMark = passMark };
        return ChangeAsync(
            new Change(StudyScope.Study(studyId), "set") { Subject = "pass_mark", After = new { PassMark = passMark } },
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(Forget, row, transaction);
                if (passMark is not null)
                    await transaction.Connection!.ExecuteAsync(Insert, row, transaction);
            },
            cancel);
    }

    /// <summary>Changes something of a draft, which nobody can open meanwhile.</summary>
    private async Task ChangeAsync(Change recorded, Func<DbTransaction, Task> change, CancellationToken cancel)
    {
        const string Lock = "UPDATE study SET state = state WHERE study_id = @StudyId AND state = 'draft'"; // changes nothing
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await connection.ExecuteAsync(Lock, new { StudyId = recorded.Of.Id }, transaction) == 0)
            throw new RefusedException("Guidelines and training are fixed once a study has been opened: all its raters get the same.");
        await change(transaction);
        await AuditLog.RecordAsync(transaction, clock, recorded);
        await transaction.CommitAsync(cancel);
    }
}
