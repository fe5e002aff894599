using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>A comparison on an axis with a free place.</summary>
public sealed record OpenTask
{
    public required long TaskId { get; init; }

    public required long ComparisonId { get; init; }

    public required string Axis { get; init; }

    /// <summary>Places taken.</summary>
    public required int Taken { get; init; }

    /// <summary>Places with B on the left, less those with A.</summary>
    public required int Tilt { get; init; }
}

/// <summary>What a rater is to be given next.</summary>
/// <param name="Task">The task.</param>
/// <param name="LeftIsB">Whether B is to stand on the left.</param>
internal sealed record NextTask(OpenTask Task, bool LeftIsB);

/// <summary>Finds what a rater can be given by seeking in an index, so that it takes as long in a small study as in a large one.</summary>
/// <param name="connection">Where to ask.</param>
/// <param name="transaction">The transaction to ask in; null for none.</param>
/// <param name="rater">Who looks.</param>
internal sealed class TaskSearch(DbConnection connection, DbTransaction? transaction, TaskSearch.Rater rater)
{
    /// <summary>More open tasks than this are not counted.</summary>
    public const int MostCounted = 1_000;

    /// <summary>
    /// So many are compared by how many of their places are taken. The number stands in the statement: not knowing it, PostgreSQL plans anew each time.
    /// </summary>
    private const int Near = 32;

    // A rater is given nothing twice.
    private const string Open = """
        t.study_id = @StudyId AND t.simulated = @Simulated AND t.block = @Block AND t.is_open
        AND NOT EXISTS (
          SELECT 1
          FROM assignment own
          WHERE own.rater_id = @RaterId AND own.comparison_id = t.comparison_id AND own.axis = t.axis AND own.state <> 'lapsed')
        """;

    // Nor is anybody given a pair of a prompt of which they were given one in a study that led to this one. A cross join keeps SQLite
    // from walking all that the rater has seen.
    private const string OpenInSuccessor = $"""
        {Open}
        AND NOT EXISTS (
          SELECT 1
          FROM comparison here
          CROSS JOIN comparison old
          CROSS JOIN assignment seen
          WHERE here.comparison_id = t.comparison_id AND old.prompt_id = here.prompt_id
            AND seen.rater_id = @RaterId AND seen.comparison_id = old.comparison_id
            AND old.study_id IN (
              WITH RECURSIVE ancestor (study_id) AS (
                SELECT parent_study_id FROM study WHERE study_id = @StudyId
                UNION
                SELECT s.parent_study_id FROM ancestor JOIN study s ON s.study_id = ancestor.study_id)
              SELECT study_id FROM ancestor WHERE study_id IS NOT NULL))
        """;

    private readonly string _open = rater.InSuccessor ? OpenInSuccessor : Open;

    /// <summary>
    /// The next tasks of a block, each with the side that B is to stand on: of the <see cref="Near"/> after a random point of the ring those with
    /// the fewest places taken, of these those that suit the rater's sides best, and of these any.
    /// </summary>
    /// <param name="block">Where to look.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="raterTilt">Pairs of the rater in this block with B on the left, less those with A.</param>
    /// <param name="random">Decides between equals.</param>
    /// <returns>Fewer when the block has no more for the rater; on PostgreSQL twice as many when it has, since others may be faster.</returns>
    public async Task<IReadOnlyList<NextTask>> NextAsync(int block, int count, int raterTilt, Random random)
    {
        if (Db.RunsBesideOthers(transaction))
            count *= 2;
        var near = await ListAsync(block, random.NextInt64(AssignmentOrder.Ring));
        var found = new List<NextTask>();
        while (found.Count < count && near.Count > 0)
        {
            var task = AssignmentOrder.Next(near, raterTilt, random);
            near.Remove(task);
            var leftIsB = AssignmentOrder.LeftIsB(task.Tilt, raterTilt, random);
            found.Add(new NextTask(task, leftIsB));
            raterTilt += leftIsB ? 1 : -1;
        }
        return found;
    }

    /// <summary>How many tasks of a block have a place free for anybody; one more than <paramref name="most"/> stands for all above.</summary>
    public Task<int> CountFreeAsync(int block, int most)
    {
        const string Sql = """
            SELECT COUNT(*)
            FROM (
              SELECT 1 AS one
              FROM task t
              WHERE t.study_id = @StudyId AND t.simulated = @Simulated AND t.block = @Block AND t.is_open
              LIMIT @Most) counted
            """;
        return connection.ExecuteScalarAsync<int>(Sql, new { rater.StudyId, rater.Simulated, Block = block, Most = most + 1 }, transaction);
    }

    /// <summary>How many tasks of a block the rater can still be given.</summary>
    /// <param name="block">Where to look.</param>
    /// <param name="free">Tasks of it with a place free for anybody.</param>
    /// <param name="size">Tasks that the block has.</param>
    /// <param name="had">Those of them that are the rater's own; null when that is not known.</param>
    public async Task<int> CountAsync(int block, int free, int size, int? had)
    {
        const string Given = """
            SELECT COUNT(*)
            FROM assignment a
            WHERE a.session_id = @SessionId AND a.axis = (SELECT axis FROM study_axis WHERE study_id = @StudyId AND position = @Block)
              AND a.state <> 'lapsed'
              AND a.task_id IN (
                SELECT t.task_id
                FROM task t
                WHERE t.study_id = @StudyId AND t.simulated = @Simulated AND t.block = @Block AND t.is_open)
            """;
        if (free == 0)
            return 0;
        if (free == size && had is { } own && !rater.InSuccessor)
            return free - own; // all have a place free, the rater's own among them
        var place = new { rater.StudyId, rater.RaterId, rater.SessionId, rater.Simulated, Block = block };
        return rater.InSuccessor
            ? await connection.ExecuteScalarAsync<int>($"SELECT COUNT(*) FROM task t WHERE {_open}", place, transaction)
            : Math.Max(0, free - await connection.ExecuteScalarAsync<int>(Given, place, transaction));
    }

    /// <summary>The first tasks on the ring from a point on, once around.</summary>
    private async Task<List<OpenTask>> ListAsync(int block, long start)
    {
        var sql = $"""
            SELECT t.task_id, t.comparison_id, t.axis, t.taken, t.tilt
            FROM task t
            WHERE {_open} AND t.ring >= @From AND t.ring < @To
            ORDER BY t.ring
            LIMIT {Near}
            """;
        var tasks = new List<OpenTask>(Near);
        foreach (var (from, to) in ((long, long)[])[(start, AssignmentOrder.Ring), (0, start)])
        {
            if (tasks.Count < Near)
                tasks.AddRange(await connection.QueryAsync<OpenTask>(sql, new { rater.StudyId, rater.RaterId, rater.Simulated, Block = block, From = from, To = to }, transaction));
        }
        return tasks;
    }

    /// <summary>Who looks, and where.</summary>
    internal sealed record Rater
    {
        public required long StudyId { get; init; }

        public required long RaterId { get; init; }

        public required long SessionId { get; init; }

        /// <summary>Pairs that they were given in the study and have not let lapse.</summary>
        public required int Given { get; init; }

        /// <summary>Whose places the rater takes.</summary>
        public required bool Simulated { get; init; }

        /// <summary>Whether another study led to this one.</summary>
        public required bool InSuccessor { get; init; }
    }
}
