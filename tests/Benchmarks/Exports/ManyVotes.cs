using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.Benchmarks.Exports;

/// <summary>Votes on every item of a large study, with all that a rater's browser tells. SQLite only.</summary>
internal static class ManyVotes
{
    public static async Task AddAsync(Db db, long studyId)
    {
        const string Raters = """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            INSERT INTO rater (pseudonym, simulated, user_agent_family, created_at)
            SELECT printf('R-%08d', i), 0, 'Firefox', '2026-03-01T12:00:00.000Z' FROM n
            """;
        const string Sessions = "INSERT INTO session (rater_id, study_id, consented_at) SELECT rater_id, @StudyId, created_at FROM rater";
        // A rater meets an item once: five neighbours on the ring of a thousand.
        const string Assignments = """
            WITH RECURSIVE k (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM k WHERE n < 4)
            INSERT INTO assignment (assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b, created_at, leased_until, task_id, state)
            SELECT printf('%08x-0000-4000-8000-%012x', t.task_id, k.n), t.study_id, t.comparison_id, t.axis, s.rater_id, s.session_id, t.task_id, (t.task_id + k.n) % 2,
              '2026-03-01T12:00:00.000Z', '2026-03-01T13:00:00.000Z', t.task_id, 'answered'
            FROM task t
            CROSS JOIN k
            JOIN rater r ON r.pseudonym = printf('R-%08d', (t.task_id * 5 + k.n) % 1000 + 1)
            JOIN session s ON s.rater_id = r.rater_id AND s.study_id = t.study_id
            WHERE t.study_id = @StudyId AND NOT t.simulated
            """;
        const string Votes = """
            INSERT INTO vote (vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, response_ms, shown_at, decoded_left_at, decoded_right_at,
              voted_at, received_at, clock_suspect, input, viewport_w, viewport_h, dpr, visible_ms, max_zoom, native_seen_left, native_seen_right, toggles, app_version)
            SELECT substr(assignment_id, 1, 14) || '7' || substr(assignment_id, 16), assignment_id, study_id, comparison_id, axis, rater_id,
              CASE WHEN left_is_b THEN 'left' ELSE 'right' END, 'b', 1000 + task_id % 5000, '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.100Z', '2026-03-01T12:00:00.120Z',
              strftime('%Y-%m-%dT%H:%M:%fZ', 1772366400 + task_id % 800000, 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%fZ', 1772366401 + task_id % 800000, 'unixepoch'),
              0, 'key', 1920, 1080, 1.5, 900, 2.0, 1, 0, 3, '1.0.0'
            FROM assignment
            WHERE study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var sql in (string[])[Raters, Sessions, Assignments, Votes])
            await connection.ExecuteAsync(new CommandDefinition(sql, new { StudyId = studyId }, transaction, commandTimeout: 3600));
        await transaction.CommitAsync();
    }
}
