using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Presets;

/// <summary>How much there is of what a study's row does not say.</summary>
public sealed record StudyMaterial
{
    /// <summary>Comparisons, images or sets of images that votes are wanted on.</summary>
    public required int Comparisons { get; init; }

    /// <summary>Prompts with something that votes are wanted on.</summary>
    public required int Prompts { get; init; }

    /// <summary>How many images raters pick from; 0 in another form.</summary>
    public required int ImagesAtOnce { get; init; }

    /// <summary>Pairs that raters are trained with.</summary>
    public required int TrainingPairs { get; init; }
}

/// <summary>Counts the material of studies.</summary>
public sealed class StudyMaterialStore(Db db)
{
    /// <summary>Counts that of one study.</summary>
    public async Task<StudyMaterial> ReadAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT wanted.comparisons, wanted.prompts,
              (SELECT COUNT(*)
               FROM comparison_image
               WHERE comparison_id = (SELECT MIN(comparison_id) FROM comparison WHERE study_id = @StudyId)) AS images_at_once,
              (SELECT COUNT(*) FROM example_pair WHERE study_id = @StudyId AND used_in = 'training') AS training_pairs
            FROM (
              SELECT COUNT(*) AS comparisons, COUNT(DISTINCT c.prompt_id) AS prompts
              FROM comparison c
              WHERE c.study_id = @StudyId
                AND NOT EXISTS (SELECT 1 FROM gold g WHERE g.study_id = c.study_id AND g.comparison_id = c.comparison_id)) wanted
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleAsync<StudyMaterial>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
    }
}
