using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>Hands comparisons to raters: rows of <c>assignment</c>, each with a place of its <c>task</c> and a lease.</summary>
public sealed class AssignmentStore(Db db, DbWriter writer, TimeProvider clock)
{
    /// <summary>How long a pair is kept for a rater who does not answer.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<long, int> _sizes = new(); // fixed from a study's start on
    private readonly FreeTaskCounts _freeTasks = new();

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
            Filled filled;
            do
            {
                filled = await writer.RunAsync(transaction => FillAsync(transaction, session, ahead, random, allReturned), cancel);
            }
            while (filled.IsShort);
            var turn = await ReadTurnAsync(session, filled.Rater, cancel);
            if (turn.Pairs.Count > 0 || allReturned)
                return turn;
        }
    }

    /// <summary>Whether somebody new would get a pair: a person, or a simulated rater.</summary>
    public async Task<bool> HasFreePlaceAsync(long studyId, bool simulated = false, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT EXISTS (SELECT 1 FROM task WHERE study_id = @StudyId AND simulated = @Simulated AND is_open)
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
            SELECT c.position AS comparison, a.axis, a.left_is_b, a.kind = 'repeat' AS is_repeat
            FROM assignment a
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN rater r ON r.rater_id = a.rater_id
            WHERE a.assignment_id = @AssignmentId AND a.session_id = @SessionId AND r.simulated
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleAsync<ShownPair>(new CommandDefinition(
            Sql, new { AssignmentId = assignmentId, session.SessionId }, cancellationToken: cancel));
    }

    /// <summary>Renews what the rater holds and takes what they are short of, of one block.</summary>
    /// <param name="isAll">Whether the rater is done when nothing is found.</param>
    private async Task<Filled> FillAsync(DbTransaction transaction, RaterSession session, int ahead, Random random, bool isAll)
    {
        RaterInStudy rater;
        await using (var answers = await Places.LockAndAskAsync(transaction, RaterInStudy.Sql, RaterInStudy.Key(session)))
            rater = await RaterInStudy.ReadAsync(answers, session);
        if (rater.State != StudyState.Running)
            return new Filled(rater, IsShort: false);

        var now = clock.GetUtcNow();
        if (rater.Held > 0)
            await RenewAsync(transaction, session, now);
        var wanted = Math.Min(ahead - rater.Held, rater.Left);
        if (wanted > 0)
        {
            var search = new TaskSearch(transaction.Connection!, transaction, rater.Looking);
            foreach (var block in AssignmentOrder.Blocks(rater.Blocks, rater.Entered))
            {
                var checks = await FindChecksAsync(transaction, session, rater, block, wanted, random);
                var items = Math.Max(1, wanted - checks.Count);
                var tasks = await search.NextAsync(block, items, rater.TiltIn(block), random);
                if (tasks.Count == 0)
                    continue;
                var had = await TakePlacesAsync(transaction, session, tasks, items, rater.HasLapsed(block));
                var given = await GiveAsync(transaction, session, rater, block, had, checks, now);
                return new Filled(given, IsShort: given.Held - rater.Held < wanted);
            }
        }
        if (rater.Held == 0 && isAll)
            await FinishAsync(transaction, session, now);
        return new Filled(rater, IsShort: false);
    }

    /// <summary>The checks that stand among the next pairs of a block, by their place among all of the rater's in it.</summary>
    private static async Task<IReadOnlyDictionary<int, NextCheck>> FindChecksAsync(
        DbTransaction transaction, RaterSession session, RaterInStudy rater, int block, int wanted, Random random)
    {
        var found = new Dictionary<int, NextCheck>();
        if (rater.Left == 1)
            return found; // their last pair is an item
        var plan = new CheckPlan(rater.Checks, session.SessionId, block);
        var (search, given) = (new CheckSearch(transaction, session, random), rater.GivenIn(block));
        for (var i = 0; i < wanted; i++)
        {
            if (plan.KindAt(given + i) is not PairKind.Item and var kind
                && await search.FindAsync(kind, rater.AxisOf(block), rater.LastPosition + 1 + i, found.Values) is { } check)
            {
                found[given + i] = check;
            }
        }
        return found;
    }

    /// <summary>Gives what is held a new lease. One that is nearly new stays: a minute is not worth writing six rows at every answer.</summary>
    private static Task<int> RenewAsync(DbTransaction transaction, RaterSession session, DateTimeOffset now)
    {
        const string Sql = """
            UPDATE assignment
            SET leased_until = @LeasedUntil
            WHERE session_id = @SessionId AND state = 'held' AND leased_until < @NearlyNew
            """;
        var until = now + Lease;
        return transaction.Connection!.ExecuteAsync(
            Sql, new { session.SessionId, LeasedUntil = until, NearlyNew = until - TimeSpan.FromMinutes(1) }, transaction);
    }

    /// <summary>Takes places.</summary>
    /// <returns>Those that were had, in the order in which they were found; on PostgreSQL others may be faster.</returns>
    private static async Task<IReadOnlyList<TakenPlace>> TakePlacesAsync(
        DbTransaction transaction, RaterSession session, IReadOnlyList<NextTask> tasks, int count, bool mayHaveLapsed)
    {
        // Read after the tasks were found: on PostgreSQL a lease of theirs may have lapsed since the rater was read.
        var lapsed = mayHaveLapsed || Db.RunsBesideOthers(transaction) ? await FindLapsedAsync(transaction, session, tasks) : [];
        var hasSides = ColumnTypes.ToEnum<Axis>(tasks[0].Task.Axis).Form() == StudyForm.Pairs;
        var wanted = tasks.Select(next => lapsed.GetValueOrDefault(next.Task.ComparisonId) is { } before
            ? new TakenPlace(next.Task, before.LeftIsB, before.AssignmentId)
            : new TakenPlace(next.Task, hasSides && next.LeftIsB, LapsedId: null)).ToList();
        var had = await Places.TakeAsync(transaction, [.. wanted.Select(place => (place.Task, place.LeftIsB))], count);
        return [.. wanted.Where(place => had.Contains(place.Task.TaskId))];
    }

    /// <summary>The rater's own assignments of some tasks that have lapsed, by comparison.</summary>
    private static async Task<Dictionary<long, LapsedPair>> FindLapsedAsync(DbTransaction transaction, RaterSession session, IReadOnlyList<NextTask> tasks)
    {
        var sql = $"""
            SELECT comparison_id, assignment_id, left_is_b
            FROM assignment
            WHERE rater_id = @RaterId AND axis = @Axis AND kind = 'item' AND state = 'lapsed' AND comparison_id IN ({Rows.Of(tasks.Count, "@ComparisonId#")})
            """;
        var parameters = Rows.Parameters([.. tasks.Select(next => new { next.Task.ComparisonId })], new { session.RaterId, tasks[0].Task.Axis });
        return (await transaction.Connection!.QueryAsync<LapsedPair>(sql, parameters, transaction)).ToDictionary(pair => pair.ComparisonId);
    }

    /// <summary>
    /// Gives pairs to the rater: an assignment each, with the checks in between where they stand; or a new lease for one of theirs that
    /// lapsed, which keeps its sides and its position. A check is given only with the item after it, so that none is the last.
    /// </summary>
    /// <returns>The rater with them.</returns>
    private static async Task<RaterInStudy> GiveAsync(
        DbTransaction transaction, RaterSession session, RaterInStudy rater, int block,
        IReadOnlyList<TakenPlace> places, IReadOnlyDictionary<int, NextCheck> checks, DateTimeOffset now)
    {
        const string Renew = "UPDATE assignment SET state = 'held', leased_until = @LeasedUntil WHERE assignment_id = @LapsedId";
        const string Insert = """
            INSERT INTO assignment (assignment_id, kind, task_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b,
                                    created_at, leased_until)
            VALUES
            """;
        const string Row = "(@AssignmentId#, @Kind#, @TaskId#, @StudyId, @ComparisonId#, @Axis, @RaterId, @SessionId, @Position#, @LeftIsB#, @Now, @LeasedUntil)";
        var connection = transaction.Connection!;
        var until = now + Lease;
        foreach (var place in places.Where(place => place.LapsedId is not null))
            await connection.ExecuteAsync(Renew, new { place.LapsedId, LeasedUntil = until }, transaction);

        var rows = new List<NewAssignment>();
        var waiting = new Queue<TakenPlace>(places.Where(place => place.LapsedId is null));
        while (waiting.Count > 0)
        {
            var check = checks.GetValueOrDefault(rater.GivenIn(block) + rows.Count);
            var place = check is null ? waiting.Dequeue() : null;
            rows.Add(new NewAssignment
            {
                AssignmentId = Guid.NewGuid(),
                Kind = (check?.Kind ?? PairKind.Item).ToText(),
                TaskId = place?.Task.TaskId,
                ComparisonId = check?.ComparisonId ?? place!.Task.ComparisonId,
                Position = rater.LastPosition + 1 + rows.Count,
                LeftIsB = check?.LeftIsB ?? place!.LeftIsB,
            });
        }
        if (rows.Count > 0)
        {
            var shared = new { session.StudyId, Axis = rater.AxisOf(block), session.RaterId, session.SessionId, Now = now, LeasedUntil = until };
            await connection.ExecuteAsync($"{Insert} {Rows.Of(rows.Count, Row)}", Rows.Parameters(rows, shared), transaction);
        }
        return rater.Given(block, rows.Count, places.Count(place => place.LapsedId is not null));
    }

    private static Task<int> FinishAsync(DbTransaction transaction, RaterSession session, DateTimeOffset now)
    {
        const string Sql = "UPDATE session SET finished_at = @Now WHERE session_id = @SessionId AND finished_at IS NULL";
        return transaction.Connection!.ExecuteAsync(Sql, new { session.SessionId, Now = now }, transaction);
    }

    private async Task<RaterTurn> ReadTurnAsync(RaterSession session, RaterInStudy rater, CancellationToken cancel)
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
        if (rater.State != StudyState.Running)
            return new RaterTurn { Pairs = [], Answered = rater.Answered, Total = rater.Answered };
        await using var connection = await db.OpenAsync(cancel);
        List<AssignedPair> held = [.. await connection.QueryAsync<AssignedPair>(new CommandDefinition(Held, new { session.SessionId }, cancellationToken: cancel))];
        var open = await CountOpenAsync(connection, session, rater);
        return new RaterTurn { Pairs = held, Answered = rater.Answered, Total = rater.Answered + held.Count + open };
    }

    /// <summary>How many pairs the rater can still be given, checks among them; null when they are too many to count each time.</summary>
    private async Task<int?> CountOpenAsync(DbConnection connection, RaterSession session, RaterInStudy rater)
    {
        var search = new TaskSearch(connection, null, rater.Looking);
        var size = await CountComparisonsAsync(connection, session.StudyId);
        var most = TaskSearch.MostCounted + rater.Looking.Given; // the rater's own are a part of what is free
        var open = 0;
        foreach (var block in AssignmentOrder.Blocks(rater.Blocks, rater.Entered))
        {
            var free = await _freeTasks.CountAsync(rater.Looking, block, most, () => search.CountFreeAsync(block, most));
            if (free > most)
                return rater.Left <= TaskSearch.MostCounted ? rater.Left : null;
            var items = await search.CountAsync(block, free, size, had: rater.Checks.PerDozen == 0 ? rater.OwnIn(block) : null);
            open += items + (rater.Checks.PerDozen == 0 ? 0 : await CountChecksAsync(connection, session, rater, block, items));
        }
        return Math.Min(open, rater.Left);
    }

    /// <summary>How many comparisons a study that has started has: a task each in every block, but for gold.</summary>
    private async Task<int> CountComparisonsAsync(DbConnection connection, long studyId)
    {
        const string Sql = "SELECT COUNT(*) FROM comparison WHERE study_id = @StudyId";
        return _sizes.TryGetValue(studyId, out var size)
            ? size
            : _sizes[studyId] = await connection.ExecuteScalarAsync<int>(Sql, new { StudyId = studyId });
    }

    private static async Task<int> CountChecksAsync(DbConnection connection, RaterSession session, RaterInStudy rater, int block, int items)
    {
        var kinds = new CheckPlan(rater.Checks, session.SessionId, block).Among(rater.GivenIn(block), items);
        var gold = await CheckSearch.CountGoldAsync(connection, session, rater.AxisOf(block));
        return kinds.Count(kind => kind == PairKind.Repeat) + Math.Min(gold, kinds.Count(kind => kind == PairKind.Gold));
    }

    /// <summary>A rater who was given what there is.</summary>
    /// <param name="Rater">As they are then.</param>
    /// <param name="IsShort">Whether they are short of pairs, and there may be more.</param>
    private sealed record Filled(RaterInStudy Rater, bool IsShort);

    /// <summary>A place that was taken for a rater.</summary>
    /// <param name="Task">Whose.</param>
    /// <param name="LeftIsB">Whether B is to stand on the left.</param>
    /// <param name="LapsedId">The rater's assignment that had it before; null when it is the first.</param>
    private sealed record TakenPlace(OpenTask Task, bool LeftIsB, Guid? LapsedId);

    /// <summary>A row of <c>assignment</c>, without what all rows of a call share.</summary>
    private sealed record NewAssignment
    {
        public required Guid AssignmentId { get; init; }
        public required string Kind { get; init; }
        public long? TaskId { get; init; }
        public required long ComparisonId { get; init; }
        public required int Position { get; init; }
        public required bool LeftIsB { get; init; }
    }

    private sealed record LapsedPair
    {
        public required long ComparisonId { get; init; }
        public required Guid AssignmentId { get; init; }
        public required bool LeftIsB { get; init; }
    }
}
