using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Studies;

/// <summary>Groups of linked studies. They are added with their studies; see <see cref="StudyStore.AddGroupAsync"/>.</summary>
public sealed class StudyGroupStore(Db db)
{
    private const string Columns = "study_group_id, name, preset, created_by_account_id, created_at";

    /// <summary>The group with this id, or null.</summary>
    public async Task<StudyGroup?> FindAsync(long studyGroupId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM study_group WHERE study_group_id = @StudyGroupId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<StudyGroup>(
            new CommandDefinition(Sql, new { StudyGroupId = studyGroupId }, cancellationToken: cancel));
    }

    /// <summary>All groups, newest first.</summary>
    public async Task<IReadOnlyList<StudyGroup>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM study_group ORDER BY study_group_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<StudyGroup>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }
}
