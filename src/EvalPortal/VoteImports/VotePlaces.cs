using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Participants;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>
/// The rows that imported votes stand on: prompts, images without files, comparisons, raters who can never sign in, and what was "handed"
/// to them. Made where they are missing, and remembered for the next vote.
/// </summary>
internal sealed class VotePlaces
{
    private const int RowsAtOnce = 16; // SQLite looks for each parameter among all of a statement

    private readonly Dictionary<StudyKey, PlacedStudy> _studies;
    private readonly Dictionary<string, long> _prompts;
    private readonly Dictionary<(long SystemId, string Sha256), long> _images;
    private readonly Dictionary<(long StudyId, long ImageA, long ImageB), long> _comparisons;
    private readonly Dictionary<long, int> _positions = [];
    private readonly Dictionary<(string Pseudonym, long StudyId), Session> _sessions;
    private readonly Dictionary<string, long> _raters;
    private readonly Dictionary<(long RaterId, long ComparisonId), Judged> _judged;
    private readonly long _importId;
    private readonly long _promptSetId;
    private readonly VoteOrder _order;
    private readonly ParticipantKey _key;
    private readonly DateTimeOffset _now;

    private VotePlaces(Known known, long importId, long promptSetId, VoteOrder order, ParticipantKey key, DateTimeOffset now)
    {
        (_importId, _promptSetId, _order, _key, _now) = (importId, promptSetId, order, key, now);
        _studies = known.Studies.ToDictionary(study => new StudyKey(study.Question, study.NameA, study.NameB));
        _prompts = known.Prompts.ToDictionary(prompt => prompt.Label, prompt => prompt.PromptId);
        _images = known.Images.ToDictionary(image => (image.SystemId, image.Sha256), image => image.ImageId);
        _comparisons = known.Comparisons.ToDictionary(comparison => (comparison.StudyId, comparison.ImageAId, comparison.ImageBId), comparison => comparison.ComparisonId);
        foreach (var comparison in known.Comparisons)
            _positions[comparison.StudyId] = Math.Max(_positions.GetValueOrDefault(comparison.StudyId), comparison.Position);
        _sessions = known.Sessions.ToDictionary(session => (session.Pseudonym, session.StudyId), session => new Session(session.SessionId, session.RaterId) { Position = session.Position });
        _raters = known.Sessions.GroupBy(session => session.Pseudonym).ToDictionary(rater => rater.Key, rater => rater.First().RaterId);
        _judged = known.Judged.GroupBy(vote => (vote.RaterId, vote.ComparisonId))
            .ToDictionary(votes => votes.Key, votes => new Judged { Repeat = votes.Where(vote => vote.Kind == "repeat").Select(vote => ((Guid, Guid)?)(vote.AssignmentId, vote.VoteId)).FirstOrDefault() });
    }

