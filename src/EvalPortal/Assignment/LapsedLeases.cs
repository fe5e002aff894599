using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>
/// Gives back the places of raters who did not answer. Until this is done, which is when somebody else looks for a pair, a place
/// is still theirs, however long ago the lease ended.
/// </summary>
internal static class LapsedLeases
{
    /// <summary>The most that one call returns, so that nobody waits long where hundreds left at once.</summary>
    public const int Most = 20;

    /// <summary>Returns the places of leases that have ended, the oldest first. It finds them by index, and mostly finds none.</summary>
    /// <returns>How many leases had ended, up to <see cref="Most"/>.</returns>
    public static async Task<int> ReturnAsync(
        Db db, DbWriter writer, long studyId, long exceptSessionId, DateTimeOffset now, CancellationToken cancel)
    {
        // The number stands in the statement: not knowing it, PostgreSQL plans anew each time, which takes longer than the search.
        var find = $"""
            SELECT assignment_id
            FROM assignment
            WHERE study_id = @StudyId AND state = 'held' AND leased_until <= @Now AND session_id <> @ExceptSessionId
            ORDER BY leased_until
            LIMIT {Most}
            """;
        List<Guid> lapsed;
        await using (var connection = await db.OpenAsync(cancel))
        {
            lapsed = [.. await connection.QueryAsync<Guid>(new CommandDefinition(
                find, new { StudyId = studyId, ExceptSessionId = exceptSessionId, Now = now }, cancellationToken: cancel))];
        }
        if (lapsed.Count > 0)
            await writer.RunAsync(transaction => ReturnAsync(transaction, lapsed, now), cancel);
        return lapsed.Count;
    }

    private static async Task<int> ReturnAsync(DbTransaction transaction, IEnumerable<Guid> lapsed, DateTimeOffset now)
    {
        // The rater may have answered or come back since the row was read.
        const string Lapse = """
            UPDATE assignment
            SET state = 'lapsed'
            WHERE assignment_id = @AssignmentId AND state = 'held' AND leased_until <= @Now
            RETURNING task_id, left_is_b
            """;
        var places = new List<Place>();
        foreach (var id in lapsed.OrderBy(id => id))
            places.AddRange(await transaction.Connection!.QueryAsync<Place>(Lapse, new { AssignmentId = id, Now = now }, transaction));
        foreach (var place in places.Where(place => place.TaskId is not null).OrderBy(place => place.TaskId))
            await Places.ReturnAsync(transaction, place.TaskId!.Value, place.LeftIsB);
        return places.Count;
    }

    private sealed record Place
    {
        /// <summary>Null for a check, which has no place.</summary>
        public long? TaskId { get; init; }
        public required bool LeftIsB { get; init; }
    }
}
