using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>Hands comparisons to raters: rows of <c>assignment</c>, each with a place of its <c>task</c> and a lease.</summary>
public sealed class AssignmentStore(Db db, DbWriter writer, TimeProvider clock)
{
    /// <summary>How long a pair is kept for a rater who does not answer.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Gives a rater up to <paramref name="ahead"/> pairs: first those they hold, whose leases start anew, then others. No
    /// comparison gets more raters on an axis than the study wants votes, however many ask at once; people and simulated raters
    /// are counted apart.
    /// </summary>
    /// <param name="random">Decides between equals.</param>
    public async Task<RaterTurn> TakeAsync(RaterSession session, int ahead, Random random, CancellationToken cancel = default)
    {
        while (true)
        {
            var lapsed = await LapsedLeases.ReturnAsync(db, writer, session.StudyId, session.SessionId, clock.GetUtcNow(), cancel);
            var allReturned = lapsed < LapsedLeases.Most;
            // One pair per transaction: on PostgreSQL two raters who each take several could otherwise wait for one another.
            while (await writer.RunAsync(transaction => TakeOneAsync(transaction, session, ahead, random, allReturned), cancel))
            {
            }
            var turn = await ReadTurnAsync(session, cancel);
            if (turn.Pairs.Count > 0 || allReturned)
                return turn;
        }
    }