    /// <summary>Reads what earlier takings of the import left.</summary>
    public static async Task<VotePlaces> ReadAsync(DbTransaction transaction, long importId, long promptSetId, VoteOrder order, ParticipantKey key, DateTimeOffset now)
    {
        const string Studies = """
            SELECT i.study_id, i.question, i.system_a AS name_a, i.system_b AS name_b, s.system_a_id, s.system_b_id
            FROM imported_study i
            JOIN study s ON s.study_id = i.study_id
            WHERE i.vote_import_id = @ImportId
            """;
        const string Prompts = "SELECT label, prompt_id FROM prompt WHERE prompt_set_id = @PromptSetId";
        const string Images = """
            SELECT i.system_id, i.sha256, i.image_id
            FROM image i
            JOIN imported_system s ON s.system_id = i.system_id
            WHERE s.vote_import_id = @ImportId
            """;
        const string Comparisons = """
            SELECT c.study_id, c.image_a_id, c.image_b_id, c.comparison_id, c.position
            FROM comparison c
            JOIN imported_study i ON i.study_id = c.study_id
            WHERE i.vote_import_id = @ImportId
            """;
        const string Sessions = """
            SELECT r.pseudonym, s.study_id, s.session_id, s.rater_id,
              COALESCE((SELECT MAX(a.position) FROM assignment a WHERE a.session_id = s.session_id), 0) AS position
            FROM session s
            JOIN rater r ON r.rater_id = s.rater_id
            JOIN imported_study i ON i.study_id = s.study_id
            WHERE i.vote_import_id = @ImportId
            """;
        const string Votes = """
            SELECT v.rater_id, v.comparison_id, v.kind, v.assignment_id, v.vote_id
            FROM standing_vote v
            JOIN imported_study i ON i.study_id = v.study_id
            WHERE i.vote_import_id = @ImportId
            """;
        var connection = transaction.Connection!;
        var ids = new { ImportId = importId, PromptSetId = promptSetId };
        var known = new Known(
            [.. await connection.QueryAsync<PlacedStudy>(Studies, ids, transaction)],
            [.. await connection.QueryAsync<(string, long)>(Prompts, ids, transaction)],
            [.. await connection.QueryAsync<(long, string, long)>(Images, ids, transaction)],
            [.. await connection.QueryAsync<(long, long, long, long, int)>(Comparisons, ids, transaction)],
            [.. await connection.QueryAsync<(string, long, long, long, int)>(Sessions, ids, transaction)],
            [.. await connection.QueryAsync<JudgedRow>(Votes, ids, transaction)]);
        return new VotePlaces(known, importId, promptSetId, order, key, now);
    }

    /// <summary>Stores votes that are not there yet.</summary>
    public async Task StoreAsync(DbTransaction transaction, IReadOnlyList<(Guid Id, PlacedVote Vote)> votes)
    {
        var rows = new List<VoteRow>(RowsAtOnce);
        foreach (var (id, vote) in votes)
        {
            rows.Add(await RowAsync(transaction, id, vote));
            if (rows.Count == RowsAtOnce)
                await VoteRow.InsertAsync(transaction, rows, _importId, _now);
        }
        await VoteRow.InsertAsync(transaction, rows, _importId, _now);
    }

    /// <summary>Says of every comparison that it has all the votes that were wanted, so that progress is told as of other studies and nothing is open.</summary>
    public async Task AddTasksAsync(DbTransaction transaction)
    {
        const string Tasks = """
            INSERT INTO task (study_id, comparison_id, axis, block, simulated, wanted, taken, tilt, ring)
            SELECT a.study_id, a.comparison_id, a.axis, 1, r.simulated, COUNT(*), COUNT(*), SUM(CASE WHEN a.left_is_b THEN 1 ELSE -1 END),
              c.position * 2654435769 % 4294967296
            FROM assignment a
            JOIN rater r ON r.rater_id = a.rater_id
            JOIN comparison c ON c.comparison_id = a.comparison_id
            WHERE a.study_id = @StudyId AND a.kind = 'item'
            GROUP BY a.study_id, a.comparison_id, a.axis, r.simulated, c.position
            ON CONFLICT (comparison_id, axis, simulated) DO UPDATE SET wanted = excluded.wanted, taken = excluded.taken, tilt = excluded.tilt
            """;
        const string Assignments = """
            UPDATE assignment
            SET task_id = (
              SELECT t.task_id
              FROM task t
              JOIN rater r ON r.simulated = t.simulated
              WHERE r.rater_id = assignment.rater_id AND t.comparison_id = assignment.comparison_id AND t.axis = assignment.axis)
            WHERE study_id = @StudyId AND kind = 'item' AND task_id IS NULL
            """;
        foreach (var study in _studies.Values)
        {
            await transaction.Connection!.ExecuteAsync(Tasks, new { study.StudyId }, transaction, commandTimeout: 600);
            await transaction.Connection!.ExecuteAsync(Assignments, new { study.StudyId }, transaction, commandTimeout: 600);
        }
    }

