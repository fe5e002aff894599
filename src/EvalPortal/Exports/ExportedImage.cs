using System.Runtime.CompilerServices;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Exports;

/// <summary>An image of a study, with how it was made as far as that is known.</summary>
internal sealed record ExportedImage
{
    public required long ImageId { get; init; }

    public required string Sha256 { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public long? PromptId { get; init; }

    public string? Prompt { get; init; }

    public required string System { get; init; }

    /// <summary>SHA-256 of the weights.</summary>
    public string? ModelSha256 { get; init; }

    public long? Seed { get; init; }

    public int? InferenceSteps { get; init; }

    public double? GuidanceScale { get; init; }

    public string? Scheduler { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the file of imported votes calls it; null for images of the portal's own.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether the portal has the file; votes can be imported without their images.</summary>
    public required bool HasFile { get; init; }
}

/// <summary>Reads the images of studies for export.</summary>
public sealed class ExportedImageStore(Db db)
{
    /// <summary>Every image that stands in a comparison of a study, in order, read one by one.</summary>
    internal async IAsyncEnumerable<ExportedImage> ReadAsync(long studyId, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT i.image_id, i.sha256, i.width, i.height, i.prompt_id, p.text AS prompt, s.name AS system, i.model_sha256, i.seed,
              i.inference_steps, i.guidance_scale, i.scheduler, i.created_at, o.reference, i.byte_length > 0 AS has_file
            FROM image i
            JOIN system s ON s.system_id = i.system_id
            LEFT JOIN imported_image o ON o.image_id = i.image_id
            LEFT JOIN prompt p ON p.prompt_id = i.prompt_id
            WHERE i.image_id IN (
              SELECT image_a_id FROM comparison WHERE study_id = @StudyId AND image_a_id IS NOT NULL
              UNION SELECT image_b_id FROM comparison WHERE study_id = @StudyId AND image_b_id IS NOT NULL
              UNION SELECT several.image_id FROM comparison_image several JOIN comparison c ON c.comparison_id = several.comparison_id WHERE c.study_id = @StudyId)
            ORDER BY i.image_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        await foreach (var image in connection.QueryUnbufferedAsync<ExportedImage>(Sql, new { StudyId = studyId }).WithCancellation(cancel))
            yield return image;
    }
}
