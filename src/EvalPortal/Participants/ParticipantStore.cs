using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Participants;

/// <summary>Somebody who came to a study by a personal link or from a panel.</summary>
public sealed record Participant
{
    /// <summary>The name they rate under; null while nobody has agreed.</summary>
    public string? Pseudonym { get; init; }

    /// <summary>True when the personal link was revoked.</summary>
    public bool Revoked { get; init; }

    /// <summary>True when whoever had the personal link has withdrawn and their answers are erased.</summary>
    public bool Withdrawn { get; init; }
}

/// <summary>What a panel needs to pay somebody. It says nothing about votes, and not under which name they were given.</summary>
public sealed record PayLine
{
    public required string PanelId { get; init; }

    public string? PanelStudy { get; init; }

    public string? PanelSession { get; init; }

    /// <summary><c>completed</c> or <c>screened_out</c>; null while they are under way.</summary>
    public string? Status { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Pairs with a known answer that they have answered.</summary>
    public required int GoldAnswered { get; init; }

    /// <summary>Those whose answer they missed.</summary>
    public required int GoldMissed { get; init; }

    /// <summary>What to do about pay: <c>pay</c>, or <c>review</c> where the checks suggest that a person looks; null while they are under way.</summary>
    public string? Suggestion => Status is null ? null : ReviewReason is null ? "pay" : "review";

    /// <summary>Why to look; null where there is nothing.</summary>
    public string? ReviewReason => FairCheck.Reason(new GoldTally { Answered = GoldAnswered, Missed = GoldMissed });
}

/// <summary>Which rater a participant is: one in each study, whatever browser they come with.</summary>
public sealed class ParticipantStore(Db db, DbWriter writer, ParticipantKey key, TimeProvider clock)
{
    private const string FindPanel = """
        SELECT r.pseudonym
        FROM participant p
        JOIN rater r ON r.rater_id = p.rater_id
        WHERE p.study_id = @StudyId AND p.id_hmac = @IdHmac
        """;

    private const string FindInvitation = """
        SELECT r.pseudonym, i.revoked_at IS NOT NULL AS revoked, i.withdrawn_at IS NOT NULL AS withdrawn
        FROM rater_invitation i
        LEFT JOIN rater r ON r.rater_id = i.rater_id
        WHERE i.study_id = @StudyId AND i.number = @Number
        """;

    /// <summary>Who has come to a study before in this way; null for nobody, as for everybody with the open link.</summary>
    public async Task<Participant?> FindAsync(long studyId, Arrival arrival, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return await FindAsync(connection, transaction: null, studyId, arrival);
    }

    /// <summary>Records that a participant agrees to a study. Who has agreed before stays the same rater.</summary>
    /// <returns>The secret for their cookie; null when they cannot take part any more.</returns>
    /// <exception cref="ArgumentException">They came by the open link, or were refused.</exception>
    public Task<string?> ConsentAsync(StudyEntry entry, Arrival arrival, string? userAgentFamily, CancellationToken cancel = default)
    {
        // Changes nothing: two browsers of one participant come one after the other.
        const string Lock = "UPDATE study SET state = state WHERE study_id = @StudyId";
        if (arrival is not (Arrival.ByInvitation or Arrival.FromPanel))
            throw new ArgumentException($"{arrival.GetType().Name} names no participant.", nameof(arrival));
        return writer.RunAsync(
            async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(Lock, new { entry.StudyId }, transaction);
                var known = await FindAsync(transaction.Connection!, transaction, entry.StudyId, arrival);
                if (known is { Revoked: true } or { Withdrawn: true } || (known is null && arrival is Arrival.ByInvitation))
                    return null;
                return key.Secret(known?.Pseudonym ?? await AddAsync(transaction, entry, arrival, userAgentFamily));
            },
            cancel);
    }

    /// <summary>The secret for the cookie of a participant who has agreed.</summary>
    public string Secret(string pseudonym) => key.Secret(pseudonym);