    private async Task<VoteRow> RowAsync(DbTransaction transaction, Guid id, PlacedVote vote)
    {
        var study = _studies[vote.Study];
        var comparison = await ComparisonAsync(transaction, study, vote);
        var session = await SessionAsync(transaction, study, Pseudonym(id, vote), vote.Foreign.Simulated);
        var judged = _judged.GetValueOrDefault((session.RaterId, comparison));
        _judged[(session.RaterId, comparison)] = judged ??= new Judged { IsNew = true };
        // A rater's second vote on a pair is a repeat, and every later one replaces the repeat before it.
        var isRepeat = !judged.IsNew;
        judged.IsNew = false;
        var replaces = isRepeat ? judged.Repeat : null;
        var assignment = replaces?.Assignment ?? PlacedVote.IdOf("assignment", $"{id}");
        if (isRepeat)
            judged.Repeat = (assignment, id);
        return new VoteRow
        {
            VoteId = id,
            Supersedes = replaces?.Vote,
            AssignmentId = assignment,
            IsNewAssignment = replaces is null,
            StudyId = study.StudyId,
            ComparisonId = comparison,
            Axis = vote.Study.AxisFor(_order.Overall).ToText(),
            RaterId = session.RaterId,
            SessionId = session.SessionId,
            Position = replaces is null ? ++session.Position : 0,
            LeftIsB = vote.LeftIsB ?? id.ToByteArray()[0] % 2 == 1,
            Kind = isRepeat ? "repeat" : "item",
            Vote = vote,
        };
    }

    private async Task<long> ComparisonAsync(DbTransaction transaction, PlacedStudy study, PlacedVote vote)
    {
        const string Sql = """
            INSERT INTO comparison (study_id, prompt_id, image_a_id, image_b_id, position)
            VALUES (@StudyId, @PromptId, @ImageA, @ImageB, @Position)
            RETURNING comparison_id
            """;
        var prompt = await PromptAsync(transaction, vote.Prompt);
        var imageA = await ImageAsync(transaction, study.SystemAId, prompt, vote.ImageA);
        var imageB = await ImageAsync(transaction, study.SystemBId, prompt, vote.ImageB);
        if (_comparisons.TryGetValue((study.StudyId, imageA, imageB), out var known))
            return known;
        var position = _positions[study.StudyId] = _positions.GetValueOrDefault(study.StudyId) + 1;
        var id = await transaction.Connection!.ExecuteScalarAsync<long>(
            Sql, new { study.StudyId, PromptId = prompt, ImageA = imageA, ImageB = imageB, Position = position }, transaction);
        return _comparisons[(study.StudyId, imageA, imageB)] = id;
    }

    private async Task<long> PromptAsync(DbTransaction transaction, string text)
    {
        const string Sql = """
            INSERT INTO prompt (prompt_set_id, position, text, label)
            VALUES (@PromptSetId, @Position, @Text, @Label)
            RETURNING prompt_id
            """;
        var label = $"{PlacedVote.IdOf("prompt", text):N}";
        if (_prompts.TryGetValue(label, out var known))
            return known;
        var row = new { PromptSetId = _promptSetId, Position = _prompts.Count + 1, Text = text, Label = label };
        return _prompts[label] = await transaction.Connection!.ExecuteScalarAsync<long>(Sql, row, transaction);
    }

    /// <summary>The row of an image whose file is not here: it has a hash that no file has, and no bytes.</summary>
    private async Task<long> ImageAsync(DbTransaction transaction, long systemId, long promptId, string reference)
    {
        const string Sql = """
            INSERT INTO image (system_id, prompt_id, sha256, width, height, byte_length, media_type, created_at)
            VALUES (@SystemId, @PromptId, @Sha256, 0, 0, 0, 'image/png', @Now)
            RETURNING image_id
            """;
        const string Name = "INSERT INTO imported_image (image_id, reference) VALUES (@ImageId, @Reference)";
        var sha256 = $"{PlacedVote.IdOf("image", _order.Study, $"{promptId}", reference):N}{PlacedVote.IdOf("imported image", $"{promptId}", reference):N}";
        if (_images.TryGetValue((systemId, sha256), out var known))
            return known;
        var id = await transaction.Connection!.ExecuteScalarAsync<long>(Sql, new { SystemId = systemId, PromptId = promptId, Sha256 = sha256, Now = _now }, transaction);
        await transaction.Connection!.ExecuteAsync(Name, new { ImageId = id, Reference = reference }, transaction);
        return _images[(systemId, sha256)] = id;
    }

