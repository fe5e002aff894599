using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What raters pointed out after their votes. It can be sent any number of times and is kept once.</summary>
public sealed class VoteFlawStore(DbWriter writer, TimeProvider clock)
{
    /// <summary>Stores the worst flaw that a rater saw in the pair of one of their votes; the answer comes after the commit.</summary>
    public Task<VoteAnswer> RecordAsync(RaterSession session, Guid voteId, FlawDraft draft, CancellationToken cancel = default) =>
        writer.RunAsync(transaction => RecordAsync(transaction, session, voteId, draft), cancel);

    private async Task<VoteAnswer> RecordAsync(DbTransaction transaction, RaterSession session, Guid voteId, FlawDraft draft)
    {
        const string FindVote = """
            SELECT v.rater_id, v.study_id, x.flaw_strip
            FROM vote v
            JOIN study_axis x ON x.study_id = v.study_id AND x.axis = v.axis
            WHERE v.vote_id = @VoteId
            """;
        const string Insert = """
            INSERT INTO vote_flaw (vote_id, flaw_type, flaw_severity, flaw_side, flaw_x, flaw_y, received_at)
            VALUES (@VoteId, @Type, @Severity, @Side, @X, @Y, @Now)
            ON CONFLICT DO NOTHING
            """;
        const string FindSame = """
            SELECT received_at,
                   flaw_type IS NOT DISTINCT FROM @Type AND flaw_severity IS NOT DISTINCT FROM @Severity
                   AND flaw_side IS NOT DISTINCT FROM @Side AND flaw_x IS NOT DISTINCT FROM @X
                   AND flaw_y IS NOT DISTINCT FROM @Y AS same_content
            FROM vote_flaw
            WHERE vote_id = @VoteId
            """;
        var connection = transaction.Connection!;
        var vote = await connection.QuerySingleOrDefaultAsync<VoteRow>(FindVote, new { VoteId = voteId }, transaction);
        if (vote is null || vote.StudyId != session.StudyId)
            return VoteAnswer.Refused(Refusal.UnknownVote);
        if (vote.RaterId != session.RaterId)
            return VoteAnswer.Refused(Refusal.NotYours);
        if (!vote.FlawStrip)
            return VoteAnswer.Refused(Refusal.NotAsked);

        var row = new
        {
            VoteId = voteId,
            Type = draft.Type?.ToText(),
            Severity = draft.Severity?.ToText(),
            Side = draft.Side?.ToText(),
            draft.X,
            draft.Y,
            Now = clock.GetUtcNow(),
        };
        await connection.ExecuteAsync(Insert, row, transaction);
        // What stands there now is this flaw, or what came before it.
        var stored = await connection.QuerySingleAsync<StoredFlaw>(FindSame, row, transaction);
        return stored.SameContent ? VoteAnswer.Accepted(stored.ReceivedAt) : VoteAnswer.Refused(Refusal.OtherContent);
    }

    private sealed record VoteRow
    {
        public required long RaterId { get; init; }
        public required long StudyId { get; init; }

        /// <summary>Whether the study asks for flaws on the axis of the vote.</summary>
        public required bool FlawStrip { get; init; }
    }

    private sealed record StoredFlaw
    {
        public required DateTimeOffset ReceivedAt { get; init; }
        public required bool SameContent { get; init; }
    }
}
