using System.Collections.Concurrent;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.RaterPreview;

/// <summary>
/// Begins previews and finds them again. They live in memory alone, so that nothing of them can come near a vote; after a restart of the
/// portal the page begins a new one.
/// </summary>
public sealed class PreviewRuns(Db db, TimeProvider clock)
{
    /// <summary>Comparisons that a preview shows of a study, each on every axis.</summary>
    public const int Comparisons = 4;

    /// <summary>How long a page may lie open.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<Guid, PreviewRun> _runs = new();

    /// <summary>The run of that id in that study; null where it is over or never was.</summary>
    public PreviewRun? Find(long studyId, Guid id) => _runs.GetValueOrDefault(id) is { } run && run.StudyId == studyId ? run : null;

    /// <summary>Begins one: comparisons from the whole length of the study, block by block as raters get them, with sides that are drawn.</summary>
    /// <returns>Its id; a study without comparisons gives a run without items.</returns>
    public async Task<Guid> BeginAsync(Study study, Random random, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT c.comparison_id, c.prompt_id, p.text AS prompt, a.sha256 AS first, b.sha256 AS second
            FROM comparison c
            JOIN prompt p ON p.prompt_id = c.prompt_id
            LEFT JOIN image a ON a.image_id = c.image_a_id
            LEFT JOIN image b ON b.image_id = c.image_b_id
            WHERE c.study_id = @StudyId AND (c.position - 1) % @Step = 0
            ORDER BY c.position
            LIMIT @Most
            """;
        const string Count = "SELECT COUNT(*) FROM comparison WHERE study_id = @StudyId";
        const string Whole = "SELECT i.sha256 FROM comparison_image c JOIN image i ON i.image_id = c.image_id WHERE c.comparison_id = @ComparisonId ORDER BY c.place";
        const string Asked = "SELECT question_set_id FROM study WHERE study_id = @StudyId";
        await using var connection = await db.OpenAsync(cancel);
        var count = await connection.ExecuteScalarAsync<int>(Count, new { study.StudyId });
        var rows = (await connection.QueryAsync<Row>(Sql, new { study.StudyId, Step = Math.Max(1, count / Comparisons), Most = Comparisons })).ToList();
        var questionSet = await connection.ExecuteScalarAsync<long?>(Asked, new { study.StudyId });

        var items = new List<PreviewItem>();
        foreach (var axis in study.Axes)
        {
            foreach (var row in rows)
            {
                string[] images = study.Form switch
                {
                    StudyForm.Alignment => [row.First!],
                    StudyForm.Preference => [.. await connection.QueryAsync<string>(Whole, new { row.ComparisonId })],
                    _ => [row.First!, row.Second!],
                };
                random.Shuffle(images);
                items.Add(new PreviewItem
                {
                    Question = axis.Question,
                    Prompt = axis.PromptVisible ? row.Prompt : null,
                    FlawStrip = axis.FlawStrip,
                    Images = images,
                    Questions = questionSet is { } set ? await QuestionSetStore.ListQuestionsAsync(connection, transaction: null, set, row.PromptId) : [],
                });
            }
        }
        return Keep(new PreviewRun(study.StudyId, study.Form == StudyForm.Pairs, items, clock.GetUtcNow()));
    }

    private Guid Keep(PreviewRun run)
    {
        foreach (var (old, _) in _runs.Where(kept => run.StartedAt - kept.Value.StartedAt > Kept))
            _runs.TryRemove(old, out _);
        var id = Guid.CreateVersion7();
        _runs[id] = run;
        return id;
    }

    private sealed record Row
    {
        public required long ComparisonId { get; init; }
        public required long PromptId { get; init; }
        public required string Prompt { get; init; }

        // Hashes; several images of one prompt stand elsewhere.
        public string? First { get; init; }
        public string? Second { get; init; }
    }
}