    /// <summary>What a rater is called: made of the id in the file by the portal's key, so that nobody can tell the one from the other.</summary>
    private string Pseudonym(Guid id, PlacedVote vote) =>
        $"I-{_key.Hash($"imported votes\n{_order.Study}\n{(vote.Foreign.Rater is { } rater ? $"rater {rater}" : $"unknown {UnknownRater(id, vote)}")}\n{vote.Foreign.Simulated}")[..16].ToUpperInvariant()}";

    private int _unknownLine;
    private Guid _unknown;

    /// <summary>All votes of a row without a rater are by one person, and no two rows are.</summary>
    private Guid UnknownRater(Guid id, PlacedVote vote)
    {
        if (_unknownLine != vote.Foreign.Line)
            (_unknownLine, _unknown) = (vote.Foreign.Line, id);
        return _unknown;
    }

    private async Task<Session> SessionAsync(DbTransaction transaction, PlacedStudy study, string pseudonym, bool simulated)
    {
        const string Rater = """
            INSERT INTO rater (pseudonym, simulated, created_at)
            VALUES (@Pseudonym, @Simulated, @Now)
            RETURNING rater_id
            """;
        const string Sql = """
            INSERT INTO session (rater_id, study_id, consented_at)
            VALUES (@RaterId, @StudyId, @Now)
            RETURNING session_id
            """;
        if (_sessions.TryGetValue((pseudonym, study.StudyId), out var known))
            return known;
        var connection = transaction.Connection!;
        if (!_raters.TryGetValue(pseudonym, out var rater))
            _raters[pseudonym] = rater = await connection.ExecuteScalarAsync<long>(Rater, new { Pseudonym = pseudonym, Simulated = simulated, Now = _now }, transaction);
        var id = await connection.ExecuteScalarAsync<long>(Sql, new { RaterId = rater, study.StudyId, Now = _now }, transaction);
        return _sessions[(pseudonym, study.StudyId)] = new Session(id, rater);
    }

    private sealed record Known(
        IReadOnlyList<PlacedStudy> Studies, IReadOnlyList<(string Label, long PromptId)> Prompts, IReadOnlyList<(long SystemId, string Sha256, long ImageId)> Images,
        IReadOnlyList<(long StudyId, long ImageAId, long ImageBId, long ComparisonId, int Position)> Comparisons,
        IReadOnlyList<(string Pseudonym, long StudyId, long SessionId, long RaterId, int Position)> Sessions, IReadOnlyList<JudgedRow> Judged);

    private sealed record PlacedStudy
    {
        public required long StudyId { get; init; }
        public required string Question { get; init; }
        public required string NameA { get; init; }
        public required string NameB { get; init; }
        public required long SystemAId { get; init; }
        public required long SystemBId { get; init; }
    }

    private sealed record JudgedRow
    {
        public required long RaterId { get; init; }
        public required long ComparisonId { get; init; }
        public required string Kind { get; init; }
        public required Guid AssignmentId { get; init; }
        public required Guid VoteId { get; init; }
    }

    private sealed class Session(long sessionId, long raterId)
    {
        public long SessionId => sessionId;

        public long RaterId => raterId;

        /// <summary>Of the last pair.</summary>
        public int Position { get; set; }
    }

    /// <summary>What a rater said of a pair before.</summary>
    private sealed class Judged
    {
        /// <summary>Nothing yet.</summary>
        public bool IsNew { get; set; }

        /// <summary>The repeat and its last vote.</summary>
        public (Guid Assignment, Guid Vote)? Repeat { get; set; }
    }
}
