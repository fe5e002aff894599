using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>What one rater did in the training round of a study.</summary>
public sealed record RaterTraining
{
    public required string Pseudonym { get; init; }

    public required TrainingProgress Progress { get; init; }
}

/// <summary>An answer in training, as it is exported.</summary>
public sealed record TrainingRecord
{
    public required Guid TrainingAnswerId { get; init; }

    public required string Pseudonym { get; init; }

    public required long SessionId { get; init; }

    public required int Attempt { get; init; }

    public required int Position { get; init; }

    public required string Axis { get; init; }

    public required Guid ExamplePairId { get; init; }

    public required string LeftSha256 { get; init; }

    public required string RightSha256 { get; init; }

    public required string ChoiceScreen { get; init; }

    /// <summary>The right answer as the pair stood.</summary>
    public required string RightAnswer { get; init; }

    public required bool Correct { get; init; }

    public required int ResponseMs { get; init; }

    public int? VisibleMs { get; init; }

    public required DateTimeOffset ShownAt { get; init; }

    public DateTimeOffset? DecodedLeftAt { get; init; }

    public DateTimeOffset? DecodedRightAt { get; init; }

    public required DateTimeOffset AnsweredAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public string? Input { get; init; }

    public required string AppVersion { get; init; }
}

/// <summary>What researchers read of training rounds.</summary>
public sealed class TrainingRecordStore(Db db)
{
    /// <summary>The raters who have begun the training of a study, in the order in which they agreed to take part.</summary>
    public async Task<IReadOnlyList<RaterTraining>> ListRatersAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT r.pseudonym, p.attempt, COUNT(*) AS pairs, COUNT(a.training_pair_id) AS answered,
              COUNT(CASE WHEN a.correct THEN 1 END) AS correct,
              (SELECT t.pass_mark FROM study_training t WHERE t.study_id = @StudyId) AS pass_mark
            FROM session s
            JOIN rater r ON r.rater_id = s.rater_id
            JOIN training_pair p ON p.session_id = s.session_id
            LEFT JOIN training_answer a ON a.training_pair_id = p.training_pair_id
            WHERE s.study_id = @StudyId
            GROUP BY s.session_id, r.pseudonym, p.attempt
            ORDER BY s.session_id, p.attempt
            """;
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<AttemptRow>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        return
        [
            .. rows.GroupBy(row => row.Pseudonym).Select(rater => new RaterTraining
            {
                Pseudonym = rater.Key,
                Progress = new TrainingProgress
                {
                    Pairs = rater.First().Pairs,
                    PassMark = TrainingProgress.PassMarkOf(rater.First().PassMark, rater.First().Pairs),
                    Attempts = [.. rater.Select(row => new TrainingAttempt { Attempt = row.Attempt, Pairs = row.Pairs, Answered = row.Answered, Correct = row.Correct })],
                },
            }),
        ];
    }

    /// <summary>Every answer in the training of a study, in order of arrival.</summary>
    public async Task<IReadOnlyList<TrainingRecord>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT a.training_answer_id, r.pseudonym, p.session_id, p.attempt, p.position, e.axis, e.example_pair_id,
              CASE WHEN p.swapped THEN e.right_sha256 ELSE e.left_sha256 END AS left_sha256,
              CASE WHEN p.swapped THEN e.left_sha256 ELSE e.right_sha256 END AS right_sha256,
              a.choice_screen,
              CASE WHEN p.swapped AND e.answer = 'left' THEN 'right' WHEN p.swapped AND e.answer = 'right' THEN 'left' ELSE e.answer END AS right_answer,
              a.correct, a.response_ms, a.visible_ms, a.shown_at, a.decoded_left_at, a.decoded_right_at, a.answered_at, a.received_at,
              a.input, a.app_version
            FROM training_answer a
            JOIN training_pair p ON p.training_pair_id = a.training_pair_id
            JOIN example_pair e ON e.example_pair_id = p.example_pair_id
            JOIN session s ON s.session_id = p.session_id
            JOIN rater r ON r.rater_id = s.rater_id
            WHERE s.study_id = @StudyId
            ORDER BY a.received_at, a.training_answer_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<TrainingRecord>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    private sealed record AttemptRow
    {
        public required string Pseudonym { get; init; }
        public required int Attempt { get; init; }
        public required int Pairs { get; init; }
        public required int Answered { get; init; }
        public required int Correct { get; init; }
        public int? PassMark { get; init; }
    }
}
