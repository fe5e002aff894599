using Dapper;

namespace PixelPost.EvalPortal.Database;

/// <summary>Brings a database to the schema this program needs, by the numbered scripts of <c>Migrations/</c>.</summary>
public static class Migrator
{
    /// <summary>A script may copy every vote there is.</summary>
    private const int MostSeconds = 3_600;

    /// <summary>Runs the scripts that the database has not seen, each in its own transaction together with its version number.</summary>
    /// <returns>The names of the scripts that ran, in order.</returns>
    /// <exception cref="InvalidOperationException">The database was made by a newer version of this program.</exception>
    public static Task<IReadOnlyList<string>> MigrateAsync(Db db, TimeProvider clock, CancellationToken cancel = default) =>
        MigrateAsync(db, clock, NewestVersion(db.Kind), cancel);

    /// <summary>Brings it to an earlier schema, as an earlier program did.</summary>
    internal static async Task<IReadOnlyList<string>> MigrateAsync(Db db, TimeProvider clock, int version, CancellationToken cancel = default)
    {
        const string CreateTable =
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)";
        const string ReadVersion = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
        const string AddVersion = "INSERT INTO schema_version (version, name, applied_at) VALUES (@Version, @Name, @AppliedAt)";

        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(CreateTable);
        var current = await connection.ExecuteScalarAsync<int>(ReadVersion);
        var scripts = Scripts(db.Kind);
        if (current > scripts.Count)
        {
            throw new InvalidOperationException(
                $"The database is at schema version {current}, this program knows versions up to {scripts.Count}: use a newer PixelPost.");
        }

        await db.CheckForeignKeysAsync(connection, check: false);
        try
        {
            foreach (var (number, name, sql) in scripts.Take(version).Skip(current))
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction, commandTimeout: MostSeconds, cancellationToken: cancel));
                await db.AssertForeignKeysAsync(transaction);
                await connection.ExecuteAsync(AddVersion, new { Version = number, Name = name, AppliedAt = clock.GetUtcNow() }, transaction);
                await transaction.CommitAsync(cancel);
            }
        }
        finally
        {
            await db.CheckForeignKeysAsync(connection, check: true);
        }
        return [.. scripts.Take(version).Skip(current).Select(script => script.Name)];
    }

    /// <summary>The schema that this program brings a database to.</summary>
    public static int NewestVersion(DatabaseKind kind) => Scripts(kind).Count;

    /// <summary>The embedded scripts in order; script 0001 is version 1.</summary>
    private static List<(int Version, string Name, string Sql)> Scripts(DatabaseKind kind)
    {
        var assembly = typeof(Migrator).Assembly;
        var prefix = $"{typeof(Migrator).Namespace}.Migrations.{kind}.";
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select((resource, i) =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                return (i + 1, resource[prefix.Length..], reader.ReadToEnd());
            })];
    }
}