    /// <summary>The panel's id of a rater, where the study keeps it.</summary>
    public async Task<string?> FindPanelIdAsync(RaterSession session, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT y.panel_id
            FROM participant p
            JOIN participant_pay y ON y.participant_id = p.participant_id
            WHERE p.study_id = @StudyId AND p.rater_id = @RaterId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition(Sql, new { session.StudyId, session.RaterId }, cancellationToken: cancel));
    }

    /// <summary>Whom a panel is to pay, ordered by the panel's ids, so that the order says nothing about who is which rater.</summary>
    public async Task<IReadOnlyList<PayLine>> ListPayAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"""
            SELECT y.panel_id, y.panel_study, y.panel_session, c.status, c.reason, c.decided_at,
              (SELECT COUNT(*) {StudyChecksStore.AnsweredGold} WHERE a.session_id = s.session_id) AS gold_answered,
              (SELECT COUNT(*) {StudyChecksStore.AnsweredGold} WHERE a.session_id = s.session_id AND v.winner <> g.winner) AS gold_missed
            FROM participant p
            JOIN participant_pay y ON y.participant_id = p.participant_id
            JOIN session s ON s.study_id = p.study_id AND s.rater_id = p.rater_id
            LEFT JOIN completion c ON c.session_id = s.session_id
            WHERE p.study_id = @StudyId
            ORDER BY y.panel_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<PayLine>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    private static Task<Participant?> FindAsync(DbConnection connection, DbTransaction? transaction, long studyId, Arrival arrival) => arrival switch
    {
        Arrival.FromPanel panel => connection.QuerySingleOrDefaultAsync<Participant>(FindPanel, new { StudyId = studyId, panel.IdHmac }, transaction),
        Arrival.ByInvitation personal => connection.QuerySingleOrDefaultAsync<Participant>(FindInvitation, new { StudyId = studyId, personal.Number }, transaction),
        _ => Task.FromResult<Participant?>(null),
    };

    /// <summary>Makes a participant a rater of the study.</summary>
    /// <returns>The rater's pseudonym.</returns>
    private async Task<string> AddAsync(DbTransaction transaction, StudyEntry entry, Arrival arrival, string? userAgentFamily)
    {
        const string InsertSession = "INSERT INTO session (rater_id, study_id, consented_at) VALUES (@RaterId, @StudyId, @Now)";
        const string InsertParticipant = """
            INSERT INTO participant (study_id, id_hmac, rater_id, created_at)
            VALUES (@StudyId, @IdHmac, @RaterId, @Now)
            RETURNING participant_id
            """;
        const string InsertPay = """
            INSERT INTO participant_pay (participant_id, panel_id, panel_study, panel_session)
            VALUES (@ParticipantId, @Id, @PanelStudy, @PanelSession)
            """;
        const string TakeInvitation = "UPDATE rater_invitation SET rater_id = @RaterId WHERE study_id = @StudyId AND number = @Number";
        var connection = transaction.Connection!;
        var now = clock.GetUtcNow();
        var (raterId, pseudonym) = await FindElsewhereAsync(transaction, entry, arrival) ?? await AddRaterAsync(transaction, userAgentFamily, now);
        await connection.ExecuteAsync(InsertSession, new { RaterId = raterId, entry.StudyId, Now = now }, transaction);
        if (arrival is Arrival.ByInvitation personal)
        {
            await connection.ExecuteAsync(TakeInvitation, new { RaterId = raterId, entry.StudyId, personal.Number }, transaction);
            return pseudonym;
        }

        var panel = (Arrival.FromPanel)arrival;
        var participantId = await connection.ExecuteScalarAsync<long>(
            InsertParticipant, new { entry.StudyId, panel.IdHmac, RaterId = raterId, Now = now }, transaction);
        if (entry.KeepsParticipantIds)
        {
            var pay = new { ParticipantId = participantId, panel.Id, PanelStudy = panel.StudyId, PanelSession = panel.SessionId };
            await connection.ExecuteAsync(InsertPay, pay, transaction);
        }
        return pseudonym;
    }

    /// <summary>The rater that the same person is in another study, so that it can be seen who has judged an image before.</summary>
    private static async Task<(long RaterId, string Pseudonym)?> FindElsewhereAsync(DbTransaction transaction, StudyEntry entry, Arrival arrival)
    {
        const string OfPanel = """
            SELECT r.rater_id, r.pseudonym
            FROM participant p
            JOIN rater r ON r.rater_id = p.rater_id
            WHERE p.id_hmac = @IdHmac
              AND NOT EXISTS (SELECT 1 FROM session s WHERE s.rater_id = r.rater_id AND s.study_id = @StudyId)
            ORDER BY p.participant_id
            LIMIT 1
            """;
        // The nearest study before in which the link was used.
        const string OfLinkBefore = """
            WITH RECURSIVE before (study_id, depth) AS (
              SELECT follows_study_id, 1 FROM rater_invitation WHERE study_id = @StudyId AND number = @Number
              UNION
              SELECT i.follows_study_id, before.depth + 1
              FROM before
              JOIN rater_invitation i ON i.study_id = before.study_id AND i.number = @Number)
            SELECT r.rater_id, r.pseudonym
            FROM before
            JOIN rater_invitation i ON i.study_id = before.study_id AND i.number = @Number AND i.withdrawn_at IS NULL
            JOIN rater r ON r.rater_id = i.rater_id
            WHERE NOT EXISTS (SELECT 1 FROM session s WHERE s.rater_id = r.rater_id AND s.study_id = @StudyId)
            ORDER BY before.depth
            LIMIT 1
            """;
        var connection = transaction.Connection!;
        var rater = arrival switch
        {
            Arrival.FromPanel panel => await connection.QuerySingleOrDefaultAsync<RaterRow>(OfPanel, new { entry.StudyId, panel.IdHmac }, transaction),
            Arrival.ByInvitation personal => await connection.QuerySingleOrDefaultAsync<RaterRow>(OfLinkBefore, new { entry.StudyId, personal.Number }, transaction),
            _ => null,
        };
        return rater is null ? null : (rater.RaterId, rater.Pseudonym);
    }

    private async Task<(long RaterId, string Pseudonym)> AddRaterAsync(DbTransaction transaction, string? userAgentFamily, DateTimeOffset now)
    {
        var pseudonym = RaterStore.NewPseudonym(simulated: false);
        var tokenSha256 = Token.Sha256(key.Secret(pseudonym));
        return (await RaterStore.InsertAsync(transaction.Connection!, transaction, pseudonym, tokenSha256, simulated: false, userAgentFamily, now), pseudonym);
    }

    private sealed record RaterRow
    {
        public required long RaterId { get; init; }
        public required string Pseudonym { get; init; }
    }
}
