using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Participants;

/// <summary>How people get into studies: rows of <c>study_entry</c>.</summary>
public sealed class StudyEntryStore(Db db, TimeProvider clock)
{
    /// <summary>How people get into a study; by the open link alone where nothing else was set.</summary>
    public async Task<StudyEntry> FindAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT study_id, open_link, min_viewport_w, min_viewport_h, panel, participant_parameter, completion_address,
              completion_code, screen_out_code, keeps_participant_ids
            FROM study_entry
            WHERE study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<StudyEntry>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))
            ?? new StudyEntry { StudyId = studyId };
    }

    /// <summary>Sets how people get into a study. Participants' ids that were kept are erased where they are not kept any more.</summary>
    public async Task SaveAsync(StudyEntry entry, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO study_entry (study_id, open_link, min_viewport_w, min_viewport_h, panel, participant_parameter,
              completion_address, completion_code, screen_out_code, keeps_participant_ids)
            VALUES (@StudyId, @OpenLink, @MinViewportW, @MinViewportH, @Panel, @ParticipantParameter,
              @CompletionAddress, @CompletionCode, @ScreenOutCode, @KeepsParticipantIds)
            ON CONFLICT (study_id) DO UPDATE
            SET open_link = excluded.open_link, min_viewport_w = excluded.min_viewport_w, min_viewport_h = excluded.min_viewport_h,
              panel = excluded.panel, participant_parameter = excluded.participant_parameter,
              completion_address = excluded.completion_address, completion_code = excluded.completion_code,
              screen_out_code = excluded.screen_out_code, keeps_participant_ids = excluded.keeps_participant_ids
            """;
        const string Forget = """
            DELETE FROM participant_pay
            WHERE participant_id IN (SELECT participant_id FROM participant WHERE study_id = @StudyId)
            """;
        var row = new
        {
            entry.StudyId,
            entry.OpenLink,
            entry.MinViewportW,
            entry.MinViewportH,
            Panel = entry.Panel?.ToText(),
            entry.ParticipantParameter,
            entry.CompletionAddress,
            entry.CompletionCode,
            entry.ScreenOutCode,
            entry.KeepsParticipantIds,
        };
        var before = await FindAsync(entry.StudyId, cancel);
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(Sql, row, transaction);
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(entry.StudyId), "changed") { Subject = "entry", Before = Recorded(before), After = Recorded(entry) });
        if (!entry.KeepsParticipantIds)
            await connection.ExecuteAsync(Forget, row, transaction);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>What the log has of it: the codes of a panel are worth money and are not among it.</summary>
    private static object Recorded(StudyEntry entry) => new
    {
        entry.OpenLink,
        entry.MinViewportW,
        entry.MinViewportH,
        Panel = entry.Panel?.ToText(),
        entry.ParticipantParameter,
        entry.KeepsParticipantIds,
        HasCompletionCode = entry.CompletionCode is not null,
        HasScreenOutCode = entry.ScreenOutCode is not null,
    };
}
