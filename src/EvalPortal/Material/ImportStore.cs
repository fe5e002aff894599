using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Material;

/// <summary>The imports. They change state only from where it makes sense, so that two clicks or two programs do not cross.</summary>
public sealed class ImportStore(Db db, TimeProvider clock)
{
    private const string Select = """
        SELECT material_import_id, state, source_folder, system_name, prompt_set_name, done, total, plan_sha256, summary, error,
          created_by_account_id, created_at, started_at, finished_at
        FROM material_import
        """;

    /// <summary>Adds an import: of a folder on the server, which is to be checked, or of what is yet to be uploaded.</summary>
    /// <returns>Its id.</returns>
    public async Task<long> AddAsync(MaterialOrder order, string? sourceFolder, long? accountId, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO material_import (state, source_folder, system_name, prompt_set_name, created_by_account_id, created_at)
            VALUES (@State, @SourceFolder, @SystemName, @PromptSetName, @AccountId, @CreatedAt)
            RETURNING material_import_id
            """;
        var row = new
        {
            State = (sourceFolder is null ? ImportState.Uploading : ImportState.Checking).ToText(),
            SourceFolder = sourceFolder,
            SystemName = order.System,
            PromptSetName = order.PromptSet,
            AccountId = accountId,
            CreatedAt = clock.GetUtcNow(),
        };
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var id = await connection.ExecuteScalarAsync<long>(Sql, row, transaction);
        await AuditLog.RecordAsync(transaction, clock, Changed(id, "added", new { row.SystemName, row.PromptSetName, row.SourceFolder }));
        await transaction.CommitAsync(cancel);
        return id;
    }

    /// <summary>The import with this id, or null.</summary>
    public async Task<MaterialImport?> FindAsync(long importId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE material_import_id = @ImportId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<MaterialImport>(new CommandDefinition(Sql, new { ImportId = importId }, cancellationToken: cancel));
    }

    /// <summary>All imports, newest first.</summary>
    public async Task<IReadOnlyList<MaterialImport>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} ORDER BY material_import_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<MaterialImport>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The oldest import that something is to be done with; null when there is none.</summary>
    public async Task<MaterialImport?> FindNextAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE state IN ('checking', 'taking') ORDER BY material_import_id LIMIT 1";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<MaterialImport>(new CommandDefinition(Sql, cancellationToken: cancel));
    }

    /// <summary>Has an import checked: what was uploaded, broken off, failed, or is to be looked at again.</summary>
    public Task<bool> StartCheckAsync(long importId, CancellationToken cancel = default) => ChangeAsync(
        """
        UPDATE material_import SET state = 'checking', done = 0, total = 0, error = NULL, summary = NULL, plan_sha256 = NULL, started_at = NULL
        WHERE material_import_id = @ImportId AND state IN ('uploading', 'checked', 'cancelled', 'failed')
        """,
        new { ImportId = importId }, Changed(importId, "check started"), cancel);

    /// <summary>Has what was checked stored.</summary>
    public Task<bool> ConfirmAsync(long importId, CancellationToken cancel = default) => ChangeAsync(
        "UPDATE material_import SET state = 'taking', done = 0, total = 0, error = NULL, started_at = NULL WHERE material_import_id = @ImportId AND state = 'checked'",
        new { ImportId = importId }, Changed(importId, "confirmed"), cancel);

    /// <summary>Breaks off whatever is done with it.</summary>
    public Task<bool> CancelAsync(long importId, CancellationToken cancel = default) => ChangeAsync(
        "UPDATE material_import SET state = 'cancelled' WHERE material_import_id = @ImportId AND state IN ('checking', 'taking')",
        new { ImportId = importId }, Changed(importId, "cancelled"), cancel);

    /// <summary>Forgets an import that nothing is done with. Images that were taken stay.</summary>
    public Task<bool> RemoveAsync(long importId, CancellationToken cancel = default) => ChangeAsync(
        "DELETE FROM material_import WHERE material_import_id = @ImportId AND state NOT IN ('checking', 'taking')",
        new { ImportId = importId }, Changed(importId, "removed"), cancel);

    /// <summary>Notes how far it is.</summary>
    /// <returns>Whether it is still to be gone on with.</returns>
    internal Task<bool> NoteProgressAsync(MaterialImport import, MaterialProgress progress, CancellationToken cancel) => ChangeAsync(
        """
        UPDATE material_import SET done = @Done, total = @Total, started_at = COALESCE(started_at, @Now)
        WHERE material_import_id = @ImportId AND state = @State
        """,
        new { ImportId = import.MaterialImportId, State = import.State.ToText(), progress.Done, progress.Total, Now = clock.GetUtcNow() }, recorded: null, cancel);

    /// <summary>Notes what a check found, for somebody to decide.</summary>
    internal Task<bool> FinishCheckAsync(MaterialImport import, string planSha256, string summary, string? error, CancellationToken cancel) => ChangeAsync(
        """
        UPDATE material_import SET state = 'checked', plan_sha256 = @PlanSha256, summary = @Summary, error = @Error, finished_at = @Now
        WHERE material_import_id = @ImportId AND state = @State
        """,
        new { ImportId = import.MaterialImportId, State = import.State.ToText(), PlanSha256 = planSha256, Summary = summary, Error = error, Now = clock.GetUtcNow() }, recorded: null, cancel);

    /// <summary>Notes the end.</summary>
    internal Task<bool> FinishAsync(MaterialImport import, ImportState end, string? error, CancellationToken cancel) => ChangeAsync(
        """
        UPDATE material_import SET state = @End, error = @Error, finished_at = @Now
        WHERE material_import_id = @ImportId AND state = @State
        """,
        new { ImportId = import.MaterialImportId, State = import.State.ToText(), End = end.ToText(), Error = error, Now = clock.GetUtcNow() },
        Changed(import.MaterialImportId, "finished", new { State = end.ToText(), Error = error }), cancel);

    private static Change Changed(long importId, string action, object? after = null) =>
        new(StudyScope.Portal, action) { Subject = "material_import", SubjectId = importId, After = after };

    /// <param name="recorded">What the log has of it; null for how far the portal is.</param>
    private async Task<bool> ChangeAsync(string sql, object values, Change? recorded, CancellationToken cancel)
    {
        if (recorded is not null)
            return await AuditLog.ExecuteAsync(db, clock, sql, values, recorded, cancel) == 1;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: cancel)) == 1;
    }
}
