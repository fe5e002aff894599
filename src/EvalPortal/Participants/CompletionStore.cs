using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Participants;

/// <summary>How raters' parts ended.</summary>
public sealed class CompletionStore(Db db, DbWriter writer, TimeProvider clock)
{
    /// <summary>
    /// Records how a rater's part ended. Who completed a study stays so; who was screened out may still complete it, when places
    /// come free.
    /// </summary>
    /// <param name="reason">Why they were screened out; null when they completed it.</param>
    /// <returns>What stands now.</returns>
    public Task<Completion> RecordAsync(RaterSession session, ScreenOutReason? reason, int answers, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO completion (session_id, status, reason, answers, decided_at)
            VALUES (@SessionId, @Status, @Reason, @Answers, @Now)
            ON CONFLICT (session_id) DO UPDATE
            SET status = excluded.status, reason = excluded.reason, answers = excluded.answers, decided_at = excluded.decided_at
            WHERE completion.status = 'screened_out' AND excluded.status = 'completed'
            """;
        const string Find = "SELECT status, reason, answers, decided_at FROM completion WHERE session_id = @SessionId";
        var row = new
        {
            session.SessionId,
            Status = (reason is null ? CompletionStatus.Completed : CompletionStatus.ScreenedOut).ToText(),
            Reason = reason?.ToText(),
            Answers = answers,
            Now = clock.GetUtcNow(),
        };
        return writer.RunAsync(
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(Sql, row, transaction);
                return (await transaction.Connection!.QuerySingleAsync<CompletionRow>(Find, row, transaction)).ToCompletion();
            },
            cancel);
    }

    /// <summary>How a rater's part ended; null while it has not.</summary>
    public async Task<Completion?> FindAsync(long sessionId, CancellationToken cancel = default)
    {
        const string Sql = "SELECT status, reason, answers, decided_at FROM completion WHERE session_id = @SessionId";
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QuerySingleOrDefaultAsync<CompletionRow>(new CommandDefinition(Sql, new { SessionId = sessionId }, cancellationToken: cancel)))
            ?.ToCompletion();
    }

    // Dapper reads enum members of one word only.
    private sealed record CompletionRow
    {
        public required string Status { get; init; }
        public string? Reason { get; init; }
        public required int Answers { get; init; }
        public required DateTimeOffset DecidedAt { get; init; }

        public Completion ToCompletion() => new()
        {
            Status = ColumnTypes.ToEnum<CompletionStatus>(Status),
            Reason = Reason is null ? null : ColumnTypes.ToEnum<ScreenOutReason>(Reason),
            Answers = Answers,
            DecidedAt = DecidedAt,
        };
    }
}
