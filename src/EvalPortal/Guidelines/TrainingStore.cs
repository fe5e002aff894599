using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>The training round as raters go through it. Its answers are no votes and are kept apart from them.</summary>
public sealed class TrainingStore(Db db, DbWriter writer, TimeProvider clock)
{
    private readonly ConcurrentDictionary<long, RoundRow> _rounds = new(); // fixed once there are raters who could be trained

    /// <summary>How far a rater has got. Simulated raters have no training.</summary>
    public async Task<TrainingProgress> ReadAsync(RaterSession session, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return await ReadAsync(connection, transaction: null, session);
    }

    /// <summary>Begins a try where one is due: the first, or the second when the first was missed. Otherwise nothing changes.</summary>
    /// <param name="random">Draws order and sides.</param>
    public Task<TrainingProgress> BeginAsync(RaterSession session, Random random, CancellationToken cancel = default) =>
        writer.RunAsync(
            async transaction =>
            {
                await Places.LockAsync(transaction, session);
                var progress = await ReadAsync(transaction.Connection!, transaction, session);
                if (progress.State is not (TrainingState.Due or TrainingState.Missed) || await IsWithdrawnAsync(transaction, session))
                    return progress;
                await DrawAsync(transaction, session, attempt: progress.Attempts.Count + 1, random);
                return await ReadAsync(transaction.Connection!, transaction, session);
            },
            cancel);

