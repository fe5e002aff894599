using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Raters who leave a study for good. See docs/raters.md for what goes and what stays.</summary>
public sealed class WithdrawalStore(DbWriter writer, TimeProvider clock)
{
    /// <summary>
    /// Erases what a rater gave in a study: every vote with its evidence, every retraction, all answers in training, the participant's id and its hash.
    /// The ids of the votes stay in <c>erased_vote</c>, so that the ledger still knows of them. A second time changes nothing.
    /// </summary>
    /// <returns>How many votes the rater had sent, those that were superseded or taken back included.</returns>
    public Task<int> WithdrawAsync(RaterSession session, CancellationToken cancel = default)
    {
        // The update changes nothing: on PostgreSQL it waits for votes that are being stored.
        const string Lock = "UPDATE session SET consented_at = consented_at WHERE session_id = @SessionId";
        const string Withdraw = "INSERT INTO withdrawal (session_id, withdrawn_at) VALUES (@SessionId, @Now) ON CONFLICT DO NOTHING";
        const string Count = "SELECT COUNT(*) FROM erased_vote WHERE session_id = @SessionId";
        string[] erase =
        [
            """
            INSERT INTO erased_vote (vote_id, session_id)
            SELECT v.vote_id, a.session_id
            FROM assignment a
            JOIN vote v ON v.assignment_id = a.assignment_id
            WHERE a.session_id = @SessionId
            """,
            "DELETE FROM vote_retraction WHERE vote_id IN (SELECT vote_id FROM erased_vote WHERE session_id = @SessionId)",
            "DELETE FROM vote WHERE vote_id IN (SELECT vote_id FROM erased_vote WHERE session_id = @SessionId)",
            "DELETE FROM training_answer WHERE training_pair_id IN (SELECT training_pair_id FROM training_pair WHERE session_id = @SessionId)",
            "DELETE FROM training_pair WHERE session_id = @SessionId",
            "DELETE FROM participant WHERE study_id = @StudyId AND rater_id = @RaterId",
            "UPDATE rater_invitation SET rater_id = NULL, withdrawn_at = @Now WHERE study_id = @StudyId AND rater_id = @RaterId",
            """
            UPDATE rater
            SET user_agent_family = NULL
            WHERE rater_id = @RaterId
              AND NOT EXISTS (
                SELECT 1 FROM session s
                WHERE s.rater_id = rater.rater_id
                  AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.session_id = s.session_id))
            """,
        ];
        var row = new { session.SessionId, session.StudyId, session.RaterId, Now = clock.GetUtcNow() };
        return writer.RunAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                await connection.ExecuteAsync(Lock, row, transaction);
                if (await connection.ExecuteAsync(Withdraw, row, transaction) == 1)
                {
                    foreach (var sql in erase)
                        await connection.ExecuteAsync(sql, row, transaction);
                    // No word of who: an erasure that names the erased is none.
                    await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(session.StudyId), "erased") { Subject = "rater", By = Actor.Rater, After = new { Votes = await connection.ExecuteScalarAsync<int>(Count, row, transaction) } });
                    await Places.ReturnAllAsync(transaction, session, row.Now); // others may have them
                }
                return await connection.ExecuteScalarAsync<int>(Count, row, transaction);
            },
            cancel);
    }
}
