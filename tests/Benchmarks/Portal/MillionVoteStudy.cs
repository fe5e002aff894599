using System.Data.Common;
using Dapper;
using PixelPost.Benchmarks.Assignment;
using PixelPost.EvalPortal.Database;

namespace PixelPost.Benchmarks.Portal;

/// <summary>A running study with very many votes, in a database that knows a hundred systems. All is written by the database itself.</summary>
internal static class MillionVoteStudy
{
    /// <summary>Raters who gave the votes.</summary>
    public const int Raters = 500;

    private const int Systems = 100, Axes = 2, Open = 20; // comparisons that lack a vote on each axis, for whoever comes next

    /// <summary>Makes the study.</summary>
    /// <param name="votes">About how many votes.</param>
    public static async Task<long> AddAsync(Db db, int votes)
    {
        var study = await LargeStudy.AddAsync(db, votes / LargeStudy.Votes);
        await using var connection = await db.OpenAsync();
        foreach (var pragma in (string[])["PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000"])
            await connection.ExecuteAsync(pragma);
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var sql in (string[])[OtherSystems, OtherImages, Categories, NewRaters, Sessions, Assignments, Votes, Flaws, Places])
            await RunAsync(transaction, sql, study);
        await transaction.CommitAsync();
        return study;
    }

    private static Task<int> RunAsync(DbTransaction transaction, string sql, long study) => transaction.Connection!.ExecuteAsync(
        new CommandDefinition(sql, new { StudyId = study, Raters, Systems, Open, PerComparison = LargeStudy.Votes, Axes }, transaction, commandTimeout: 3_600));

    private const string Numbers = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ";

    private const string OtherSystems = $"""
        {Numbers} @Systems - 2)
        INSERT INTO system (name, description, created_at)
        SELECT 'System ' || n, '', '2026-01-01T00:00:00.000Z' FROM number
        """;

    private const string OtherImages = """
        INSERT INTO image (system_id, prompt_id, sha256, width, height, byte_length, media_type, seed, created_at)
        SELECT s.system_id, p.prompt_id, lower(hex(randomblob(32))), 512, 512, 1, 'image/png', 1, s.created_at
        FROM system s
        CROSS JOIN prompt p
        WHERE s.system_id > 2
        """;

    private const string Categories = "UPDATE prompt SET category = 'category ' || (position % 12 + 1)";

    private const string NewRaters = $"""
        {Numbers} @Raters)
        INSERT INTO rater (rater_id, pseudonym, simulated, user_agent_family, created_at)
        SELECT n, 'R-' || n, 0, 'Firefox', '2026-01-01T00:00:00.000Z' FROM number
        """;

    private const string Sessions = """
        INSERT INTO session (session_id, rater_id, study_id, consented_at, instructed_at)
        SELECT rater_id, rater_id, @StudyId, created_at, created_at FROM rater
        """;

    // Five raters that differ for every comparison and axis. The number of a vote is made of its comparison, axis and place, and stands in
    // the ids of its assignment and of itself.
    private const string Assignments = """
        INSERT INTO assignment (assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b, created_at, leased_until, task_id, state)
        SELECT printf('%08x-0000-7000-8000-%012x', number, 1), study_id, comparison_id, axis, rater, rater,
          ROW_NUMBER() OVER (PARTITION BY rater ORDER BY number), number / 7 % 2, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', task_id, 'answered'
        FROM (
          SELECT t.task_id, t.study_id, t.comparison_id, t.axis, place.value AS place,
            ((c.position - 1) * @Axes + t.block) * @PerComparison + place.value AS number,
            (c.position * 7 + t.block * 13 + place.value * 101) % @Raters + 1 AS rater
          FROM task t
          JOIN comparison c ON c.comparison_id = t.comparison_id
          JOIN json_each('[0,1,2,3,4]') place
          WHERE t.study_id = @StudyId AND t.simulated = 0 AND (c.position > @Open OR place.value > 0)
        )
        """;

    // System A is ahead a little; raters differ, and one in five is on a phone. Rows lie in the order in which votes arrive, as the portal appends them.
    private const string Votes = """
        INSERT INTO vote (vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, reject_reason, response_ms,
          shown_at, voted_at, received_at, clock_suspect, input, viewport_w, viewport_h, dpr, visible_ms, max_zoom, native_seen_left,
          native_seen_right, toggles, app_version)
        SELECT replace(assignment_id, '-000000000001', '-000000000002'), assignment_id, study_id, comparison_id, axis, rater_id,
          CASE WHEN winner IN ('tie', 'reject') THEN winner WHEN (winner = 'b') = left_is_b THEN 'left' ELSE 'right' END,
          winner, CASE winner WHEN 'reject' THEN 'other' END, 1500 + drawn * 37 % 6000,
          time, time, time, 0, CASE WHEN rater_id % 5 = 0 THEN 'touch' WHEN rater_id % 3 = 0 THEN 'pointer' ELSE 'key' END,
          CASE WHEN rater_id % 5 = 0 THEN 390 ELSE 1440 END, CASE WHEN rater_id % 5 = 0 THEN 844 ELSE 900 END, 2, 1400, 1, 1, 1, drawn % 3, 'bench'
        FROM (
          SELECT a.*, strftime('%Y-%m-%dT%H:%M:%fZ', 1767225600 + a.rowid * 0.86, 'unixepoch') AS time, drawn.number AS drawn,
            CASE WHEN drawn.number < 40 + a.rater_id % 9 THEN 'a' WHEN drawn.number < 80 THEN 'b' WHEN drawn.number < 97 THEN 'tie' ELSE 'reject' END AS winner
          FROM (SELECT rowid, *, (comparison_id * 2654435761 + rater_id * 40503 + length(axis) * 7919) / 256 % 100 AS number FROM assignment WHERE study_id = @StudyId) drawn
          JOIN assignment a ON a.rowid = drawn.rowid
        )
        ORDER BY time
        """;

    private const string Flaws = """
        INSERT INTO vote_flaw (vote_id, flaw_type, flaw_severity, received_at)
        SELECT vote_id, CASE rater_id % 4 WHEN 0 THEN 'hands' WHEN 1 THEN 'face' WHEN 2 THEN 'text' ELSE 'texture' END, 'minor', received_at
        FROM vote
        WHERE study_id = @StudyId AND axis = 'flaws' AND response_ms % 10 = 0
        """;

    private const string Places = """
        UPDATE task
        SET taken = place.taken
        FROM (SELECT task_id, COUNT(*) AS taken FROM assignment WHERE study_id = @StudyId GROUP BY task_id) place
        WHERE place.task_id = task.task_id
        """;
}
