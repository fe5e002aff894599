using System.Runtime.CompilerServices;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Database.OldSchemas;

public sealed class OldSchemasOnSqlite() : OldSchemaTests(DatabaseKind.Sqlite);

public sealed class OldSchemasOnPostgres() : OldSchemaTests(DatabaseKind.Postgres);

/// <summary>
/// A database of earlier schemas, made by the very scripts that made it then, with the rows of <c>rows.sql</c>: brought forward it has lost
/// nothing, and its results are the same.
/// </summary>
public abstract class OldSchemaTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private readonly DatabaseKind _kind = kind;

    [SkippableFact]
    public async Task Migrate_DatabaseOfAnEarlierSchema_KeepsEverythingAndItsResults()
    {
        var newest = Migrator.NewestVersion(_kind);
        var (rows, results) = ("", "");
        // On PostgreSQL, where each takes seconds, every third and the first: from that one on every script runs.
        var every = _kind == DatabaseKind.Postgres ? 3 : 1;
        foreach (var version in Enumerable.Range(0, newest).Select(i => newest - (i * every)).TakeWhile(version => version > 1).Append(1))
        {
            using var old = await CreateEmptyAsync();
            await Migrator.MigrateAsync(old, Clock, version);
            await FillAsync(old);
            var before = await RowsAsync(old);

            Assert.Equal(newest - version, (await Migrator.MigrateAsync(old, Clock)).Count);

            Assert.True(before == await RowsAsync(old), $"Schema {version} does not come forward whole:\n{before}\nbecame\n{await RowsAsync(old)}");
            if (version == newest)
                (rows, results) = (before, await ResultsAsync(old));
            Assert.Equal(rows, before);
            Assert.True(results == await ResultsAsync(old), $"Results from schema {version} differ:\n{results}\nbecame\n{await ResultsAsync(old)}");
        }
        // By hand from rows.sql, so that all of them being wrong together is noticed.
        Assert.Contains("Flaws: votes 5 1 1", results, StringComparison.Ordinal);
        Assert.Contains("Appeal: votes 7 0 1", results, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Migrate_FromBeforeRoles_LeavesEverybodyTheirWork()
    {
        using var old = await CreateEmptyAsync();
        await Migrator.MigrateAsync(old, Clock, VersionBefore("people"));
        await FillAsync(old);

        await Migrator.MigrateAsync(old, Clock);

        var access = new StudyAccess(old);
        Assert.Equal(Access.Administer, await access.ToStudyAsync(1, 1)); // an admin of the portal
        Assert.Equal(Access.Administer, await access.ToStudyAsync(2, 1)); // who made it
        await Assert.ThrowsAsync<RefusedException>(() => new StudyMemberStore(old, Clock).RemoveAsync(1, 2));
        Assert.Equal(["ada@example.org", "bob@example.org"], (await new AccountStore(old, Clock).ListAsync()).Select(account => account.Email));
    }

    private static async Task FillAsync(Db db)
    {
        var sql = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Here())!, "rows.sql"));
        await using var connection = await db.OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>What must not be lost, line by line.</summary>
    private static async Task<string> RowsAsync(Db db)
    {
        string[] queries =
        [
            "SELECT email || ' ' || display_name || ' ' || role || ' ' || password_hash FROM account ORDER BY account_id",
            "SELECT name || ' ' || link_token || ' ' || state || ' ' || CAST(votes_per_comparison AS TEXT) FROM study ORDER BY study_id",
            "SELECT axis || ' ' || question FROM study_axis ORDER BY position",
            "SELECT CAST(comparison_id AS TEXT) || ' ' || CAST(image_a_id AS TEXT) || ' ' || CAST(image_b_id AS TEXT) FROM comparison ORDER BY comparison_id",
            "SELECT pseudonym || CASE WHEN simulated THEN ' simulated' ELSE '' END FROM rater ORDER BY rater_id",
            "SELECT CAST(rater_id AS TEXT) || ' ' || consented_at FROM session ORDER BY session_id",
            "SELECT assignment_id || ' ' || CASE WHEN left_is_b THEN 'b' ELSE 'a' END FROM assignment ORDER BY assignment_id",
            "SELECT vote_id || ' ' || winner || ' ' || choice_screen || ' ' || voted_at || ' ' || COALESCE(supersedes_vote_id, '') FROM vote ORDER BY vote_id",
            "SELECT vote_id FROM counting_vote ORDER BY vote_id",
            "SELECT vote_id || ' ' || retracted_at FROM vote_retraction ORDER BY vote_id",
            "SELECT name || ' ' || sha256 FROM preference_set",
            "SELECT prompt || ' ' || CAST(chosen_image_id AS TEXT) FROM preference_pair",
        ];
        await using var connection = await db.OpenAsync();
        var lines = new List<string>();
        foreach (var sql in queries)
            lines.AddRange(await connection.QueryAsync<string>(sql));
        return string.Join('\n', lines);
    }

    private static async Task<string> ResultsAsync(Db db)
    {
        var study = (await new StudyStore(db, TimeProvider.System).FindAsync(1))!;
        var table = await new ResultsStore(db, new ComparisonStore(db)).ReadAsync(study);
        return string.Join('\n', StudyReport.Of(table, VoteSource.Real).Axes.Select(axis =>
            $"{axis.Axis}: votes {axis.Votes.A} {axis.Votes.B} {axis.Votes.Tie}, {axis.Decisions}, {axis.Undecided} undecided, {axis.NetWinRate}, {axis.VoteNetWinRate}, {axis.SignTest}, {axis.Raters} raters, {axis.LeftWins} left"));
    }

    private int VersionBefore(string name) => typeof(Migrator).Assembly.GetManifestResourceNames()
        .Where(resource => resource.Contains($"Migrations.{_kind}.", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .ToList()
        .FindIndex(resource => resource.EndsWith($"_{name}.sql", StringComparison.Ordinal));

    private static string Here([CallerFilePath] string file = "") => file;
}
