using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Best and worst of several images, as one vote picked them.</summary>
public sealed record RecordedPick : IJudgement
{
    public required Guid VoteId { get; init; }

    public required long ComparisonId { get; init; }

    public required long PromptId { get; init; }

    public required string Prompt { get; init; }

    /// <summary>In the order in which the rater saw them.</summary>
    public IReadOnlyList<long> ImageIds { get; init; } = [];

    public required long BestImageId { get; init; }

    public required long WorstImageId { get; init; }

    /// <summary>Whether the rater flagged a major flaw in the best and kept it when they were asked.</summary>
    public required bool FlawOverride { get; init; }

    public required long RaterId { get; init; }

    /// <summary>The rater's name in results and exports.</summary>
    public required string Pseudonym { get; init; }

    public required bool Simulated { get; init; }

    public required int ResponseMs { get; init; }

    public required DateTimeOffset VotedAt { get; init; }

    /// <summary>Whether results are made from it as far as its rater is not excluded.</summary>
    public required bool Counts { get; init; }
}

/// <summary>An image of a study in which best and worst are picked.</summary>
public sealed record PickableImage
{
    public required long ComparisonId { get; init; }

    public required string Prompt { get; init; }

    public required long ImageId { get; init; }

    public required long SystemId { get; init; }

    public required string Sha256 { get; init; }
}

/// <summary>Reads the picks of best and worst, those too that no longer count.</summary>
public sealed class RecordedPickStore(Db db)
{
    /// <summary>The picks of a study, in order of arrival.</summary>
    public Task<IReadOnlyList<RecordedPick>> ListAsync(long studyId, CancellationToken cancel = default) => ListAsync("v.study_id = @Id", studyId, cancel);

    /// <summary>The picks among the images of one prompt, in order of arrival.</summary>
    public Task<IReadOnlyList<RecordedPick>> ListOfAsync(long comparisonId, CancellationToken cancel = default) => ListAsync("v.comparison_id = @Id", comparisonId, cancel);

    private async Task<IReadOnlyList<RecordedPick>> ListAsync(string condition, long id, CancellationToken cancel)
    {
        var picks = $"""
            SELECT v.vote_id, v.comparison_id, c.prompt_id, p.text AS prompt, k.best_image_id, k.worst_image_id, v.rater_id, r.pseudonym,
              r.simulated, v.response_ms, v.voted_at, v.assignment_id,
              EXISTS (SELECT 1 FROM vote_flagged_image f WHERE f.vote_id = v.vote_id AND f.image_id = k.best_image_id) AS flaw_override,
              EXISTS (SELECT 1 FROM counting_vote counting WHERE counting.vote_id = v.vote_id) AS counts
            FROM vote v
            JOIN vote_pick k ON k.vote_id = v.vote_id
            JOIN comparison c ON c.comparison_id = v.comparison_id
            JOIN prompt p ON p.prompt_id = c.prompt_id
            JOIN rater r ON r.rater_id = v.rater_id
            WHERE {condition}
            ORDER BY v.received_at, v.vote_id
            """;
        var images = $"""
            SELECT v.vote_id, s.image_id
            FROM vote v
            JOIN assignment_image s ON s.assignment_id = v.assignment_id
            WHERE {condition}
            ORDER BY v.vote_id, s.place
            """;
        await using var connection = await db.OpenAsync(cancel);
        var shown = (await connection.QueryAsync<(Guid VoteId, long ImageId)>(new CommandDefinition(images, new { Id = id }, cancellationToken: cancel)))
            .ToLookup(image => image.VoteId, image => image.ImageId);
        return [.. (await connection.QueryAsync<RecordedPick>(new CommandDefinition(picks, new { Id = id }, cancellationToken: cancel)))
            .Select(pick => pick with { ImageIds = [.. shown[pick.VoteId]] })];
    }

    /// <summary>The images of a study, comparison by comparison.</summary>
    public async Task<IReadOnlyList<PickableImage>> ListImagesAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT c.comparison_id, p.text AS prompt, i.image_id, i.system_id, i.sha256
            FROM comparison c
            JOIN prompt p ON p.prompt_id = c.prompt_id
            JOIN comparison_image s ON s.comparison_id = c.comparison_id
            JOIN image i ON i.image_id = s.image_id
            WHERE c.study_id = @StudyId
            ORDER BY c.position, s.place
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<PickableImage>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }
}
