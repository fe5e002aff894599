using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Votes and their retractions. Both can be sent any number of times and count once.</summary>
public sealed class VoteStore(Db db, DbWriter writer, TimeProvider clock)
{
    /// <summary>
    /// Stores a vote, or that it was refused; the answer comes after the commit. One that comes when its pair's place has gone to
    /// somebody else is kept too: it takes another place where one is free, and is otherwise marked as surplus, which counts nowhere.
    /// </summary>
    public Task<VoteAnswer> RecordAsync(RaterSession session, Guid voteId, VoteDraft draft, CancellationToken cancel = default) =>
        writer.RunInTurnAsync(
            session.SessionId,
            async transaction =>
            {
                var answer = await RecordAsync(transaction, session, voteId, draft);
                if (answer.Refusal is { } refusal and not (Refusal.UnknownPair or Refusal.Faulty or Refusal.Withdrawn))
                    await LossLedgerStore.NoteRefusalAsync(transaction, session, voteId, refusal, Now());
                return answer;
            },
            cancel);

    /// <summary>Takes a vote back. Its pair stays with the rater, under a new lease.</summary>
    public Task<VoteAnswer> RetractAsync(RaterSession session, Guid voteId, CancellationToken cancel = default) =>
        writer.RunAsync(transaction => RetractAsync(transaction, session, voteId), cancel);

