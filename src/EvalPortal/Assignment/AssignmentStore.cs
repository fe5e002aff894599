using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>Hands comparisons to raters: rows of <c>assignment</c>, each with a lease.</summary>
public sealed class AssignmentStore(Db db, DbWriter writer, TimeProvider clock)
{
    /// <summary>How long a pair is kept for a rater who does not answer.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Gives a rater up to <paramref name="ahead"/> pairs: first those they hold, whose leases start anew, then others. No
    /// comparison gets more raters on an axis than the study wants votes, however many ask at once; people and simulated raters
    /// are counted apart.
    /// </summary>
    /// <param name="random">Decides between equals, and which image stands on the left.</param>
    public Task<RaterTurn> TakeAsync(RaterSession session, int ahead, Random random, CancellationToken cancel = default) =>
        writer.RunAsync(transaction => TakeAsync(transaction, session, ahead, random), cancel);

    /// <summary>Whether somebody new would get a pair: a person, or a simulated rater.</summary>
    public async Task<bool> HasFreePlaceAsync(long studyId, bool simulated = false, CancellationToken cancel = default)
    {
        const string Sql = $"""
            SELECT EXISTS (
              SELECT 1
              FROM study y
              JOIN study_axis x ON x.study_id = y.study_id
              JOIN comparison c ON c.study_id = y.study_id
              WHERE y.study_id = @StudyId
                AND y.votes_per_comparison > (
                  SELECT COUNT(*)
                  FROM assignment a
                  WHERE a.study_id = y.study_id AND a.comparison_id = c.comparison_id AND a.axis = x.axis AND {Places.Taken}))
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

    private async Task<RaterTurn> TakeAsync(DbTransaction transaction, RaterSession session, int ahead, Random random)
    {
        var places = await Places.LockAsync(transaction, session.StudyId);
        var scope = new Scope(transaction, session, places.VotesPerComparison, clock.GetUtcNow());
        var answered = await CountAnsweredAsync(scope);
        if (places.State != StudyState.Running)
            return new RaterTurn { Pairs = [], Answered = answered, Total = answered };

        await RenewHeldAsync(scope);
        var held = await ListHeldAsync(scope);
        var entered = await ListEnteredAsync(scope);
        var open = AssignmentOrder.For(await ListOpenAsync(scope), entered, random);

        var position = entered.Select(block => block.LastPosition).DefaultIfEmpty().Max();
        var taken = open.Take(ahead - held.Count).ToList();
        foreach (var item in taken)
            await TakeAsync(scope, item, ++position, leftIsB: random.Next(2) == 1);
        if (taken.Count > 0)
            held = await ListHeldAsync(scope);
        else if (held.Count == 0)
            await FinishAsync(scope);
        return new RaterTurn
        {
            Pairs = held,
            Answered = answered,
            Total = answered + held.Count + open.Count - taken.Count,
        };
    }

    private static Task<int> CountAnsweredAsync(Scope scope)
    {
        const string Sql = """
            SELECT COUNT(*)
            FROM assignment a
            JOIN counting_vote v ON v.assignment_id = a.assignment_id
            WHERE a.session_id = @SessionId
            """;
        return scope.Connection.ExecuteScalarAsync<int>(Sql, scope, scope.Transaction);
    }

    private static async Task RenewHeldAsync(Scope scope)
    {
        const string Sql = """
            UPDATE assignment
            SET leased_until = @LeasedUntil
            WHERE session_id = @SessionId AND leased_until > @Now
              AND NOT EXISTS (SELECT 1 FROM counting_vote v WHERE v.assignment_id = assignment.assignment_id)
            """;
        await scope.Connection.ExecuteAsync(Sql, scope, scope.Transaction);
    }

    /// <summary>The pairs that the rater holds a lease of and has not answered.</summary>
    private static async Task<IReadOnlyList<AssignedPair>> ListHeldAsync(Scope scope)
    {
        const string Sql = """
            SELECT a.assignment_id, x.question, CASE WHEN x.prompt_visible THEN p.text END AS prompt, x.flaw_strip,
                   last.vote_id AS last_vote_id
            FROM assignment a
            JOIN study_axis x ON x.study_id = a.study_id AND x.axis = a.axis
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN prompt p ON p.prompt_id = c.prompt_id
            LEFT JOIN vote last ON last.assignment_id = a.assignment_id
              AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = last.vote_id)
            WHERE a.session_id = @SessionId AND a.leased_until > @Now
              AND NOT EXISTS (SELECT 1 FROM counting_vote v WHERE v.assignment_id = a.assignment_id)
            ORDER BY a.position
            """;
        return [.. await scope.Connection.QueryAsync<AssignedPair>(Sql, scope, scope.Transaction)];
    }

    private static async Task<IReadOnlyList<EnteredBlock>> ListEnteredAsync(Scope scope)
    {
        const string Sql = """
            SELECT x.position AS block, x.prompt_visible, MAX(a.position) AS last_position
            FROM assignment a
            JOIN study_axis x ON x.study_id = a.study_id AND x.axis = a.axis
            WHERE a.session_id = @SessionId
            GROUP BY x.position, x.prompt_visible
            """;
        return [.. await scope.Connection.QueryAsync<EnteredBlock>(Sql, scope, scope.Transaction)];
    }

    /// <summary>The items with a free place that the rater neither holds nor has answered, in the study's order.</summary>
    private static Task<IEnumerable<OpenItem>> ListOpenAsync(Scope scope)
    {
        const string Sql = $"""
            SELECT c.comparison_id, x.axis, x.position AS block, x.prompt_visible, COUNT(a.assignment_id) AS taken,
                   own.assignment_id AS lapsed_assignment_id
            FROM study_axis x
            JOIN comparison c ON c.study_id = x.study_id
            LEFT JOIN assignment own ON own.rater_id = @RaterId AND own.comparison_id = c.comparison_id AND own.axis = x.axis
            LEFT JOIN assignment a ON a.study_id = x.study_id AND a.comparison_id = c.comparison_id AND a.axis = x.axis
              AND {Places.Taken}
            WHERE x.study_id = @StudyId
              AND (own.assignment_id IS NULL
                OR (own.leased_until <= @Now
                  AND NOT EXISTS (SELECT 1 FROM counting_vote v WHERE v.assignment_id = own.assignment_id)))
            GROUP BY c.comparison_id, c.position, x.axis, x.position, x.prompt_visible, own.assignment_id
            HAVING COUNT(a.assignment_id) < @VotesPerComparison
            ORDER BY x.position, c.position
            """;
        return scope.Connection.QueryAsync<OpenItem>(Sql, scope, scope.Transaction);
    }

    /// <summary>Takes a place: a new assignment, or a new lease for one that lapsed, which keeps its sides and its position.</summary>
    private static async Task TakeAsync(Scope scope, OpenItem item, int position, bool leftIsB)
    {
        const string Insert = """
            INSERT INTO assignment (assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b,
                                    created_at, leased_until)
            VALUES (@AssignmentId, @StudyId, @ComparisonId, @Axis, @RaterId, @SessionId, @Position, @LeftIsB, @Now, @LeasedUntil)
            """;
        const string Renew = "UPDATE assignment SET leased_until = @LeasedUntil WHERE assignment_id = @AssignmentId";
        var row = new
        {
            AssignmentId = item.LapsedAssignmentId ?? Guid.NewGuid(),
            scope.StudyId,
            item.ComparisonId,
            Axis = item.Axis.ToText(),
            scope.RaterId,
            scope.SessionId,
            Position = position,
            LeftIsB = leftIsB,
            scope.Now,
            scope.LeasedUntil,
        };
        await scope.Connection.ExecuteAsync(item.LapsedAssignmentId is null ? Insert : Renew, row, scope.Transaction);
    }

    private static async Task FinishAsync(Scope scope)
    {
        const string Sql = "UPDATE session SET finished_at = @Now WHERE session_id = @SessionId AND finished_at IS NULL";
        await scope.Connection.ExecuteAsync(Sql, scope, scope.Transaction);
    }

    /// <summary>Where a rater takes places: what the queries above have in common.</summary>
    private sealed class Scope(DbTransaction transaction, RaterSession session, int votesPerComparison, DateTimeOffset now)
    {
        public DbTransaction Transaction => transaction;
        public DbConnection Connection => transaction.Connection!;
        public long SessionId => session.SessionId;
        public long RaterId => session.RaterId;
        public long StudyId => session.StudyId;
        public bool Simulated => session.Simulated;
        public int VotesPerComparison => votesPerComparison;
        public DateTimeOffset Now => now;
        public DateTimeOffset LeasedUntil => now + Lease;
    }
}
