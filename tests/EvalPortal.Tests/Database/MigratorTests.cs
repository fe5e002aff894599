using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Database;

public sealed class MigratorOnSqlite() : MigratorTests(DatabaseKind.Sqlite);

public sealed class MigratorOnPostgres() : MigratorTests(DatabaseKind.Postgres);

public abstract class MigratorTests(DatabaseKind kind) : DatabaseTests(kind)
{
    [SkippableFact]
    public async Task Migrate_EmptyDatabase_RunsEveryScriptOnce()
    {
        var empty = await CreateEmptyAsync();

        var first = await Migrator.MigrateAsync(empty, Clock);
        var second = await Migrator.MigrateAsync(empty, Clock);

        Assert.Equal("0001_initial.sql", first[0]);
        Assert.Empty(second);
    }

    [SkippableFact]
    public async Task Migrate_StudyFromBeforeTasks_HasItsPlaces()
    {
        const string Before = """
            INSERT INTO system (name, description, created_at) VALUES ('a', '', ''), ('b', '', '');
            INSERT INTO prompt_set (name, description, source, licence, created_at) VALUES ('p', '', '', '', '');
            INSERT INTO prompt (prompt_set_id, position, text) VALUES (1, 1, 'a fox');
            INSERT INTO image (system_id, prompt_id, sha256, width, height, byte_length, media_type, created_at)
            VALUES (1, 1, 'x', 1, 1, 1, '', ''), (2, 1, 'y', 1, 1, 1, '', '');
            INSERT INTO study (name, link_token, state, votes_per_comparison, consent, instructions, system_a_id, system_b_id, created_at)
            VALUES ('s', 't', 'running', 3, '', '', 1, 2, '');
            INSERT INTO study_axis (study_id, axis, position, question, prompt_visible) VALUES (1, 'flaws', 1, '?', (1 = 0));
            INSERT INTO comparison (study_id, prompt_id, image_a_id, image_b_id, position) VALUES (1, 1, 1, 2, 1);
            INSERT INTO rater (pseudonym, simulated, created_at) VALUES ('1', (1 = 0), ''), ('2', (1 = 0), ''), ('3', (1 = 0), ''), ('4', (1 = 1), '');
            INSERT INTO session (rater_id, study_id, consented_at) SELECT rater_id, 1, '' FROM rater;
            INSERT INTO assignment (assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b, created_at, leased_until)
            SELECT '0000000' || CAST(r.rater_id AS TEXT) || '-0000-0000-0000-000000000000', 1, 1, 'flaws', r.rater_id, s.session_id, 1, (1 = 1), '',
              CASE WHEN r.rater_id = 2 THEN '2999-01-01T00:00:00.000Z' ELSE '2020-01-01T00:00:00.000Z' END
            FROM rater r
            JOIN session s ON s.rater_id = r.rater_id;
            INSERT INTO vote (vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, response_ms,
              shown_at, voted_at, received_at, clock_suspect, app_version)
            SELECT assignment_id, assignment_id, 1, 1, 'flaws', rater_id, 'left', 'b', 1, '', '', '', (1 = 0), '' FROM assignment WHERE rater_id IN (1, 4);
            """;
        var old = await CreateEmptyAsync();
        await using var connection = await old.OpenAsync();
        await connection.ExecuteAsync(Script(old, "0001_initial.sql") + Before);
        await connection.ExecuteAsync("CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)");
        await connection.ExecuteAsync("INSERT INTO schema_version (version, name, applied_at) VALUES (1, '0001_initial.sql', '')");

        await Migrator.MigrateAsync(old, Clock);

        Assert.Equal(["answered", "held", "lapsed", "answered"], await connection.QueryAsync<string>("SELECT state FROM assignment ORDER BY rater_id"));
        Assert.Equal(
            [(2, 2, 3), (1, 1, 3)],
            await connection.QueryAsync<(int, int, int)>("SELECT taken, tilt, wanted FROM task ORDER BY simulated"));
        Assert.Equal(
            [("00000001-0000-0000-0000-000000000000", "b"), ("00000004-0000-0000-0000-000000000000", "b")],
            await connection.QueryAsync<(string, string)>("SELECT vote_id, winner FROM counting_vote ORDER BY vote_id"));
        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync("UPDATE vote SET response_ms = 2"));
        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync("UPDATE comparison SET image_a_id = 99"));
    }

    [SkippableFact]
    public async Task Migrate_DatabaseOfNewerProgram_Refuses()
    {
        KeepFromOthers();
        await using (var connection = await Db.OpenAsync())
            await connection.ExecuteAsync("INSERT INTO schema_version (version, name, applied_at) VALUES (99, 'x', 'y')");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.MigrateAsync(Db, Clock));

        Assert.Contains("schema version 99", error.Message, StringComparison.Ordinal);
    }

    private static string Script(Db db, string name)
    {
        var migrator = typeof(Migrator);
        using var script = new StreamReader(migrator.Assembly.GetManifestResourceStream($"{migrator.Namespace}.Migrations.{db.Kind}.{name}")!);
        return script.ReadToEnd();
    }

    [SkippableFact]
    public async Task Schema_UnknownParent_IsRefused()
    {
        await using var connection = await Db.OpenAsync();

        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(
            "INSERT INTO prompt (prompt_set_id, position, text) VALUES (1, 1, 'a fox')"));
    }
}
