using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Plans;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>Where the studies of a bundle come from, as the portal that takes them in notes it.</summary>
/// <param name="Fingerprint">Of the key that signed the bundle.</param>
/// <param name="ContentSha256">See <see cref="BundleManifest.ContentSha256"/>.</param>
/// <param name="MadeAt">When the bundle was made.</param>
internal sealed record BundleOrigin(string Fingerprint, string ContentSha256, DateTimeOffset MadeAt);

/// <summary>A study as a bundle identifies it.</summary>
internal sealed record BundledStudy(Guid Identity, string Name, string State, string? ClosedAt);

/// <summary>The rows of a bundle, from a zip or from the files that will be one.</summary>
/// <param name="study">What <c>study.json</c> holds.</param>
/// <param name="read">Reads a table that has a file of its own.</param>
internal sealed class BundleContents(JsonElement study, Func<BundleTable, CancellationToken, IAsyncEnumerable<IReadOnlyList<string>>> read)
{
    /// <summary>The studies, in order.</summary>
    /// <exception cref="RefusedException">They cannot be understood.</exception>
    public IReadOnlyList<BundledStudy> Studies()
    {
        var table = BundleTables.All.Single(table => table.Name == "studies");
        var heading = table.Heading.ToList();
        var studies = BundleTableFile.ReadJson(table, study).Select(row => new BundledStudy(
            Guid.TryParseExact(row[heading.IndexOf("identity")], "D", out var identity) ? identity : throw new RefusedException("study.json: a study has no identity."),
            row[heading.IndexOf("name")], row[heading.IndexOf("state")], row[heading.IndexOf("closed_at")] is { Length: > 0 } closed ? closed : null)).ToList();
        return studies.Count > 0 && studies.DistinctBy(one => one.Identity).Count() == studies.Count ? studies
            : throw new RefusedException("study.json: there are no studies, or two with one identity.");
    }

    /// <summary>The image files that the tables name, with every size that they say of each.</summary>
    public async Task<Dictionary<string, List<(int Width, int Height)>>> ImageSizesAsync(CancellationToken cancel)
    {
        var sizes = new Dictionary<string, List<(int, int)>>();
        foreach (var table in BundleTables.All.Where(table => table.Name is "images" or "examples"))
        {
            await foreach (var row in Read(table, cancel))
            {
                foreach (var (hash, width, height) in BundleImages.In(table, row))
                {
                    if (!sizes.TryGetValue(hash, out var known))
                        sizes[hash] = known = [];
                    known.Add((width, height));
                }
            }
        }
        return sizes;
    }

    /// <summary>Stores everything, in the order of the tables; the studies are closed in the end.</summary>
    /// <returns>The studies' ids, in order.</returns>
    /// <exception cref="RefusedException">Something cannot be right.</exception>
    public async Task<IReadOnlyList<long>> StoreAsync(DbTransaction transaction, BundleOrigin origin, DateTimeOffset now, Action<long, long>? tell, CancellationToken cancel)
    {
        foreach (var name in study.EnumerateObject().Select(field => field.Name).Where(name => !BundleTables.All.Any(table => table.IsConfiguration && table.Name == name)))
            throw new RefusedException($"study.json has {name}, which this version does not know.");
        var writer = new BundleTableWriter(transaction);
        var ids = new List<long>();
        foreach (var (i, table) in BundleTables.All.Index())
        {
            tell?.Invoke(i, BundleTables.All.Count);
            await writer.StoreAsync(table, Read(table, cancel), cancel);
            if (table.Name == "studies")
            {
                ids = [.. writer.KeysOf(table)];
                await MarkAsync(transaction, ids, origin, now);
            }
        }
        foreach (var id in ids)
            await FinishAsync(transaction, id, now);
        return ids;
    }

    private IAsyncEnumerable<IReadOnlyList<string>> Read(BundleTable table, CancellationToken cancel) =>
        table.IsConfiguration ? BundleTableFile.ReadJson(table, study).ToAsyncEnumerable() : read(table, cancel);

    private async Task MarkAsync(DbTransaction transaction, List<long> ids, BundleOrigin origin, DateTimeOffset now)
    {
        const string Sql = """
            INSERT INTO bundle_study (study_id, identity, fingerprint, content_sha256, state, closed_at, made_at, imported_at)
            VALUES (@StudyId, @Identity, @Fingerprint, @ContentSha256, @State, @ClosedAt, @MadeAt, @Now)
            """;
        foreach (var (id, known) in ids.Zip(Studies()))
        {
            if (known.State is not ("draft" or "running" or "paused" or "closed"))
                throw new RefusedException($"study.json: '{known.Name}' is {known.State}, and a study is draft, running, paused or closed.");
            await transaction.Connection!.ExecuteAsync(
                Sql, new { StudyId = id, known.Identity, origin.Fingerprint, origin.ContentSha256, known.State, known.ClosedAt, origin.MadeAt, Now = now }, transaction);
        }
    }

    private static async Task FinishAsync(DbTransaction transaction, long studyId, DateTimeOffset now)
    {
        const string Places = """
            UPDATE task
            SET taken = place.taken, tilt = place.tilt, wanted = CASE WHEN wanted < place.taken THEN place.taken ELSE wanted END
            FROM (
              SELECT task_id, COUNT(*) AS taken, SUM(CASE WHEN left_is_b THEN 1 ELSE -1 END) AS tilt
              FROM assignment
              WHERE study_id = @StudyId AND state IN ('held', 'answered') AND task_id IS NOT NULL
              GROUP BY task_id) place
            WHERE place.task_id = task.task_id
            """;
        const string Erased = """
            SELECT COUNT(*)
            FROM erased_vote e
            JOIN vote v ON v.vote_id = e.vote_id
            JOIN session s ON s.session_id = e.session_id
            WHERE v.study_id = @StudyId OR s.study_id = @StudyId
            """;
        const string Plans = "SELECT version, content, sha256 FROM analysis_plan WHERE study_id = @StudyId AND sha256 IS NOT NULL ORDER BY version";
        const string Close = "UPDATE study SET state = 'closed', closed_at = COALESCE(closed_at, @Now) WHERE study_id = @StudyId";
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(Places, new { StudyId = studyId }, transaction, commandTimeout: 0);
        var erased = await connection.ExecuteScalarAsync<long>(Erased, new { StudyId = studyId }, transaction, commandTimeout: 0);
        if (erased > 0)
            throw new RefusedException($"{erased.ToString(CultureInfo.InvariantCulture)} of its votes were erased, here or there, because their rater withdrew: they do not come back.");
        foreach (var (version, content, sha256) in await connection.QueryAsync<(int, string, string)>(Plans, new { StudyId = studyId }, transaction))
        {
            if (PlanStore.Hash(content) != sha256)
                throw new RefusedException($"study.json: version {version} of a plan does not have the hash that it was locked with.");
        }
        await connection.ExecuteAsync(Close, new { StudyId = studyId, Now = now }, transaction);
    }
}
