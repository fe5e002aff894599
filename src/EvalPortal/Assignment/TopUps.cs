using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>Asks for more votes where a study's rule wants them.</summary>
internal static class TopUps
{
    /// <summary>Looks at a task after a vote: once all its votes are there, it is topped up where they are close. Once only.</summary>
    public static async Task ApplyAsync(DbTransaction transaction, long taskId)
    {
        // The update changes nothing: of two last votes at once on PostgreSQL, the second waits here and then sees the first.
        const string Lock = """
            UPDATE task
            SET taken = taken
            WHERE task_id = @TaskId AND taken = wanted
              AND EXISTS (
                SELECT 1 FROM study s WHERE s.study_id = task.study_id AND s.top_up = 'close' AND s.votes_per_comparison = task.wanted)
            RETURNING wanted
            """;
        const string Votes = """
            SELECT v.winner
            FROM task t
            JOIN counting_vote v ON v.study_id = t.study_id AND v.comparison_id = t.comparison_id AND v.axis = t.axis
            JOIN rater r ON r.rater_id = v.rater_id AND r.simulated = t.simulated
            WHERE t.task_id = @TaskId
            """;
        const string Add = "UPDATE task SET wanted = wanted + @Votes WHERE task_id = @TaskId";
        var connection = transaction.Connection!;
        if (await connection.QuerySingleOrDefaultAsync<int?>(Lock, new { TaskId = taskId }, transaction) is not { } wanted)
            return;
        var votes = (await connection.QueryAsync<string>(Votes, new { TaskId = taskId }, transaction)).Select(ColumnTypes.ToEnum<Outcome>).ToList();
        if (votes.Count == wanted && TopUpRule.IsClose(votes))
            await connection.ExecuteAsync(Add, new { TaskId = taskId, TopUpRule.Votes }, transaction);
    }
}
