using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>
/// Takes and returns the places of a task: as many as votes are wanted on a comparison and axis, once for people and once for
/// simulated raters, who so never take a place that a person could have. An assignment has a place while it is held or answered.
/// </summary>
/// <remarks>
/// A place is taken by one statement that fails where none is free, and the table's check refuses more, so that no order of
/// events gives a task too many. Transactions lock a rater's session before assignments, assignments before tasks, and several
/// of a kind in the order of their ids, or pass over tasks that others have locked: they do not wait for one another in a circle.
/// </remarks>
internal static class Places
{
    // The locks are PostgreSQL's alone; SQLite, which runs one writing transaction after another, has no words for them.
    private const string LockSession = "SELECT 1 FROM session WHERE session_id = @SessionId FOR NO KEY UPDATE;";

    // Locks are taken in the order in which OF names the tables; where there is no such assignment there is nothing to keep as it is.
    private const string LockBoth = """
        SELECT 1
        FROM session s
        CROSS JOIN assignment a
        WHERE s.session_id = @SessionId AND a.assignment_id = @AssignmentId
        FOR NO KEY UPDATE OF s, a;
        """;

    private const string LockTask = "FOR NO KEY UPDATE OF seen";

    /// <summary>Makes whatever else the rater does at the same time wait until the transaction ends.</summary>
    public static async Task LockAsync(DbTransaction transaction, RaterSession session)
    {
        if (Db.RunsBesideOthers(transaction))
            await transaction.Connection!.ExecuteAsync(LockSession, new { session.SessionId }, transaction);
    }

    /// <summary>
    /// Makes whatever else the rater does wait, and keeps an assignment as it is until the transaction ends: nobody can return its
    /// place meanwhile.
    /// </summary>
    public static async Task LockAsync(DbTransaction transaction, RaterSession session, Guid assignmentId)
    {
        if (Db.RunsBesideOthers(transaction))
            await transaction.Connection!.ExecuteAsync(LockBoth, new { session.SessionId, AssignmentId = assignmentId }, transaction);
    }

    /// <summary>Locks as <see cref="LockAsync(DbTransaction, RaterSession)"/> does and asks, all in one journey to the database.</summary>
    public static Task<SqlMapper.GridReader> LockAndAskAsync(DbTransaction transaction, string sql, object parameters) =>
        AskAsync(transaction, LockSession, sql, parameters);

    /// <summary>Locks as <see cref="LockAsync(DbTransaction, RaterSession, Guid)"/> does and asks, all in one journey to the database.</summary>
    public static Task<SqlMapper.GridReader> LockAssignmentAndAskAsync(DbTransaction transaction, string sql, object parameters) =>
        AskAsync(transaction, LockBoth, sql, parameters);

    private static async Task<SqlMapper.GridReader> AskAsync(DbTransaction transaction, string locks, string sql, object parameters)
    {
        if (!Db.RunsBesideOthers(transaction))
            return await transaction.Connection!.QueryMultipleAsync(sql, parameters, transaction);
        var answers = await transaction.Connection!.QueryMultipleAsync(locks + sql, parameters, transaction);
        await answers.ReadAsync<int>();
        return answers;
    }

    /// <summary>Takes places of the first of some tasks, but of those that others have changed since they were read.</summary>
    /// <param name="places">Tasks with a side each, in the order in which they are wanted; more than are needed where others may be faster.</param>
    /// <param name="count">How many are needed.</param>
    /// <returns>The ids of the tasks of which a place was had.</returns>
    public static async Task<IReadOnlySet<long>> TakeAsync(DbTransaction transaction, IReadOnlyCollection<(OpenTask Task, bool LeftIsB)> places, int count)
    {
        if (!Db.RunsBesideOthers(transaction))
            return await TakeAsync(transaction, places, count, locking: "");
        // A task that somebody else is taking a place of would have to be waited for, and then be lost: that is done only where there is no other.
        var had = await TakeAsync(transaction, places, count, $"{LockTask} SKIP LOCKED");
        return had.Count > 0 ? had : await TakeAsync(transaction, [.. places.Take(count).OrderBy(place => place.Task.TaskId)], count, LockTask);
    }