    /// <summary>Whether somebody new would get a pair: a person, or a simulated rater.</summary>
    public async Task<bool> HasFreePlaceAsync(long studyId, bool simulated = false, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT EXISTS (SELECT 1 FROM task WHERE study_id = @StudyId AND simulated = @Simulated AND taken < wanted)
              OR EXISTS (
                SELECT 1
                FROM assignment a
                JOIN task t ON t.task_id = a.task_id
                WHERE a.study_id = @StudyId AND a.state = 'held' AND a.leased_until <= @Now AND t.simulated = @Simulated)
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(Sql, new { StudyId = studyId, Simulated = simulated, Now = clock.GetUtcNow() }, cancellationToken: cancel));
    }

    /// <summary>The hash of the image that stands on a side of a rater's own pair; null when the pair is not theirs.</summary>
    public async Task<string?> FindImageAsync(RaterSession session, Guid assignmentId, bool left, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT i.sha256
            FROM assignment a
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN image i ON i.image_id = CASE WHEN a.left_is_b = @Left THEN c.image_b_id ELSE c.image_a_id END
            WHERE a.assignment_id = @AssignmentId AND a.session_id = @SessionId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            Sql, new { AssignmentId = assignmentId, session.SessionId, Left = left }, cancellationToken: cancel));
    }

    /// <summary>What a simulated rater's own pair shows.</summary>
    /// <exception cref="InvalidOperationException">The pair is not theirs, or the rater is a person.</exception>
    public async Task<ShownPair> ReadShownAsync(RaterSession session, Guid assignmentId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT c.position AS comparison, a.axis, a.left_is_b
            FROM assignment a
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN rater r ON r.rater_id = a.rater_id
            WHERE a.assignment_id = @AssignmentId AND a.session_id = @SessionId AND r.simulated
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleAsync<ShownPair>(new CommandDefinition(
            Sql, new { AssignmentId = assignmentId, session.SessionId }, cancellationToken: cancel));
    }

    /// <summary>Renews what the rater holds and takes one pair more.</summary>
    /// <param name="isAll">Whether the rater is done when nothing is found.</param>
    /// <returns>Whether to call again: the rater is short of pairs, and there may be another.</returns>
    private async Task<bool> TakeOneAsync(DbTransaction transaction, RaterSession session, int ahead, Random random, bool isAll)
    {
        await Places.LockAsync(transaction, session);
        var rater = await RaterInStudy.ReadAsync(transaction.Connection!, transaction, session);
        if (rater.State != StudyState.Running)
            return false;

        var now = clock.GetUtcNow();
        if (rater.Held > 0)
            await RenewAsync(transaction, session, now);
        if (rater.Held >= ahead)
            return false;

        if (await NextAsync(transaction, rater, random) is not { } task)
        {
            if (rater.Held == 0 && isAll)
                await FinishAsync(transaction, session, now);
            return false;
        }
        var taken = await TakeAsync(transaction, session, task, rater, random, now);
        return !taken || rater.Held + 1 < ahead;
    }

    private static async Task<OpenTask?> NextAsync(DbTransaction transaction, RaterInStudy rater, Random random)
    {
        if (rater.Left <= 0)
            return null;
        var search = new TaskSearch(transaction.Connection!, transaction, rater.Looking);
        foreach (var block in AssignmentOrder.Blocks(rater.Blocks, rater.Entered))
        {
            if (await search.NextAsync(block, rater.TiltIn(block), random) is { } task)
                return task;
        }
        return null;
    }

    private static Task<int> RenewAsync(DbTransaction transaction, RaterSession session, DateTimeOffset now)
    {
        const string Sql = "UPDATE assignment SET leased_until = @LeasedUntil WHERE session_id = @SessionId AND state = 'held'";
        return transaction.Connection!.ExecuteAsync(Sql, new { session.SessionId, LeasedUntil = now + Lease }, transaction);
    }

    /// <summary>Takes a place: a new assignment, or a new lease for one of the rater's that lapsed, which keeps its sides and its position.</summary>
    /// <returns>Whether it was had; on PostgreSQL others may be faster.</returns>
    private static async Task<bool> TakeAsync(
        DbTransaction transaction, RaterSession session, OpenTask task, RaterInStudy rater, Random random, DateTimeOffset now)
    {
        const string FindLapsed = """
            SELECT assignment_id, left_is_b
            FROM assignment
            WHERE rater_id = @RaterId AND comparison_id = @ComparisonId AND axis = @Axis AND state = 'lapsed'
            """;
        const string Renew = "UPDATE assignment SET state = 'held', leased_until = @LeasedUntil WHERE assignment_id = @AssignmentId";
        const string Insert = """
            INSERT INTO assignment (assignment_id, task_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b,
                                    created_at, leased_until)
            VALUES (@AssignmentId, @TaskId, @StudyId, @ComparisonId, @Axis, @RaterId, @SessionId, @Position, @LeftIsB,
                    @Now, @LeasedUntil)
            """;
        var connection = transaction.Connection!;
        var lapsed = await connection.QuerySingleOrDefaultAsync<LapsedPair>(
            FindLapsed, new { session.RaterId, task.ComparisonId, task.Axis }, transaction);
        var row = new
        {
            AssignmentId = lapsed?.AssignmentId ?? Guid.NewGuid(),
            task.TaskId,
            session.StudyId,
            task.ComparisonId,
            task.Axis,
            session.RaterId,
            session.SessionId,
            Position = rater.LastPosition + 1,
            LeftIsB = lapsed?.LeftIsB ?? ColumnTypes.ToEnum<Axis>(task.Axis).Form() == StudyForm.Pairs && AssignmentOrder.LeftIsB(task.Tilt, rater.TiltOn(task.Axis), random),
            Now = now,
            LeasedUntil = now + Lease,
        };
        if (!await Places.TryTakeAsync(transaction, task, row.LeftIsB))
            return false;
        await connection.ExecuteAsync(lapsed is null ? Insert : Renew, row, transaction);
        return true;
    }

    private static Task<int> FinishAsync(DbTransaction transaction, RaterSession session, DateTimeOffset now)
    {
        const string Sql = "UPDATE session SET finished_at = @Now WHERE session_id = @SessionId AND finished_at IS NULL";
        return transaction.Connection!.ExecuteAsync(Sql, new { session.SessionId, Now = now }, transaction);
    }

    private async Task<RaterTurn> ReadTurnAsync(RaterSession session, CancellationToken cancel)
    {
        const string Held = """
            SELECT a.assignment_id, x.question, CASE WHEN x.prompt_visible THEN p.text END AS prompt, x.flaw_strip,
                   last.vote_id AS last_vote_id
            FROM assignment a
            JOIN study_axis x ON x.study_id = a.study_id AND x.axis = a.axis
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN prompt p ON p.prompt_id = c.prompt_id
            LEFT JOIN vote last ON last.assignment_id = a.assignment_id
              AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = last.vote_id)
            WHERE a.session_id = @SessionId AND a.state = 'held'
            ORDER BY +a.position -- no index is to serve the order: SQLite would walk all that the rater has had
            """;
        await using var connection = await db.OpenAsync(cancel);
        var rater = await RaterInStudy.ReadAsync(connection, null, session);
        if (rater.State != StudyState.Running)
            return new RaterTurn { Pairs = [], Answered = rater.Answered, Total = rater.Answered };

        var held = (await connection.QueryAsync<AssignedPair>(
            new CommandDefinition(Held, new { session.SessionId }, cancellationToken: cancel))).ToList();
        var open = await CountOpenAsync(new TaskSearch(connection, null, rater.Looking), rater);
        return new RaterTurn { Pairs = held, Answered = rater.Answered, Total = rater.Answered + held.Count + open };
    }

    /// <summary>How many pairs the rater can still be given; null when they are too many to count each time.</summary>
    private static async Task<int?> CountOpenAsync(TaskSearch search, RaterInStudy rater)
    {
        var open = 0;
        foreach (var block in AssignmentOrder.Blocks(rater.Blocks, rater.Entered))
        {
            if (await search.CountAsync(block) is not { } more)
                return rater.Left <= TaskSearch.MostCounted ? rater.Left : null;
            open += more;
        }
        return Math.Min(open, rater.Left);
    }

    private sealed record LapsedPair
    {
        public required Guid AssignmentId { get; init; }
        public required bool LeftIsB { get; init; }
    }
}
