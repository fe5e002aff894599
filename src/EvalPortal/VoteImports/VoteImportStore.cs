using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Presets;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Votes that were given elsewhere and taken in under one name.</summary>
public sealed record VoteImport
{
    public required long VoteImportId { get; init; }

    public required string Name { get; init; }

    public required string Format { get; init; }

    public required string FileName { get; init; }

    public required long PromptSetId { get; init; }

    /// <summary>The linked studies; null where there is one study.</summary>
    public long? StudyGroupId { get; init; }

    /// <summary>Its study or, of linked ones, the first; null before there is one.</summary>
    public long? StudyId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When all of it was here; null when the taking was broken off.</summary>
    public DateTimeOffset? TakenAt { get; init; }
}

/// <summary>The imports of votes and the studies, systems and prompts that they make. Votes are added by <see cref="VoteTake"/>.</summary>
public sealed class VoteImportStore(Db db, TimeProvider clock)
{
    private const string Select = """
        SELECT vote_import_id, name, format, file_name, prompt_set_id, study_group_id, created_at, taken_at,
          (SELECT MIN(study_id) FROM imported_study WHERE imported_study.vote_import_id = vote_import.vote_import_id) AS study_id
        FROM vote_import
        """;

    /// <summary>All imports, newest first.</summary>
    public async Task<IReadOnlyList<VoteImport>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} ORDER BY vote_import_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<VoteImport>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The import of this name, or null.</summary>
    public async Task<VoteImport?> FindAsync(string name, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE name = @Name";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<VoteImport>(new CommandDefinition(Sql, new { Name = name }, cancellationToken: cancel));
    }

    /// <summary>The import that a study belongs to, or null.</summary>
    public async Task<VoteImport?> FindByStudyAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE vote_import_id = (SELECT vote_import_id FROM imported_study WHERE study_id = @StudyId)";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<VoteImport>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
    }

    /// <summary>The ids of an import's votes; none where there is no such import.</summary>
    internal async Task<IReadOnlySet<Guid>> ListVoteIdsAsync(string name, CancellationToken cancel)
    {
        const string Sql = "SELECT v.vote_id FROM imported_vote v JOIN vote_import i ON i.vote_import_id = v.vote_import_id WHERE i.name = @Name";
        var ids = new HashSet<Guid>();
        await using var connection = await db.OpenAsync(cancel);
        await foreach (var id in connection.QueryUnbufferedAsync<string>(Sql, new { Name = name }).WithCancellation(cancel))
            ids.Add(Guid.Parse(id));
        return ids;
    }

    /// <summary>Imported votes stand in studies of their own: a name that the portal's own studies, links or prompts have is refused.</summary>
    /// <exception cref="RefusedException">It is taken, or empty.</exception>
    internal async Task ThrowIfNameIsTakenAsync(string name, CancellationToken cancel)
    {
        const string Sql = """
            SELECT CASE
              WHEN EXISTS (SELECT 1 FROM vote_import WHERE name = @Name) THEN NULL
              WHEN EXISTS (SELECT 1 FROM study WHERE name = @Name) THEN 'study'
              WHEN EXISTS (SELECT 1 FROM study_group WHERE name = @Name) THEN 'group of linked studies'
              WHEN EXISTS (SELECT 1 FROM prompt_set WHERE name = @Prompts) THEN 'prompt set' END
            """;
        if (string.IsNullOrWhiteSpace(name) || name.Length > 200)
            throw new RefusedException("Give the study a name of 1 to 200 characters.");
        await using var connection = await db.OpenAsync(cancel);
        if (await connection.ExecuteScalarAsync<string?>(new CommandDefinition(Sql, new { Name = name, Prompts = PromptSet(name) }, cancellationToken: cancel)) is { } other)
            throw new RefusedException($"There is a {other} called '{name}' that holds no imported votes: choose another name.");
    }

    /// <summary>Adds an import with its empty prompt set, or notes that another file is taken under its name.</summary>
    /// <returns>Its id and that of its prompt set.</returns>
    internal async Task<(long VoteImportId, long PromptSetId)> StartAsync(DbTransaction transaction, VoteOrder order, VoteSummary summary)
    {
        const string Again = """
            UPDATE vote_import SET format = @Format, file_name = @FileName, file_sha256 = @Sha256, taken_at = NULL
            WHERE name = @Study
            RETURNING vote_import_id, prompt_set_id
            """;
        const string Prompts = """
            INSERT INTO prompt_set (name, description, source, licence, created_at)
            VALUES (@PromptSet, 'Prompts of imported votes.', @FileName, '', @Now)
            RETURNING prompt_set_id
            """;
        const string Insert = """
            INSERT INTO vote_import (name, format, file_name, file_sha256, prompt_set_id, created_by_account_id, created_at)
            VALUES (@Study, @Format, @FileName, @Sha256, @PromptSetId, @AccountId, @Now)
            RETURNING vote_import_id
            """;
        var connection = transaction.Connection!;
        var row = new { order.Study, summary.Format, order.FileName, summary.Sha256, PromptSet = PromptSet(order.Study), order.AccountId, Now = clock.GetUtcNow() };
        if ((await connection.QueryAsync<(long VoteImportId, long PromptSetId)>(Again, row, transaction)).ToList() is [var before])
        {
            await AuditLog.RecordAsync(transaction, clock, Changed(before.VoteImportId, "taken again", order, summary));
            return before;
        }
        var prompts = await connection.ExecuteScalarAsync<long>(Prompts, row, transaction);
        var id = await connection.ExecuteScalarAsync<long>(
            Insert, new { row.Study, row.Format, row.FileName, row.Sha256, PromptSetId = prompts, row.AccountId, row.Now }, transaction);
        await AuditLog.RecordAsync(transaction, clock, Changed(id, "added", order, summary));
        return (id, prompts);
    }

    private static Change Changed(long importId, string action, VoteOrder order, VoteSummary summary) =>
        new(StudyScope.VoteImport(importId), action) { After = new { Name = order.Study, summary.Format, order.FileName, summary.Sha256 } };

    /// <summary>Adds the studies that are not there yet, closed, with their systems; several are linked.</summary>
    internal async Task AddStudiesAsync(DbTransaction transaction, long importId, VoteOrder order, IReadOnlyList<FoundStudy> studies)
    {
        const string Known = "SELECT question, system_a, system_b FROM imported_study WHERE vote_import_id = @ImportId";
        const string Group = """
            INSERT INTO study_group (name, preset, created_by_account_id, created_at)
            SELECT @Study, @Preset, @AccountId, @Now
            WHERE NOT EXISTS (SELECT 1 FROM vote_import WHERE vote_import_id = @ImportId AND study_group_id IS NOT NULL)
            RETURNING study_group_id
            """;
        const string Link = "UPDATE vote_import SET study_group_id = @GroupId WHERE vote_import_id = @ImportId";
        const string LinkStudies = """
            UPDATE study SET study_group_id = (SELECT study_group_id FROM vote_import WHERE vote_import_id = @ImportId)
            WHERE study_group_id IS NULL AND study_id IN (SELECT study_id FROM imported_study WHERE vote_import_id = @ImportId)
            """;
        var connection = transaction.Connection!;
        var known = (await connection.QueryAsync<(string, string, string)>(Known, new { ImportId = importId }, transaction)).Select(key => new StudyKey(key.Item1, key.Item2, key.Item3)).ToHashSet();
        var all = studies.Select(study => study.Key).Concat(known).ToHashSet();
        foreach (var study in studies.Where(study => !known.Contains(study.Key)))
            await AddStudyAsync(transaction, importId, order, study, isOnly: all.Count == 1, namesQuestion: all.Select(key => key.Question).Distinct().Count() > 1);
        if (all.Count == 1)
            return;
        var row = new { order.Study, Preset = StudyPresets.Leaderboard.Key, order.AccountId, Now = clock.GetUtcNow(), ImportId = importId };
        if (await connection.ExecuteScalarAsync<long?>(Group, row, transaction) is { } group)
            await connection.ExecuteAsync(Link, new { GroupId = group, ImportId = importId }, transaction);
        await connection.ExecuteAsync(LinkStudies, new { ImportId = importId }, transaction);
    }

    /// <summary>Notes that all of it is here.</summary>
    internal Task FinishAsync(DbTransaction transaction, long importId) => transaction.Connection!.ExecuteAsync(
        "UPDATE vote_import SET taken_at = @Now WHERE vote_import_id = @ImportId", new { Now = clock.GetUtcNow(), ImportId = importId }, transaction);

    private static string PromptSet(string import) => $"{import} (imported votes)";

    private async Task AddStudyAsync(DbTransaction transaction, long importId, VoteOrder order, FoundStudy found, bool isOnly, bool namesQuestion)
    {
        const string Study = """
            INSERT INTO study (name, link_token, state, votes_per_comparison, consent, instructions, system_a_id, system_b_id, created_by_account_id, created_at, closed_at)
            VALUES (@Name, @LinkToken, 'closed', @Most, '', @Instructions, @SystemA, @SystemB, @AccountId, @Now, @Now)
            RETURNING study_id
            """;
        const string AxisSql = """
            INSERT INTO study_axis (study_id, axis, position, question, prompt_visible, flaw_strip)
            VALUES (@StudyId, @Axis, 1, @Question, @PromptVisible, @FlawStrip)
            """;
        const string Mark = """
            INSERT INTO imported_study (study_id, vote_import_id, question, system_a, system_b)
            VALUES (@StudyId, @ImportId, @Question, @SystemA, @SystemB)
            """;
        var connection = transaction.Connection!;
        var (key, now) = (found.Key, clock.GetUtcNow());
        var (a, b) = Names(key);
        var row = new
        {
            Name = isOnly ? order.Study : $"{order.Study}: {(namesQuestion ? $"{key.Question}, " : "")}{a} and {b}",
            LinkToken = Token.New(),
            Most = found.MostOnAComparison,
            Instructions = $"Imported from {order.FileName}: these votes were given elsewhere.",
            SystemA = await SystemAsync(transaction, importId, order, a, now),
            SystemB = await SystemAsync(transaction, importId, order, b, now),
            order.AccountId,
            Now = now,
        };
        try
        {
            var id = await connection.ExecuteScalarAsync<long>(Study, row, transaction);
            await StudyMemberStore.InsertFirstAsync(transaction, id, order.AccountId, parentStudyId: null, now);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(id), "imported") { After = new { row.Name, VoteImport = importId } });
            await connection.ExecuteAsync(
                AxisSql,
                new { StudyId = id, Axis = key.AxisFor(order.Overall).ToText(), Question = $"As the file calls it: {key.Question}", PromptVisible = true, FlawStrip = false },
                transaction);
            await connection.ExecuteAsync(Mark, new { StudyId = id, ImportId = importId, key.Question, key.SystemA, key.SystemB }, transaction);
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a study called '{row.Name}' already: choose another name for the import.", exception);
        }
    }

    /// <summary>What the systems of a study are called.</summary>
    internal static (string A, string B) Names(StudyKey key) => key switch
    {
        { SystemA: "" } => ("first image", "second image"),
        { IsOneSystem: true } => (key.SystemA, $"{key.SystemB}, another image"),
        _ => (key.SystemA, key.SystemB),
    };

    /// <summary>The system of a name in the file. Where the portal has another one of that name, the import's name tells them apart.</summary>
    private static async Task<long> SystemAsync(DbTransaction transaction, long importId, VoteOrder order, string name, DateTimeOffset now)
    {
        const string Find = "SELECT system_id FROM imported_system WHERE vote_import_id = @ImportId AND source_name = @Name";
        const string Taken = "SELECT COUNT(*) FROM system WHERE name = @Name";
        const string Insert = "INSERT INTO system (name, description, created_at) VALUES (@Name, @Description, @Now) RETURNING system_id";
        const string Mark = "INSERT INTO imported_system (vote_import_id, source_name, system_id) VALUES (@ImportId, @Name, @SystemId)";
        var connection = transaction.Connection!;
        if (await connection.ExecuteScalarAsync<long?>(Find, new { ImportId = importId, Name = name }, transaction) is { } known)
            return known;
        var isTaken = name.EndsWith(" image", StringComparison.Ordinal) || await connection.ExecuteScalarAsync<long>(Taken, new { Name = name }, transaction) > 0;
        var id = await connection.ExecuteScalarAsync<long>(
            Insert, new { Name = isTaken ? $"{name} ({order.Study})" : name, Description = $"Named in the imported votes '{order.Study}'.", Now = now }, transaction);
        await connection.ExecuteAsync(Mark, new { ImportId = importId, Name = name, SystemId = id }, transaction);
        return id;
    }
}