    private static async Task<HashSet<long>> TakeAsync(DbTransaction transaction, IReadOnlyCollection<(OpenTask Task, bool LeftIsB)> places, int count, string locking)
    {
        var sql = $"""
            WITH wanted_place (rank, id, seen_taken, seen_tilt, side) AS (VALUES {Rows.Of(places.Count, "(@Rank#, @Id#, @Taken#, @Tilt#, @Side#)")}),
            free_place AS (
              SELECT id, side
              FROM wanted_place
              JOIN task seen ON seen.task_id = id AND seen.taken = seen_taken AND seen.tilt = seen_tilt AND seen.is_open
              ORDER BY rank
              LIMIT {count} {locking})
            UPDATE task
            SET taken = task.taken + 1, tilt = task.tilt + side
            FROM free_place
            WHERE task_id = id
            RETURNING task_id
            """;
        var rows = places.Select((place, i) => new { Rank = i, Id = place.Task.TaskId, place.Task.Taken, place.Task.Tilt, Side = Side(place.LeftIsB) }).ToList();
        return [.. await transaction.Connection!.QueryAsync<long>(sql, Rows.Parameters(rows), transaction)];
    }

    /// <summary>
    /// Takes a place for a vote whose assignment has none any more: where one is free and the rater has not given, or holds, all
    /// the answers that the study wants of one rater.
    /// </summary>
    public static async Task<bool> TryTakeLateAsync(DbTransaction transaction, RaterSession session, long taskId, bool leftIsB)
    {
        const string Sql = """
            UPDATE task
            SET taken = taken + 1, tilt = tilt + @Side
            WHERE task_id = @TaskId AND taken < wanted
              AND NOT EXISTS (
                SELECT 1
                FROM study s
                WHERE s.study_id = task.study_id
                  AND s.answers_per_rater <= (
                    SELECT COUNT(*) FROM assignment a WHERE a.session_id = @SessionId AND a.state <> 'lapsed'))
            """;
        return await transaction.Connection!.ExecuteAsync(
            Sql, new { TaskId = taskId, session.SessionId, Side = Side(leftIsB) }, transaction) == 1;
    }

    /// <summary>Returns a place.</summary>
    public static Task ReturnAsync(DbTransaction transaction, long taskId, bool leftIsB)
    {
        const string Sql = "UPDATE task SET taken = taken - 1, tilt = tilt - @Side WHERE task_id = @TaskId";
        return transaction.Connection!.ExecuteAsync(Sql, new { TaskId = taskId, Side = Side(leftIsB) }, transaction);
    }

    /// <summary>Notes that a vote was taken back: its place stays with the rater under a new lease; a surplus one had none.</summary>
    public static Task SetTakenBackAsync(DbTransaction transaction, Guid assignmentId, DateTimeOffset leasedUntil)
    {
        const string Sql = """
            UPDATE assignment
            SET state = CASE WHEN state = 'surplus' THEN 'lapsed' ELSE 'held' END, leased_until = @LeasedUntil
            WHERE assignment_id = @AssignmentId AND state IN ('answered', 'surplus')
            """;
        return transaction.Connection!.ExecuteAsync(Sql, new { AssignmentId = assignmentId, LeasedUntil = leasedUntil }, transaction);
    }

    /// <summary>Returns every place of a rater who leaves the study.</summary>
    public static async Task ReturnAllAsync(DbTransaction transaction, RaterSession session, DateTimeOffset now)
    {
        const string Find = "SELECT assignment_id FROM assignment WHERE session_id = @SessionId AND state <> 'lapsed' ORDER BY assignment_id";
        const string Lock = "UPDATE assignment SET state = state WHERE assignment_id = @AssignmentId RETURNING task_id, left_is_b, state IN ('held', 'answered') AS has_place";
        const string Lapse = "UPDATE assignment SET state = 'lapsed', leased_until = @Now WHERE assignment_id = @AssignmentId";
        var connection = transaction.Connection!;
        var places = new List<ReturnedPlace>();
        foreach (var id in await connection.QueryAsync<Guid>(Find, new { session.SessionId }, transaction))
        {
            places.Add(await connection.QuerySingleAsync<ReturnedPlace>(Lock, new { AssignmentId = id }, transaction));
            await connection.ExecuteAsync(Lapse, new { AssignmentId = id, Now = now }, transaction);
        }
        foreach (var place in places.Where(place => place is { HasPlace: true, TaskId: not null }).OrderBy(place => place.TaskId))
            await ReturnAsync(transaction, place.TaskId!.Value, place.LeftIsB);
    }

    private sealed record ReturnedPlace
    {
        public long? TaskId { get; init; }
        public required bool LeftIsB { get; init; }
        public required bool HasPlace { get; init; }
    }

    private static int Side(bool leftIsB) => leftIsB ? 1 : -1;
}