    /// <summary>The next pairs of the try that is under way, in order; none when there is no such try.</summary>
    public async Task<IReadOnlyList<TrainingPair>> ListOpenAsync(RaterSession session, int most, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT p.training_pair_id, x.question, CASE WHEN x.prompt_visible THEN e.prompt END AS prompt
            FROM training_pair p
            JOIN example_pair e ON e.example_pair_id = p.example_pair_id
            JOIN study_axis x ON x.study_id = e.study_id AND x.axis = e.axis
            LEFT JOIN training_answer a ON a.training_pair_id = p.training_pair_id
            WHERE p.session_id = @SessionId AND a.training_pair_id IS NULL
            ORDER BY p.attempt, p.position
            LIMIT @Most
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<TrainingPair>(new CommandDefinition(Sql, new { session.SessionId, Most = most }, cancellationToken: cancel))];
    }

    /// <summary>The hash of the image that stands on a side of a rater's own training pair; null when the pair is not theirs.</summary>
    public async Task<string?> FindImageAsync(RaterSession session, Guid trainingPairId, Side side, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT CASE WHEN p.swapped = @IsLeft THEN e.right_sha256 ELSE e.left_sha256 END
            FROM training_pair p
            JOIN example_pair e ON e.example_pair_id = p.example_pair_id
            WHERE p.training_pair_id = @TrainingPairId AND p.session_id = @SessionId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            Sql, new { TrainingPairId = trainingPairId, session.SessionId, IsLeft = side == Side.Left }, cancellationToken: cancel));
    }

    /// <summary>
    /// Judges an answer and stores it; what comes back is what the rater learns, once it is committed. Only the pair that is next is
    /// answered, and once; the same answer sent again gets the same back.
    /// </summary>
    public Task<TrainingVerdict> AnswerAsync(RaterSession session, Guid answerId, VoteDraft draft, CancellationToken cancel = default) =>
        writer.RunAsync(transaction => AnswerAsync(transaction, session, answerId, draft), cancel);

    private async Task<TrainingProgress> ReadAsync(DbConnection connection, DbTransaction? transaction, RaterSession session)
    {
        const string Round = """
            SELECT COUNT(*) AS pairs, (SELECT pass_mark FROM study_training WHERE study_id = @StudyId) AS pass_mark
            FROM example_pair
            WHERE study_id = @StudyId AND used_in = 'training'
            """;
        const string Attempts = """
            SELECT p.attempt, COUNT(*) AS pairs, COUNT(a.training_pair_id) AS answered, COUNT(CASE WHEN a.correct THEN 1 END) AS correct
            FROM training_pair p
            LEFT JOIN training_answer a ON a.training_pair_id = p.training_pair_id
            WHERE p.session_id = @SessionId
            GROUP BY p.attempt
            ORDER BY p.attempt
            """;
        if (session.Simulated)
            return new TrainingProgress { Pairs = 0, PassMark = 0 };
        if (!_rounds.TryGetValue(session.StudyId, out var round))
            _rounds[session.StudyId] = round = await connection.QuerySingleAsync<RoundRow>(Round, new { session.StudyId }, transaction);
        return new TrainingProgress
        {
            Pairs = round.Pairs,
            PassMark = TrainingProgress.PassMarkOf(round.PassMark, round.Pairs),
            Attempts = round.Pairs == 0 ? [] : [.. await connection.QueryAsync<TrainingAttempt>(Attempts, new { session.SessionId }, transaction)],
        };
    }

    private async Task DrawAsync(DbTransaction transaction, RaterSession session, int attempt, Random random)
    {
        const string Examples = """
            SELECT e.example_pair_id, e.axis
            FROM example_pair e
            JOIN study_axis x ON x.study_id = e.study_id AND x.axis = e.axis
            WHERE e.study_id = @StudyId AND e.used_in = 'training'
            ORDER BY x.position, e.position, e.example_pair_id
            """;
        const string Before = "SELECT example_pair_id, swapped FROM training_pair WHERE session_id = @SessionId ORDER BY attempt, position";
        const string Insert = """
            INSERT INTO training_pair (training_pair_id, session_id, example_pair_id, attempt, position, swapped, drawn_at)
            VALUES (@TrainingPairId, @SessionId, @ExamplePairId, @Attempt, @Position, @Swapped, @Now)
            """;
        var connection = transaction.Connection!;
        var examples = await connection.QueryAsync<ExampleRow>(Examples, new { session.StudyId }, transaction);
        var before = await connection.QueryAsync<DrawnRow>(Before, new { session.SessionId }, transaction);
        var drawn = TrainingOrder.Draw(
            [.. examples.Select(row => (row.ExamplePairId, row.Axis))],
            [.. before.Select(row => new DrawnExample(row.ExamplePairId, row.Swapped))],
            random);
        var now = clock.GetUtcNow();
        await connection.ExecuteAsync(
            Insert,
            drawn.Select((pair, i) => new
            {
                TrainingPairId = Guid.NewGuid(),
                session.SessionId,
                pair.ExamplePairId,
                Attempt = attempt,
                Position = i + 1,
                pair.Swapped,
                Now = now,
            }),
            transaction);
    }

    private async Task<TrainingVerdict> AnswerAsync(DbTransaction transaction, RaterSession session, Guid answerId, VoteDraft draft)
    {
        const string Insert = """
            INSERT INTO training_answer (training_answer_id, training_pair_id, choice_screen, correct, response_ms, visible_ms,
              shown_at, decoded_left_at, decoded_right_at, answered_at, received_at, input, app_version)
            VALUES (@AnswerId, @AssignmentId, @Choice, @Correct, @ResponseMs, @VisibleMs,
              @ShownAt, @DecodedLeftAt, @DecodedRightAt, @VotedAt, @Now, @Input, @AppVersion)
            ON CONFLICT DO NOTHING
            """;
        await Places.LockAsync(transaction, session);
        var pair = await FindAskedAsync(transaction, draft.AssignmentId);
        if (WhyNot(session, pair) is { } refusal)
            return TrainingVerdict.Refused(refusal);

        var content = Columns(answerId, draft);
        var standing = await ListStandingAsync(transaction, content);
        if (standing.Any(row => row.SameContent))
            return await JudgeAsync(transaction, session, pair!, draft.Choice);
        if (standing.Count > 0)
            return TrainingVerdict.Refused(standing.Any(row => row.TrainingAnswerId == answerId) ? Refusal.OtherContent : Refusal.AlreadyAnswered);
        if (pair!.State == StudyState.Closed || await IsWithdrawnAsync(transaction, session))
            return TrainingVerdict.Refused(Refusal.Closed);
        if (pair.Position != pair.NextPosition)
            return TrainingVerdict.Refused(Refusal.NotNext);

        content.AddDynamicParams(new { Correct = draft.Choice == pair.Right, Now = clock.GetUtcNow() });
        return await transaction.Connection!.ExecuteAsync(Insert, content, transaction) == 1
            ? await JudgeAsync(transaction, session, pair, draft.Choice)
            : TrainingVerdict.Refused(Refusal.OtherContent); // on PostgreSQL another rater has used the id meanwhile
    }

    /// <summary>What the rater learns from an answer that stands; after the last of a try, also how the try went.</summary>
    private async Task<TrainingVerdict> JudgeAsync(DbTransaction transaction, RaterSession session, AskedPair pair, Choice choice)
    {
        var progress = await ReadAsync(transaction.Connection!, transaction, session);
        var attempt = progress.Attempts.Single(attempt => attempt.Attempt == pair.Attempt);
        return new TrainingVerdict
        {
            Feedback = new TrainingFeedback
            {
                Correct = choice == pair.Right,
                Answer = pair.Right,
                Explanation = pair.Explanation,
                FlawType = pair.FlawType,
                FlawSeverity = pair.FlawSeverity,
                Flaw = pair.FlawSide is { } side ? new FlawPlace(Swap.If(pair.Swapped, side), pair.FlawX!.Value, pair.FlawY!.Value) : null,
                Result = pair.Position < attempt.Pairs
                    ? null
                    : new TrainingResult(attempt.Correct, attempt.Pairs, progress.PassMark, attempt.Correct >= progress.PassMark),
            },
        };
    }

    private static async Task<AskedPair?> FindAskedAsync(DbTransaction transaction, Guid trainingPairId)
    {
        const string Sql = """
            SELECT p.session_id, e.study_id, s.state, p.attempt, p.position, p.swapped, e.answer, e.explanation, e.flaw_type, e.flaw_severity,
              e.flaw_side, e.flaw_x, e.flaw_y,
              (SELECT MIN(waiting.position)
               FROM training_pair waiting
               WHERE waiting.session_id = p.session_id AND waiting.attempt = p.attempt
                 AND NOT EXISTS (SELECT 1 FROM training_answer a WHERE a.training_pair_id = waiting.training_pair_id)) AS next_position
            FROM training_pair p
            JOIN example_pair e ON e.example_pair_id = p.example_pair_id
            JOIN study s ON s.study_id = e.study_id
            WHERE p.training_pair_id = @trainingPairId
            """;
        return await transaction.Connection!.QuerySingleOrDefaultAsync<AskedPair>(Sql, new { trainingPairId }, transaction);
    }

    private static Refusal? WhyNot(RaterSession session, AskedPair? pair) => pair switch
    {
        null => Refusal.UnknownPair,
        _ when pair.StudyId != session.StudyId => Refusal.UnknownPair,
        _ when pair.SessionId != session.SessionId => Refusal.NotYours,
        _ => null,
    };

    /// <summary>The answers that stand under the same id or on the same pair.</summary>
    private static async Task<IReadOnlyList<AnswerRow>> ListStandingAsync(DbTransaction transaction, DynamicParameters content)
    {
        const string Sql = """
            SELECT training_answer_id,
              training_answer_id = @AnswerId AND training_pair_id = @AssignmentId AND choice_screen = @Choice
              AND response_ms = @ResponseMs AND visible_ms IS NOT DISTINCT FROM @VisibleMs AND shown_at = @ShownAt
              AND decoded_left_at IS NOT DISTINCT FROM @DecodedLeftAt AND decoded_right_at IS NOT DISTINCT FROM @DecodedRightAt
              AND answered_at = @VotedAt AND input IS NOT DISTINCT FROM @Input AND app_version = @AppVersion AS same_content
            FROM training_answer
            WHERE training_answer_id = @AnswerId OR training_pair_id = @AssignmentId
            """;
        return [.. await transaction.Connection!.QueryAsync<AnswerRow>(Sql, content, transaction)];
    }

    private static DynamicParameters Columns(Guid answerId, VoteDraft draft) => new(new
    {
        AnswerId = answerId,
        draft.AssignmentId,
        Choice = draft.Choice.ToText(),
        draft.ResponseMs,
        draft.VisibleMs,
        draft.ShownAt,
        draft.DecodedLeftAt,
        draft.DecodedRightAt,
        draft.VotedAt,
        Input = draft.Input?.ToText(),
        draft.AppVersion,
    });

    private static Task<bool> IsWithdrawnAsync(DbTransaction transaction, RaterSession session)
    {
        const string Sql = "SELECT EXISTS (SELECT 1 FROM withdrawal WHERE session_id = @SessionId)";
        return transaction.Connection!.ExecuteScalarAsync<bool>(Sql, new { session.SessionId }, transaction);
    }

    private sealed record RoundRow
    {
        public required int Pairs { get; init; }
        public int? PassMark { get; init; }
    }

    private sealed record ExampleRow
    {
        public required Guid ExamplePairId { get; init; }
        public required Axis Axis { get; init; }
    }

    private sealed record DrawnRow
    {
        public required Guid ExamplePairId { get; init; }
        public required bool Swapped { get; init; }
    }

    private sealed record AnswerRow
    {
        public required Guid TrainingAnswerId { get; init; }
        public required bool SameContent { get; init; }
    }

    private sealed record AskedPair
    {
        public required long SessionId { get; init; }
        public required long StudyId { get; init; }
        public required StudyState State { get; init; }
        public required int Attempt { get; init; }
        public required int Position { get; init; }

        /// <summary>The pair of the try that is to be answered now; null when all are.</summary>
        public int? NextPosition { get; init; }

        public required bool Swapped { get; init; }
        public required Choice Answer { get; init; }
        public required string Explanation { get; init; }
        public FlawType? FlawType { get; init; }
        public FlawSeverity? FlawSeverity { get; init; }
        public Side? FlawSide { get; init; }
        public double? FlawX { get; init; }
        public double? FlawY { get; init; }

        /// <summary>The right answer as the pair stands.</summary>
        public Choice Right => Swap.If(Swapped, Answer);
    }
}