    /// <summary>The ids of the rater's votes that stand, surplus ones too, in the order in which the pairs were handed out.</summary>
    public async Task<IReadOnlyList<Guid>> ListReceivedAsync(RaterSession session, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT v.vote_id
            FROM assignment a
            JOIN standing_vote v ON v.assignment_id = a.assignment_id
            WHERE a.session_id = @SessionId
            ORDER BY a.position
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Guid>(new CommandDefinition(Sql, new { session.SessionId }, cancellationToken: cancel))];
    }

    private async Task<VoteAnswer> RecordAsync(DbTransaction transaction, RaterSession session, Guid voteId, VoteDraft draft)
    {
        const string FindSame = """
            SELECT received_at,
                   rater_id = @RaterId AND assignment_id = @AssignmentId AND choice_screen = @Choice
                   AND supersedes_vote_id IS NOT DISTINCT FROM @Supersedes AND reject_reason IS NOT DISTINCT FROM @Reason
                   AND response_ms = @ResponseMs AND shown_at = @ShownAt AND voted_at = @VotedAt
                   AND decoded_left_at IS NOT DISTINCT FROM @DecodedLeftAt
                   AND decoded_right_at IS NOT DISTINCT FROM @DecodedRightAt
                   AND decoded_at IS NOT DISTINCT FROM @DecodedAt
                   AND input IS NOT DISTINCT FROM @Input AND viewport_w IS NOT DISTINCT FROM @ViewportW
                   AND viewport_h IS NOT DISTINCT FROM @ViewportH AND dpr IS NOT DISTINCT FROM @Dpr
                   AND visible_ms IS NOT DISTINCT FROM @VisibleMs AND max_zoom IS NOT DISTINCT FROM @MaxZoom
                   AND native_seen_left IS NOT DISTINCT FROM @NativeSeenLeft
                   AND native_seen_right IS NOT DISTINCT FROM @NativeSeenRight AND toggles IS NOT DISTINCT FROM @Toggles
                   AND app_version = @AppVersion AS same_content
            FROM vote
            WHERE vote_id = @VoteId
            """;
        const string Insert = """
            INSERT INTO vote (vote_id, supersedes_vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen,
              winner, reject_reason, response_ms, shown_at, decoded_left_at, decoded_right_at, decoded_at, voted_at, received_at,
              clock_suspect, input, viewport_w, viewport_h, dpr, visible_ms, max_zoom, native_seen_left, native_seen_right,
              toggles, app_version, surplus, kind)
            VALUES (@VoteId, @Supersedes, @AssignmentId, @StudyId, @ComparisonId, @Axis, @RaterId, @Choice,
              @Winner, @Reason, @ResponseMs, @ShownAt, @DecodedLeftAt, @DecodedRightAt, @DecodedAt, @VotedAt, @ReceivedAt,
              @ClockSuspect, @Input, @ViewportW, @ViewportH, @Dpr, @VisibleMs, @MaxZoom, @NativeSeenLeft,
              @NativeSeenRight, @Toggles, @AppVersion, @Surplus, @Kind)
            ON CONFLICT DO NOTHING;
            UPDATE assignment
            SET state = CASE WHEN @Surplus THEN 'surplus' ELSE 'answered' END
            WHERE assignment_id = @AssignmentId
              AND EXISTS (SELECT 1 FROM vote WHERE vote_id = @VoteId AND assignment_id = @AssignmentId)
            """;
        var connection = transaction.Connection!;
        var sent = new VoteColumns(session, voteId, draft);
        for (var mayBeNew = true; ; mayBeNew = false)
        {
            // What this very vote, sent twice at once, does to its pair must not speak against it: the second waits here.
            var pair = await FindPairAsync(transaction, session, draft.AssignmentId);
            // A vote on a pair that has none is almost always new; if it is not, it cannot be inserted.
            if (!(mayBeNew && pair is { LastVoteId: null })
                && await connection.QuerySingleOrDefaultAsync<SentBefore>(FindSame, sent, transaction) is { } before)
            {
                return before.SameContent && await VoteContents.AreSameAsync(transaction, voteId, draft) ? VoteAnswer.Accepted(before.ReceivedAt) : VoteAnswer.Refused(Refusal.OtherContent);
            }

            var now = Now();
            if (WhyNot(session, draft, pair, now) is { } refusal)
                return VoteAnswer.Refused(refusal);
            if (await VoteContents.FaultAsync(transaction, draft, pair!.Axis) is { } fault)
                return VoteAnswer.Faulty(fault);

            var tookLate = !pair.HasPlace && pair.TaskId is { } wanted
                && await Places.TryTakeLateAsync(transaction, session, wanted, pair.LeftIsB);
            var surplus = !pair.HasPlace && !tookLate && pair.Kind == PairKind.Item; // a check takes nobody's place

            var row = sent with
            {
                ComparisonId = pair.ComparisonId,
                Axis = pair.Axis.ToText(),
                Winner = draft.Winner(pair.LeftIsB)?.ToText(),
                ReceivedAt = now,
                ClockSuspect = draft.IsClockSuspect(pair.CreatedAt, now),
                Surplus = surplus,
                Kind = pair.Kind.ToText(),
            };
            if (await connection.ExecuteAsync(Insert, row, transaction) > 0)
            {
                await VoteContents.InsertAsync(transaction, voteId, draft);
                if (!surplus && pair is { TopsUp: true, TaskId: { } task })
                    await TopUps.ApplyAsync(transaction, task);
                return VoteAnswer.Accepted(now);
            }
            // There is a vote under this id: look again.
            if (tookLate)
                await Places.ReturnAsync(transaction, pair.TaskId!.Value, pair.LeftIsB);
        }
    }

    /// <summary>The time as the database will give it back, so that every sending of a vote gets the same answer.</summary>
    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    /// <summary>A pair as it stands, which stays so until the transaction ends; null when there is none.</summary>
    private static async Task<PairRow?> FindPairAsync(DbTransaction transaction, RaterSession session, Guid assignmentId)
    {
        const string Sql = """
            SELECT a.rater_id, a.study_id, a.comparison_id, a.axis, a.left_is_b, a.created_at, a.leased_until, s.state,
                   s.top_up <> 'off' AS tops_up, a.kind, a.task_id, a.state IN ('held', 'answered') AS has_place, last.vote_id AS last_vote_id,
                   EXISTS (SELECT 1 FROM withdrawal w WHERE w.session_id = a.session_id) AS withdrawn
            FROM assignment a
            JOIN study s ON s.study_id = a.study_id
            LEFT JOIN vote last ON last.assignment_id = a.assignment_id
              AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = last.vote_id)
            WHERE a.assignment_id = @AssignmentId
            """;
        await using var answers = await Places.LockAssignmentAndAskAsync(transaction, Sql, new { session.SessionId, AssignmentId = assignmentId });
        return await answers.ReadSingleOrDefaultAsync<PairRow>();
    }

    private static Refusal? WhyNot(RaterSession session, VoteDraft draft, PairRow? pair, DateTimeOffset now)
    {
        if (pair is null || pair.StudyId != session.StudyId)
            return Refusal.UnknownPair;
        if (pair.RaterId != session.RaterId)
            return Refusal.NotYours;
        if (pair.Withdrawn)
            return Refusal.Withdrawn;
        if (pair.LastVoteId != draft.Supersedes)
            return Refusal.AlreadyAnswered;
        if (pair.State == StudyState.Closed && pair.LeasedUntil <= now)
            return Refusal.Closed;
        return null;
    }

    private async Task<VoteAnswer> RetractAsync(DbTransaction transaction, RaterSession session, Guid voteId)
    {
        const string Find = """
            SELECT v.rater_id, v.study_id, v.assignment_id, s.state, r.retracted_at,
                   EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = v.vote_id) AS superseded
            FROM vote v
            JOIN study s ON s.study_id = v.study_id
            LEFT JOIN vote_retraction r ON r.vote_id = v.vote_id
            WHERE v.vote_id = @voteId
            """;
        const string Insert = "INSERT INTO vote_retraction (vote_id, retracted_at) VALUES (@VoteId, @Now) ON CONFLICT DO NOTHING";
        var connection = transaction.Connection!;
        await Places.LockAsync(transaction, session);
        var vote = await connection.QuerySingleOrDefaultAsync<VoteRow>(Find, new { voteId }, transaction);
        if (vote is null || vote.StudyId != session.StudyId)
            return VoteAnswer.Refused(Refusal.UnknownVote);
        if (vote.RaterId != session.RaterId)
            return VoteAnswer.Refused(Refusal.NotYours);
        if (vote.RetractedAt is { } before)
            return VoteAnswer.Accepted(before);
        if (vote.State == StudyState.Closed)
            return VoteAnswer.Refused(Refusal.Closed);

        // The vote gives its place to the lease in the same transaction, so nobody can take it in between.
        var now = Now();
        await connection.ExecuteAsync(Insert, new { VoteId = voteId, Now = now }, transaction);
        if (!vote.Superseded)
            await Places.SetTakenBackAsync(transaction, vote.AssignmentId, now + AssignmentStore.Lease);
        return VoteAnswer.Accepted(now);
    }

    /// <summary>A row of <c>vote</c>: what the rater sent, and once it is to be stored the rest.</summary>
    private sealed record VoteColumns(RaterSession Session, Guid VoteId, VoteDraft Draft)
    {
        public long StudyId => Session.StudyId;
        public long RaterId => Session.RaterId;
        public Guid AssignmentId => Draft.AssignmentId;
        public Guid? Supersedes => Draft.Supersedes;
        public string Choice { get; } = Draft.Choice.ToText();
        public string? Reason { get; } = Draft.Reason?.ToText();
        public int ResponseMs => Draft.ResponseMs;
        public DateTimeOffset ShownAt => Draft.ShownAt;
        public DateTimeOffset? DecodedLeftAt => Draft.DecodedLeftAt;
        public DateTimeOffset? DecodedRightAt => Draft.DecodedRightAt;
        public DateTimeOffset? DecodedAt => Draft.DecodedAt;
        public DateTimeOffset VotedAt => Draft.VotedAt;
        public string? Input { get; } = Draft.Input?.ToText();
        public int? ViewportW => Draft.ViewportW;
        public int? ViewportH => Draft.ViewportH;
        public double? Dpr => Draft.Dpr;
        public int? VisibleMs => Draft.VisibleMs;
        public double? MaxZoom => Draft.MaxZoom;
        public bool? NativeSeenLeft => Draft.NativeSeenLeft;
        public bool? NativeSeenRight => Draft.NativeSeenRight;
        public int? Toggles => Draft.Toggles;
        public string AppVersion => Draft.AppVersion;
        public long ComparisonId { get; init; }
        public string? Axis { get; init; }
        public string? Winner { get; init; }
        public DateTimeOffset ReceivedAt { get; init; }
        public bool ClockSuspect { get; init; }
        public bool Surplus { get; init; }
        public string? Kind { get; init; }
    }

    private sealed record SentBefore
    {
        public required DateTimeOffset ReceivedAt { get; init; }
        public required bool SameContent { get; init; }
    }

    private sealed record PairRow
    {
        public required long RaterId { get; init; }
        public required long StudyId { get; init; }
        public required long ComparisonId { get; init; }
        public required Axis Axis { get; init; }
        public required bool LeftIsB { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset LeasedUntil { get; init; }
        public required StudyState State { get; init; }
        public required bool TopsUp { get; init; }
        public required PairKind Kind { get; init; }
        public required bool Withdrawn { get; init; }
        public Guid? LastVoteId { get; init; }

        public long? TaskId { get; init; }

        /// <summary>Nobody else has been given the place since the rater got the pair.</summary>
        public required bool HasPlace { get; init; }
    }

    private sealed record VoteRow
    {
        public required long RaterId { get; init; }
        public required long StudyId { get; init; }
        public required Guid AssignmentId { get; init; }
        public required StudyState State { get; init; }
        public DateTimeOffset? RetractedAt { get; init; }
        public required bool Superseded { get; init; }
    }
}
