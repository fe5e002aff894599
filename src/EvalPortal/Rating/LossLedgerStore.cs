using System.Data.Common;
using System.Globalization;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Holds what browsers say they sent against what is stored.</summary>
public sealed class LossLedgerStore(Db db, DbWriter writer, TimeProvider clock)
{
    /// <summary>Most votes that a browser may speak of at once.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Keeps a browser's latest word on some of its votes. It speaks of its own rater's votes only: an id that another one stated stays theirs.</summary>
    public Task StateAsync(RaterSession session, IReadOnlyCollection<StatedVote> votes, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO vote_statement (vote_id, session_id, state, retracted, stated_at)
            VALUES (@VoteId, @SessionId, @State, @Retracted, @Now)
            ON CONFLICT (vote_id) DO UPDATE
            SET state = excluded.state, retracted = excluded.retracted, stated_at = excluded.stated_at
            WHERE vote_statement.session_id = excluded.session_id
            """;
        var now = clock.GetUtcNow();
        // in the order of their ids: two windows of a browser that state the same votes at once do not lock each other out
        var rows = votes.OrderBy(vote => vote.VoteId.ToString(), StringComparer.Ordinal)
            .Select(vote => new { vote.VoteId, session.SessionId, State = vote.State.ToText(), vote.Retracted, Now = now }).ToList();
        return writer.RunAsync(transaction => transaction.Connection!.ExecuteAsync(Sql, rows, transaction), cancel);
    }

    /// <summary>Notes inside a transaction that a vote was refused; a second time changes nothing.</summary>
    internal static Task NoteRefusalAsync(DbTransaction transaction, RaterSession session, Guid voteId, Refusal refusal, DateTimeOffset now)
    {
        const string Sql = """
            INSERT INTO vote_refusal (vote_id, session_id, reason, refused_at)
            VALUES (@VoteId, @SessionId, @Reason, @Now)
            ON CONFLICT DO NOTHING
            """;
        return transaction.Connection!.ExecuteAsync(
            Sql, new { VoteId = voteId, session.SessionId, Reason = refusal.ToText(), Now = now }, transaction);
    }

    /// <summary>The ledger of a study.</summary>
    public async Task<LossLedger> ReadAsync(long studyId, CancellationToken cancel = default)
    {
        // One statement, and so one moment: a vote that comes in meanwhile is in one of the parts and not in none or two.
        // An id can be refused once and stored all the same, such as one that came a second time with other content.
        const string Sql = """
            WITH unstored AS (
              SELECT statement.vote_id, statement.state, statement.stated_at, rater.pseudonym
              FROM vote_statement statement
              JOIN session ON session.session_id = statement.session_id
              JOIN rater ON rater.rater_id = session.rater_id
              WHERE session.study_id = @StudyId
                AND NOT EXISTS (SELECT 1 FROM vote WHERE vote.vote_id = statement.vote_id)
                AND NOT EXISTS (SELECT 1 FROM erased_vote WHERE erased_vote.vote_id = statement.vote_id)
                AND NOT EXISTS (SELECT 1 FROM vote_refusal refusal
                  WHERE refusal.session_id = statement.session_id AND refusal.vote_id = statement.vote_id)
            )
            SELECT 'stored' AS part, COUNT(*) AS votes, NULL AS detail, NULL AS pseudonym
            FROM vote
            JOIN rater ON rater.rater_id = vote.rater_id
            WHERE vote.study_id = @StudyId AND NOT rater.simulated
            UNION ALL
            SELECT 'refused', COUNT(*), refusal.reason, NULL
            FROM vote_refusal refusal
            JOIN session ON session.session_id = refusal.session_id
            WHERE session.study_id = @StudyId
              AND NOT EXISTS (SELECT 1 FROM vote WHERE vote.vote_id = refusal.vote_id)
              AND NOT EXISTS (SELECT 1 FROM erased_vote WHERE erased_vote.vote_id = refusal.vote_id)
            GROUP BY refusal.reason
            UNION ALL
            SELECT 'erased', COUNT(*), NULL, NULL
            FROM erased_vote
            JOIN session ON session.session_id = erased_vote.session_id
            JOIN rater ON rater.rater_id = session.rater_id
            WHERE session.study_id = @StudyId AND NOT rater.simulated
            UNION ALL
            SELECT 'unreadable', COUNT(*), NULL, NULL FROM unstored WHERE state = 'refused'
            UNION ALL
            SELECT 'waiting', COUNT(*), MIN(stated_at), NULL FROM unstored WHERE state = 'waiting'
            UNION ALL
            SELECT 'lost', 1, vote_id, pseudonym FROM unstored WHERE state = 'received'
            UNION ALL
            SELECT 'lost_retraction', 1, statement.vote_id, rater.pseudonym
            FROM vote_statement statement
            JOIN session ON session.session_id = statement.session_id
            JOIN rater ON rater.rater_id = session.rater_id
            WHERE session.study_id = @StudyId AND statement.retracted
              AND EXISTS (SELECT 1 FROM vote WHERE vote.vote_id = statement.vote_id)
              AND NOT EXISTS (SELECT 1 FROM vote_retraction retraction WHERE retraction.vote_id = statement.vote_id)
            """;
        await using var connection = await db.OpenAsync(cancel);
        var parts = (await connection.QueryAsync<PartRow>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel)))
            .ToLookup(row => row.Part);
        var waiting = parts["waiting"].Single();
        return new LossLedger
        {
            Stored = (int)parts["stored"].Single().Votes,
            Refused =
            [
                .. parts["refused"].Select(row => new RefusedVotes { Reason = ColumnTypes.ToEnum<Refusal>(row.Detail!), Votes = (int)row.Votes }).OrderBy(refused => refused.Reason),
                .. parts["unreadable"].Where(row => row.Votes > 0).Select(row => new RefusedVotes { Votes = (int)row.Votes }),
            ],
            Erased = (int)parts["erased"].Single().Votes,
            Waiting = (int)waiting.Votes,
            WaitingSince = waiting.Detail is null ? null : DateTimeOffset.Parse(waiting.Detail, CultureInfo.InvariantCulture),
            Lost =
            [
                .. parts["lost"].Concat(parts["lost_retraction"]).Select(row => new LostVote
                {
                    VoteId = Guid.Parse(row.Detail!),
                    Pseudonym = row.Pseudonym!,
                    IsRetraction = row.Part == "lost_retraction",
                }),
            ],
        };
    }

    /// <summary>Votes of one part of the ledger; the detail is a reason, a time or the id of a vote.</summary>
    private sealed record PartRow
    {
        public required string Part { get; init; }
        public required long Votes { get; init; }
        public string? Detail { get; init; }
        public string? Pseudonym { get; init; }
    }
}
