using System.Runtime.CompilerServices;
using Dapper;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Reads votes with everything that was recorded about them, those that no longer count too.</summary>
public sealed class RecordedVoteStore(Db db)
{
    /// <summary>Everything about votes, up to where conditions begin.</summary>
    internal const string Select = """
        SELECT vote.vote_id, vote.supersedes_vote_id, vote.axis, vote.comparison_id, comparison.prompt_id, prompt.text AS prompt,
          vote.rater_id, rater.pseudonym, rater.simulated, rater.user_agent_family, assignment.session_id, assignment.position,
          assignment.left_is_b, comparison.image_a_id, comparison.image_b_id, vote.choice_screen, vote.winner, vote.reject_reason,
          vote.response_ms, vote.shown_at, vote.decoded_left_at, vote.decoded_right_at, vote.decoded_at, vote.voted_at, vote.received_at,
          vote.clock_suspect, vote.input, vote.viewport_w, vote.viewport_h, vote.dpr, vote.visible_ms, vote.max_zoom,
          vote.native_seen_left, vote.native_seen_right, vote.toggles, vote.app_version, vote.surplus, vote.kind, vote_flaw.flaw_type,
          vote_flaw.flaw_severity, vote_flaw.flaw_side, vote_flaw.flaw_x, vote_flaw.flaw_y, vote_retraction.retracted_at,
          imported_vote.vote_id IS NOT NULL AS imported, imported_vote.sided, imported_vote.timed, imported_vote.dated,
          COALESCE(imported_vote.both_bad, (1 = 0)) AS both_bad,
          EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = vote.vote_id) AS superseded,
          CASE WHEN vote.kind = 'repeat' THEN (
            SELECT first.vote_id
            FROM standing_vote first
            WHERE first.study_id = vote.study_id AND first.comparison_id = vote.comparison_id AND first.axis = vote.axis
              AND first.rater_id = vote.rater_id AND first.kind = 'item') END AS repeat_of_vote_id
        FROM vote
        JOIN comparison ON comparison.comparison_id = vote.comparison_id
        JOIN prompt ON prompt.prompt_id = comparison.prompt_id
        JOIN assignment ON assignment.assignment_id = vote.assignment_id
        JOIN rater ON rater.rater_id = vote.rater_id
        LEFT JOIN vote_flaw ON vote_flaw.vote_id = vote.vote_id
        LEFT JOIN vote_retraction ON vote_retraction.vote_id = vote.vote_id
        LEFT JOIN imported_vote ON imported_vote.vote_id = vote.vote_id
        """;

    // By arrival: votes that come later are added at the end and move nothing.
    private const string Order = "ORDER BY vote.received_at, vote.vote_id";

    /// <summary>The votes on a comparison, in order of arrival.</summary>
    public async Task<IReadOnlyList<RecordedVote>> ListAsync(long comparisonId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE vote.comparison_id = @ComparisonId {Order}";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<RecordedVote>(
            new CommandDefinition(Sql, new { ComparisonId = comparisonId }, cancellationToken: cancel))];
    }

    /// <summary>The votes of a study, in order of arrival, read one by one while they are used.</summary>
    public async IAsyncEnumerable<RecordedVote> ReadAsync(long studyId, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE vote.study_id = @StudyId {Order}";
        await using var connection = await db.OpenAsync(cancel);
        await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        var row = new RowCursor(reader);
        while (await row.ReadAsync(cancel))
            yield return Read(row);
    }

    /// <summary>The votes that arrived after another one, in order of arrival; from the first on where that is null.</summary>
    /// <param name="studyId">The study.</param>
    /// <param name="after">The other vote's time of arrival and id.</param>
    /// <param name="until">The latest time of arrival.</param>
    /// <param name="limit">Most votes.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<IReadOnlyList<RecordedVote>> ListAfterAsync(
        long studyId, (DateTimeOffset At, Guid VoteId)? after, DateTimeOffset until, int limit, CancellationToken cancel = default)
    {
        const string All = "WHERE vote.study_id = @StudyId AND vote.received_at <= @Until";
        const string Later = "AND (vote.received_at, vote.vote_id) > (@At, @VoteId)";
        var sql = $"{Select} {All} {(after is null ? "" : Later)} {Order} LIMIT @Limit";
        var key = new { StudyId = studyId, Until = until, after?.At, after?.VoteId, Limit = limit };
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<RecordedVote>(new CommandDefinition(sql, key, cancellationToken: cancel))];
    }

    /// <summary>A vote of a row, its columns in the order of <see cref="Select"/>.</summary>
    private static RecordedVote Read(RowCursor row) => new()
    {
        VoteId = row.Id(),
        SupersedesVoteId = row.IdOrNull(),
        Axis = row.Word<Axis>(),
        ComparisonId = row.Whole(),
        PromptId = row.Whole(),
        Prompt = row.Text(),
        RaterId = row.Whole(),
        Pseudonym = row.Text(),
        Simulated = row.Flag(),
        UserAgentFamily = row.TextOrNull(),
        SessionId = row.Whole(),
        Position = row.Number(),
        LeftIsB = row.Flag(),
        ImageAId = row.WholeOrNull(),
        ImageBId = row.WholeOrNull(),
        ChoiceScreen = row.Text(),
        Winner = row.WordOrNull<Outcome>(),
        RejectReason = row.TextOrNull(),
        ResponseMs = row.Number(),
        ShownAt = row.Time(),
        DecodedLeftAt = row.TimeOrNull(),
        DecodedRightAt = row.TimeOrNull(),
        DecodedAt = row.TimeOrNull(),
        VotedAt = row.Time(),
        ReceivedAt = row.Time(),
        ClockSuspect = row.Flag(),
        Input = row.TextOrNull(),
        ViewportW = row.NumberOrNull(),
        ViewportH = row.NumberOrNull(),
        Dpr = row.RealOrNull(),
        VisibleMs = row.NumberOrNull(),
        MaxZoom = row.RealOrNull(),
        NativeSeenLeft = row.FlagOrNull(),
        NativeSeenRight = row.FlagOrNull(),
        Toggles = row.NumberOrNull(),
        AppVersion = row.Text(),
        Surplus = row.Flag(),
        Kind = row.Word<PairKind>(),
        FlawType = row.TextOrNull(),
        FlawSeverity = row.TextOrNull(),
        FlawSide = row.TextOrNull(),
        FlawX = row.RealOrNull(),
        FlawY = row.RealOrNull(),
        RetractedAt = row.TimeOrNull(),
        Imported = row.Flag(),
        Sided = row.FlagOrNull(),
        Timed = row.FlagOrNull(),
        Dated = row.FlagOrNull(),
        BothBad = row.Flag(),
        Superseded = row.Flag(),
        RepeatOfVoteId = row.IdOrNull(),
    };
}
