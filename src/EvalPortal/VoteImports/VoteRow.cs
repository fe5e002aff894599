using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>An imported vote as it is stored, with the handing out that votes refer to.</summary>
internal sealed record VoteRow
{
    public required Guid VoteId { get; init; }

    public Guid? Supersedes { get; init; }

    public required Guid AssignmentId { get; init; }

    /// <summary>Whether the handing out is not stored yet.</summary>
    public required bool IsNewAssignment { get; init; }

    public required long StudyId { get; init; }

    public required long ComparisonId { get; init; }

    public required string Axis { get; init; }

    public required long RaterId { get; init; }

    public required long SessionId { get; init; }

    public required int Position { get; init; }

    public required bool LeftIsB { get; init; }

    public required string Kind { get; init; }

    public required PlacedVote Vote { get; init; }

    /// <summary>Stores rows and empties the list.</summary>
    public static async Task InsertAsync(DbTransaction transaction, List<VoteRow> rows, long importId, DateTimeOffset now)
    {
        const string Assignment = "(@AssignmentId#, @StudyId#, @ComparisonId#, @Axis#, @RaterId#, @SessionId#, @Position#, @LeftIsB#, @Now, @Now, @Kind#, 'answered')";
        const string Vote = """
            (@VoteId#, @Supersedes#, @AssignmentId#, @StudyId#, @ComparisonId#, @Axis#, @RaterId#, @Choice#, @Winner#, @Reason#, @ResponseMs#, @ShownAt#, @VotedAt#,
              @ReceivedAt#, @False, 'import', @False, @Kind#)
            """;
        const string Mark = "(@VoteId#, @ImportId, @Line#, @SourceId#, @Sided#, @Timed#, @Dated#, @BothBad#)";
        if (rows.Count == 0)
            return;
        var connection = transaction.Connection!;
        var shared = new { Now = now, ImportId = importId, False = false };
        var columns = rows.ConvertAll(row => row.Columns(now));
        var handed = rows.Where(row => row.IsNewAssignment).Select(row => row.Columns(now)).ToList();
        if (handed.Count > 0)
        {
            await connection.ExecuteAsync(
                $"INSERT INTO assignment (assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b, created_at, leased_until, kind, state) VALUES {Rows.Of(handed.Count, Assignment)}",
                Rows.Parameters(handed, shared), transaction);
        }
        await connection.ExecuteAsync(
            $"""
            INSERT INTO vote (vote_id, supersedes_vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, reject_reason, response_ms, shown_at,
              voted_at, received_at, clock_suspect, app_version, surplus, kind)
            VALUES {Rows.Of(columns.Count, Vote)}
            """,
            Rows.Parameters(columns, shared), transaction);
        await connection.ExecuteAsync(
            $"INSERT INTO imported_vote (vote_id, vote_import_id, line, source_vote_id, sided, timed, dated, both_bad) VALUES {Rows.Of(columns.Count, Mark)}",
            Rows.Parameters(columns, shared), transaction);
        rows.Clear();
    }

    private VoteColumns Columns(DateTimeOffset now)
    {
        var foreign = Vote.Foreign;
        var votedAt = foreign.VotedAt ?? now;
        return new VoteColumns
        {
            VoteId = VoteId,
            Supersedes = Supersedes,
            AssignmentId = AssignmentId,
            StudyId = StudyId,
            ComparisonId = ComparisonId,
            Axis = Axis,
            RaterId = RaterId,
            SessionId = SessionId,
            Position = Position,
            LeftIsB = LeftIsB,
            Kind = Kind,
            Choice = Vote.Winner switch { Outcome.A => LeftIsB ? "right" : "left", Outcome.B => LeftIsB ? "left" : "right", var neither => neither.ToText() },
            Winner = Vote.Winner.ToText(),
            Reason = Vote.Winner == Outcome.Reject ? "other" : null,
            ResponseMs = foreign.ResponseMs ?? 0,
            ShownAt = votedAt.AddMilliseconds(-(foreign.ResponseMs ?? 0)),
            VotedAt = votedAt,
            ReceivedAt = votedAt,
            Line = foreign.Line,
            SourceId = foreign.SourceId,
            Sided = Vote.LeftIsB is not null,
            Timed = foreign.ResponseMs is not null,
            Dated = foreign.VotedAt is not null,
            BothBad = foreign.Answer == Answer.BothBad,
        };
    }

    private sealed record VoteColumns
    {
        public required Guid VoteId { get; init; }
        public Guid? Supersedes { get; init; }
        public required Guid AssignmentId { get; init; }
        public required long StudyId { get; init; }
        public required long ComparisonId { get; init; }
        public required string Axis { get; init; }
        public required long RaterId { get; init; }
        public required long SessionId { get; init; }
        public required int Position { get; init; }
        public required bool LeftIsB { get; init; }
        public required string Kind { get; init; }
        public required string Choice { get; init; }
        public required string Winner { get; init; }
        public string? Reason { get; init; }
        public required int ResponseMs { get; init; }
        public required DateTimeOffset ShownAt { get; init; }
        public required DateTimeOffset VotedAt { get; init; }
        public required DateTimeOffset ReceivedAt { get; init; }
        public required int Line { get; init; }
        public string? SourceId { get; init; }
        public required bool Sided { get; init; }
        public required bool Timed { get; init; }
        public required bool Dated { get; init; }
        public required bool BothBad { get; init; }
    }
}
