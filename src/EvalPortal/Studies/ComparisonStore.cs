using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Studies;

/// <summary>A pair of images for one prompt of a study. A and B are the study's systems; sides are drawn per rater.</summary>
public sealed record Comparison
{
    public required long ComparisonId { get; init; }

    public required long StudyId { get; init; }

    /// <summary>Place in the study, from 1.</summary>
    public required int Position { get; init; }

    public required long PromptId { get; init; }

    /// <summary>The prompt's text.</summary>
    public required string Prompt { get; init; }

    public required long ImageAId { get; init; }

    public required string ImageASha256 { get; init; }

    public required long ImageBId { get; init; }

    public required string ImageBSha256 { get; init; }
}

/// <summary>The comparisons of studies. They are added with their study.</summary>
public sealed class ComparisonStore(Db db)
{
    private const string Select = """
        SELECT comparison_id, study_id, comparison.position, comparison.prompt_id, prompt.text AS prompt,
          image_a_id, a.sha256 AS image_a_sha256, image_b_id, b.sha256 AS image_b_sha256
        FROM comparison
        JOIN prompt ON prompt.prompt_id = comparison.prompt_id
        JOIN image a ON a.image_id = comparison.image_a_id
        JOIN image b ON b.image_id = comparison.image_b_id
        """;

    /// <summary>The pairs of a study that votes are wanted on, in order; none in another form.</summary>
    public Task<IReadOnlyList<Comparison>> ListAsync(long studyId, CancellationToken cancel = default) =>
        ListAsync("AND NOT EXISTS (SELECT 1 FROM gold WHERE gold.study_id = comparison.study_id AND gold.comparison_id = comparison.comparison_id)", studyId, cancel);

    /// <summary>The pairs of a study, those whose answer is known among them, in order.</summary>
    public Task<IReadOnlyList<Comparison>> ListAllAsync(long studyId, CancellationToken cancel = default) => ListAsync("", studyId, cancel);

    private async Task<IReadOnlyList<Comparison>> ListAsync(string condition, long studyId, CancellationToken cancel)
    {
        var sql = $"{Select} WHERE comparison.study_id = @StudyId {condition} ORDER BY comparison.position";
        await using var connection = await db.OpenAsync(cancel);
        var prompts = new Dictionary<long, string>(); // a large study has many comparisons of a prompt, and its text once
        var list = new List<Comparison>();
        await foreach (var comparison in connection.QueryUnbufferedAsync<Comparison>(sql, new { StudyId = studyId }).WithCancellation(cancel))
        {
            if (!prompts.TryGetValue(comparison.PromptId, out var prompt))
                prompts.Add(comparison.PromptId, prompt = comparison.Prompt);
            list.Add(comparison with { Prompt = prompt });
        }
        return list;
    }

    /// <summary>The comparison with this id, or null.</summary>
    public async Task<Comparison?> FindAsync(long comparisonId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE comparison_id = @ComparisonId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Comparison>(
            new CommandDefinition(Sql, new { ComparisonId = comparisonId }, cancellationToken: cancel));
    }

    /// <summary>The prompts of a study, whatever its form, in order and each once.</summary>
    public async Task<IReadOnlyList<(long PromptId, string Text)>> ListPromptsAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT c.prompt_id, p.text
            FROM comparison c
            JOIN prompt p ON p.prompt_id = c.prompt_id
            WHERE c.study_id = @StudyId
            GROUP BY c.prompt_id, p.text
            ORDER BY MIN(c.position)
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<(long, string)>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>
    /// Pairs the images of two systems prompt by prompt: within a prompt in order of seed, so that systems made with the same
    /// seeds meet seed by seed. What one system has and the other has not is left out.
    /// </summary>
    public async Task<IReadOnlyList<ImagePair>> PairUpAsync(long systemAId, long systemBId, CancellationToken cancel = default)
    {
        const string Sql = """
            WITH numbered AS (
              SELECT system_id, prompt_id, image_id,
                ROW_NUMBER() OVER (PARTITION BY system_id, prompt_id ORDER BY seed, image_id) AS number
              FROM image
              WHERE system_id IN (@SystemAId, @SystemBId) AND prompt_id IS NOT NULL AND byte_length > 0 -- imported votes have images without files
            )
            SELECT prompt.prompt_id, a.image_id AS image_a_id, b.image_id AS image_b_id
            FROM numbered a
            JOIN numbered b ON b.prompt_id = a.prompt_id AND b.number = a.number
            JOIN prompt ON prompt.prompt_id = a.prompt_id
            WHERE a.system_id = @SystemAId AND b.system_id = @SystemBId
            ORDER BY prompt.prompt_set_id, prompt.position, a.number
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<ImagePair>(
            new CommandDefinition(Sql, new { SystemAId = systemAId, SystemBId = systemBId }, cancellationToken: cancel))];
    }
}
