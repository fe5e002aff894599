using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>Who a study is in bundles.</summary>
public sealed record BundleMark
{
    public required long StudyId { get; init; }

    public required string Name { get; init; }

    /// <summary>The group it is linked in; null for none.</summary>
    public long? StudyGroupId { get; init; }

    public required Guid Identity { get; init; }

    /// <summary>Of the key of the portal that the bundle came from; null where the study was made here.</summary>
    public string? Fingerprint { get; init; }

    public string? ContentSha256 { get; init; }

    /// <summary>When the bundle was made; null where the study was made here.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>When it was taken in; null where the study was made here.</summary>
    public DateTimeOffset? ImportedAt { get; init; }
}

/// <summary>Which studies went into bundles or came in them: rows of <c>bundle_study</c>.</summary>
public sealed class BundleStore(Db db)
{
    private const string Select = """
        SELECT b.study_id, s.name, s.study_group_id, b.identity, b.fingerprint, b.content_sha256, b.made_at, b.imported_at
        FROM bundle_study b
        JOIN study s ON s.study_id = b.study_id
        """;

    /// <summary>Where a study came from; null where it was made here.</summary>
    public async Task<BundleMark?> FindOriginAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE b.study_id = @StudyId AND b.fingerprint IS NOT NULL";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<BundleMark>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
    }

    /// <summary>The studies that came in bundles, the last first.</summary>
    public async Task<IReadOnlyList<BundleMark>> ListImportedAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE b.fingerprint IS NOT NULL ORDER BY b.study_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<BundleMark>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The study of an identity; null where this portal does not have it.</summary>
    internal static Task<BundleMark?> FindAsync(DbConnection connection, DbTransaction? transaction, Guid identity)
    {
        const string Sql = $"{Select} WHERE b.identity = @Identity";
        return connection.QuerySingleOrDefaultAsync<BundleMark>(Sql, new { Identity = identity }, transaction);
    }

    /// <summary>Gives studies an identity that have none yet: before they first go into a bundle.</summary>
    internal async Task IdentifyAsync(long studyId, long? groupId, CancellationToken cancel)
    {
        const string Find = """
            SELECT study_id FROM study
            WHERE (study_id = @StudyId OR study_group_id = @GroupId) AND study_id NOT IN (SELECT study_id FROM bundle_study)
            """;
        const string Insert = "INSERT INTO bundle_study (study_id, identity) VALUES (@StudyId, @Identity) ON CONFLICT (study_id) DO NOTHING";
        await using var connection = await db.OpenAsync(cancel);
        var without = await connection.QueryAsync<long>(new CommandDefinition(Find, new { StudyId = studyId, GroupId = groupId }, cancellationToken: cancel));
        foreach (var id in without.ToList())
            await connection.ExecuteAsync(new CommandDefinition(Insert, new { StudyId = id, Identity = Guid.NewGuid() }, cancellationToken: cancel));
    }
}
