using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Reads what sheets say about the images of a study of text alignment.</summary>
public sealed class AskedImageStore(Db db)
{
    /// <summary>Every image of a study with what its counting sheets say under exclusions, in the order of the study, and what the exclusions leave out.</summary>
    public async Task<(IReadOnlyList<AskedImage> Images, ExclusionSet Exclusions)> ListAsync(
        long studyId, VoteSource source, Exclusions exclusions, CancellationToken cancel = default)
    {
        const string Images = """
            SELECT c.comparison_id, c.prompt_id, p.text AS prompt, i.image_id, i.sha256
            FROM comparison c
            JOIN prompt p ON p.prompt_id = c.prompt_id
            JOIN image i ON i.image_id = c.image_a_id
            WHERE c.study_id = @StudyId
            ORDER BY c.position
            """;
        const string Sheets = """
            SELECT v.comparison_id, e.exclusion_id, v.choice_screen = 'reject' AS rejected, COUNT(a.question_id) AS questions,
              COUNT(CASE WHEN a.answer = q.expected THEN 1 END) AS "right"
            FROM counting_vote v
            JOIN rater r ON r.rater_id = v.rater_id
            LEFT JOIN vote_answer a ON a.vote_id = v.vote_id
            LEFT JOIN question q ON q.question_id = a.question_id
            LEFT JOIN exclusion e ON e.study_id = v.study_id AND e.rater_id = v.rater_id AND e.lifted_at IS NULL
            WHERE v.study_id = @StudyId AND v.axis = 'alignment' AND (@Source = 'both' OR r.simulated = (@Source = 'simulated'))
            GROUP BY v.vote_id, v.comparison_id, e.exclusion_id, v.choice_screen
            """;
        await using var connection = await db.OpenAsync(cancel);
        var images = await connection.QueryAsync<AskedImage>(new CommandDefinition(Images, new { StudyId = studyId }, cancellationToken: cancel));
        var sheets = await connection.QueryAsync<SheetRow>(
            new CommandDefinition(Sheets, new { StudyId = studyId, Source = source.ToText() }, cancellationToken: cancel));
        var byImage = sheets.Where(sheet => sheet.ExclusionId is null || exclusions == Exclusions.None).ToLookup(sheet => sheet.ComparisonId);
        return ([.. images.Select(image => image with
        {
            Sheets = byImage[image.ComparisonId].Count(sheet => !sheet.Rejected),
            Rejected = byImage[image.ComparisonId].Count(sheet => sheet.Rejected),
            Right = byImage[image.ComparisonId].Sum(sheet => sheet.Right),
            Questions = byImage[image.ComparisonId].Sum(sheet => sheet.Questions),
        })], ExclusionSet.Of(sheets.Select(sheet => sheet.ExclusionId), exclusions));
    }

    private sealed record SheetRow
    {
        public long ComparisonId { get; init; }

        public long? ExclusionId { get; init; }

        public bool Rejected { get; init; }

        public int Questions { get; init; }

        public int Right { get; init; }
    }
}
