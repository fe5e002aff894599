using System.Collections.Concurrent;
using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What an assignment shows that is no pair.</summary>
public sealed record Sheet
{
    public required Guid AssignmentId { get; init; }

    /// <summary>How many images; their places count from 1.</summary>
    public required int Images { get; init; }

    /// <summary>What is asked about the image, parents first; none where best and worst are picked.</summary>
    public required IReadOnlyList<Question> Questions { get; init; }
}

/// <summary>What a sheet shows, told to simulated raters, who see no images. A person's browser is never told.</summary>
public sealed record ShownSheet
{
    /// <summary>Place of the comparison in its study, from 1.</summary>
    public required int Comparison { get; init; }

    /// <summary>By place on the screen: which of the comparison's images it is, from 1, and whether it is system B's.</summary>
    public required IReadOnlyList<(int Number, bool IsB)> Images { get; init; }

    public required IReadOnlyList<Question> Questions { get; init; }
}

/// <summary>Reads what raters are shown in studies that are not made of pairs.</summary>
public sealed class SheetStore(Db db, DbWriter writer)
{
    private readonly ConcurrentDictionary<long, StudyForm> _forms = new();

    /// <summary>The form of a study, which never changes.</summary>
    public async ValueTask<StudyForm> FindFormAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = "SELECT axis FROM study_axis WHERE study_id = @StudyId AND position = 1";
        if (_forms.TryGetValue(studyId, out var known))
            return known;
        await using var connection = await db.OpenAsync(cancel);
        var axis = await connection.QuerySingleAsync<string>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        return _forms[studyId] = ColumnTypes.ToEnum<Axis>(axis).Form();
    }

    /// <summary>The sheets that wait for a rater's answer, by assignment. Several images get their order for the rater here, once and for all.</summary>
    /// <param name="random">Decides the order.</param>
    public async Task<IReadOnlyDictionary<Guid, Sheet>> ListHeldAsync(RaterSession session, Random random, CancellationToken cancel = default)
    {
        await ShuffleAsync(session, random, cancel);
        const string Sql = """
            SELECT a.assignment_id, c.prompt_id, s.question_set_id,
              (SELECT COUNT(*) FROM comparison_image i WHERE i.comparison_id = c.comparison_id) AS images
            FROM assignment a
            JOIN study s ON s.study_id = a.study_id
            JOIN comparison c ON c.comparison_id = a.comparison_id
            WHERE a.session_id = @SessionId AND a.state = 'held'
            """;
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<SheetRow>(new CommandDefinition(
            Sql, new { session.SessionId }, cancellationToken: cancel));
        var sheets = new Dictionary<Guid, Sheet>();
        foreach (var row in rows)
        {
            sheets.Add(row.AssignmentId, new Sheet
            {
                AssignmentId = row.AssignmentId,
                Images = Math.Max(1, row.Images),
                Questions = row.QuestionSetId is { } set ? await QuestionSetStore.ListQuestionsAsync(connection, transaction: null, set, row.PromptId) : [],
            });
        }
        return sheets;
    }

    /// <summary>What a simulated rater's own assignment shows.</summary>
    /// <param name="random">Decides the order of several images.</param>
    /// <exception cref="InvalidOperationException">The assignment is not theirs, or the rater is a person.</exception>
    public async Task<ShownSheet> ReadShownAsync(RaterSession session, Guid assignmentId, Random random, CancellationToken cancel = default)
    {
        const string Images = """
            SELECT c.position AS comparison, COALESCE(whole.place, 1) AS number, i.system_id <> s.system_a_id AS is_b
            FROM assignment a
            JOIN study s ON s.study_id = a.study_id
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN rater r ON r.rater_id = a.rater_id AND r.simulated
            LEFT JOIN assignment_image shown ON shown.assignment_id = a.assignment_id
            LEFT JOIN comparison_image whole ON whole.comparison_id = c.comparison_id AND whole.image_id = shown.image_id
            JOIN image i ON i.image_id = COALESCE(shown.image_id, c.image_a_id)
            WHERE a.assignment_id = @AssignmentId AND a.session_id = @SessionId
            ORDER BY shown.place
            """;
        var sheet = (await ListHeldAsync(session, random, cancel))[assignmentId];
        await using var connection = await db.OpenAsync(cancel);
        var images = (await connection.QueryAsync<(int Comparison, int Number, bool IsB)>(new CommandDefinition(
            Images, new { AssignmentId = assignmentId, session.SessionId }, cancellationToken: cancel))).ToList();
        return new ShownSheet { Comparison = images[0].Comparison, Images = [.. images.Select(image => (image.Number, image.IsB))], Questions = sheet.Questions };
    }

    /// <summary>The hash of the image at a place of a rater's own assignment; null where there is none, and always in pairs, which have sides.</summary>
    public async Task<string?> FindImageAsync(RaterSession session, Guid assignmentId, int place, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT i.sha256
            FROM assignment a
            JOIN comparison c ON c.comparison_id = a.comparison_id
            LEFT JOIN assignment_image shown ON shown.assignment_id = a.assignment_id AND shown.place = @Place
            JOIN image i ON i.image_id = COALESCE(shown.image_id, CASE WHEN @Place = 1 THEN c.image_a_id END)
            WHERE a.assignment_id = @AssignmentId AND a.session_id = @SessionId AND c.image_b_id IS NULL
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            Sql, new { AssignmentId = assignmentId, session.SessionId, Place = place }, cancellationToken: cancel));
    }

    private async Task ShuffleAsync(RaterSession session, Random random, CancellationToken cancel)
    {
        const string FindNew = """
            SELECT a.assignment_id, i.image_id
            FROM assignment a
            JOIN comparison_image i ON i.comparison_id = a.comparison_id
            WHERE a.session_id = @SessionId AND a.state = 'held'
              AND NOT EXISTS (SELECT 1 FROM assignment_image shown WHERE shown.assignment_id = a.assignment_id)
            ORDER BY a.assignment_id, i.place
            """;
        const string Insert = """
            INSERT INTO assignment_image (assignment_id, place, image_id)
            SELECT @AssignmentId, @Place, @ImageId
            WHERE NOT EXISTS (SELECT 1 FROM assignment_image WHERE assignment_id = @AssignmentId AND place = @Place)
            """;
        List<(Guid AssignmentId, long ImageId)> images;
        await using (var connection = await db.OpenAsync(cancel))
        {
            images = [.. await connection.QueryAsync<(Guid AssignmentId, long ImageId)>(new CommandDefinition(
                FindNew, new { session.SessionId }, cancellationToken: cancel))];
        }
        foreach (var assignment in images.GroupBy(image => image.AssignmentId, image => image.ImageId))
        {
            var order = assignment.ToArray();
            random.Shuffle(order);
            var rows = order.Select((image, i) => new { AssignmentId = assignment.Key, Place = i + 1, ImageId = image }).ToList();
            await writer.RunAsync(
                async transaction =>
                {
                    await Places.LockAsync(transaction, session, assignment.Key); // another window of the rater waits here and then finds its rows
                    return await transaction.Connection!.ExecuteAsync(Insert, rows, transaction);
                },
                cancel);
        }
    }

    private sealed record SheetRow
    {
        public required Guid AssignmentId { get; init; }
        public required long PromptId { get; init; }
        public long? QuestionSetId { get; init; }
        public required int Images { get; init; }
    }
}
