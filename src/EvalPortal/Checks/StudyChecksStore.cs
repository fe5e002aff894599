using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Checks;

/// <summary>The checks of studies. They are fixed once a study has started.</summary>
public sealed class StudyChecksStore(Db db, TimeProvider clock)
{
    /// <summary>How many checks the raters of a study meet.</summary>
    public async Task<StudyChecks> FindAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = "SELECT gold_per_dozen, repeats_per_dozen FROM study_checks WHERE study_id = @StudyId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<StudyChecks>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))
            ?? StudyChecks.None;
    }

    /// <summary>Sets how many checks there are.</summary>
    /// <exception cref="RefusedException">The study has started, or is not made of pairs.</exception>
    public async Task SaveAsync(long studyId, StudyChecks checks, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO study_checks (study_id, gold_per_dozen, repeats_per_dozen)
            VALUES (@StudyId, @GoldPerDozen, @RepeatsPerDozen)
            ON CONFLICT (study_id) DO UPDATE SET gold_per_dozen = excluded.gold_per_dozen, repeats_per_dozen = excluded.repeats_per_dozen
            """;
        var before = await FindAsync(studyId, cancel);
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RefuseUnlessDraftOfPairsAsync(transaction, studyId);
        await connection.ExecuteAsync(Sql, new { StudyId = studyId, checks.GoldPerDozen, checks.RepeatsPerDozen }, transaction);
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(studyId), "changed") { Subject = "checks", Before = before, After = checks });
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The known answers of a study, in the order of its comparisons and axes.</summary>
    public async Task<IReadOnlyList<GoldAnswer>> ListGoldAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT g.comparison_id, g.axis, g.winner
            FROM gold g
            JOIN comparison c ON c.comparison_id = g.comparison_id
            JOIN study_axis x ON x.study_id = g.study_id AND x.axis = g.axis
            WHERE g.study_id = @StudyId
            ORDER BY c.position, x.position
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<GoldAnswer>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>
    /// Says that the answer to a comparison on an axis is known, or no more. A comparison with a known answer on any axis is there for
    /// checks alone: no votes are wanted on it.
    /// </summary>
    /// <param name="winner">The answer; null to make it an ordinary comparison again.</param>
    /// <exception cref="ArgumentException">A rejection cannot be the right answer.</exception>
    /// <exception cref="RefusedException">The study has started, or has no such comparison or axis.</exception>
    public async Task SetGoldAsync(long studyId, long comparisonId, Axis axis, Outcome? winner, CancellationToken cancel = default)
    {
        const string Set = """
            INSERT INTO gold (study_id, comparison_id, axis, winner)
            SELECT c.study_id, c.comparison_id, x.axis, @Winner
            FROM comparison c
            JOIN study_axis x ON x.study_id = c.study_id AND x.axis = @Axis
            WHERE c.study_id = @StudyId AND c.comparison_id = @ComparisonId AND c.image_b_id IS NOT NULL
            ON CONFLICT (study_id, axis, comparison_id) DO UPDATE SET winner = excluded.winner
            """;
        const string Clear = "DELETE FROM gold WHERE study_id = @StudyId AND comparison_id = @ComparisonId AND axis = @Axis";
        const string DropTasks = """
            DELETE FROM task
            WHERE comparison_id = @ComparisonId AND EXISTS (SELECT 1 FROM gold g WHERE g.study_id = @StudyId AND g.comparison_id = @ComparisonId)
            """;
        if (winner == Outcome.Reject)
            throw new ArgumentException("A rejection cannot be the right answer.", nameof(winner));

        var row = new { StudyId = studyId, ComparisonId = comparisonId, Axis = axis.ToText(), Winner = winner?.ToText() };
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RefuseUnlessDraftOfPairsAsync(transaction, studyId);
        if (await connection.ExecuteAsync(winner is null ? Clear : Set, row, transaction) == 0 && winner is not null)
            throw new RefusedException("The study has no such pair or question: reload the page to see those it has.");
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(studyId), winner is null ? "cleared" : "set") { Subject = "known_answer", SubjectId = comparisonId, After = new { row.Axis, row.Winner } });
        await connection.ExecuteAsync(DropTasks, row, transaction);
        await StudyStore.AddTasksAsync(transaction, studyId);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>How a rater has done on gold.</summary>
    public async Task<GoldTally> TallyAsync(RaterSession session, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT COUNT(*) AS answered, COUNT(CASE WHEN v.winner <> g.winner THEN 1 END) AS missed {AnsweredGold} WHERE a.session_id = @SessionId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleAsync<GoldTally>(new CommandDefinition(Sql, new { session.SessionId }, cancellationToken: cancel));
    }

    /// <summary>Answers to gold that stand, as tables to select from: <c>a</c> is the assignment, <c>v</c> the vote, <c>g</c> the right answer.</summary>
    internal const string AnsweredGold = """
        FROM assignment a
        JOIN standing_vote v ON v.assignment_id = a.assignment_id AND v.kind = 'gold'
        JOIN gold g ON g.study_id = a.study_id AND g.comparison_id = a.comparison_id AND g.axis = a.axis
        """;

    private static async Task RefuseUnlessDraftOfPairsAsync(DbTransaction transaction, long studyId)
    {
        const string State = "SELECT state FROM study WHERE study_id = @StudyId";
        const string Axes = "SELECT axis FROM study_axis WHERE study_id = @StudyId";
        var (connection, key) = (transaction.Connection!, new { StudyId = studyId });
        if (await connection.QuerySingleOrDefaultAsync<string>(State, key, transaction) != "draft")
            throw new RefusedException("Checks are fixed once a study has started, so that nobody can choose afterwards whom they catch.");
        if ((await connection.QueryAsync<string>(Axes, key, transaction)).Any(axis => ColumnTypes.ToEnum<Axis>(axis).Form() != StudyForm.Pairs))
            throw new RefusedException("Checks are pairs, and this study is not made of pairs.");
    }
}
