using System.Runtime.CompilerServices;
using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Flaws;

/// <summary>A counting vote after which its rater could point out the worst flaw, with that flaw if they did.</summary>
public sealed record FlawVote
{
    public required Guid VoteId { get; init; }

    public required long ComparisonId { get; init; }

    public required long PromptId { get; init; }

    public required string Prompt { get; init; }

    /// <summary>The rater's name in results and exports.</summary>
    public required string Pseudonym { get; init; }

    public required bool Simulated { get; init; }

    public required bool LeftIsB { get; init; }

    /// <summary><c>hands</c>, <c>face</c>, … as the database has it; null when the rater named none.</summary>
    public string? FlawType { get; init; }

    /// <summary><c>minor</c> or <c>major</c>.</summary>
    public string? FlawSeverity { get; init; }

    /// <summary>Side of the image that was clicked on, <c>left</c> or <c>right</c>; null when none was.</summary>
    public string? FlawSide { get; init; }

    /// <summary>Where on it, from 0 at the left edge to 1 at the right.</summary>
    public double? FlawX { get; init; }

    /// <summary>Where on it, from 0 at the upper edge to 1 at the lower.</summary>
    public double? FlawY { get; init; }

    /// <summary>Whether a flaw was pointed out.</summary>
    public bool HasFlaw => FlawType is not null || FlawSide is not null;

    public FlawType? Type => FlawType is null ? null : ColumnTypes.ToEnum<FlawType>(FlawType);

    public bool IsMajor => FlawSeverity == "major";

    /// <summary>Whether the flaw is in system A's image; null when no image was clicked on.</summary>
    public bool? IsOfA => FlawSide is null ? null : (FlawSide == "left") != LeftIsB;
}

/// <summary>Reads what raters pointed out as flawed.</summary>
public sealed class FlawStore(Db db)
{
    /// <summary>The votes of a study after which flaws are asked for, read one by one while they are used.</summary>
    public async IAsyncEnumerable<FlawVote> ReadAsync(
        long studyId, VoteSource source, Exclusions exclusions, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT v.vote_id, v.comparison_id, c.prompt_id, p.text AS prompt, r.pseudonym, r.simulated, a.left_is_b,
              f.flaw_type, f.flaw_severity, f.flaw_side, f.flaw_x, f.flaw_y
            FROM counting_vote v
            JOIN study_axis x ON x.study_id = v.study_id AND x.axis = v.axis
            JOIN comparison c ON c.comparison_id = v.comparison_id
            JOIN prompt p ON p.prompt_id = c.prompt_id
            JOIN assignment a ON a.assignment_id = v.assignment_id
            JOIN rater r ON r.rater_id = v.rater_id
            LEFT JOIN vote_flaw f ON f.vote_id = v.vote_id
            WHERE v.study_id = @StudyId AND x.flaw_strip
              AND (@Source = 'both' OR r.simulated = (@Source = 'simulated'))
              AND (@Exclusions = 'none' OR NOT EXISTS (
                SELECT 1 FROM exclusion e WHERE e.study_id = v.study_id AND e.rater_id = v.rater_id AND e.lifted_at IS NULL))
            ORDER BY c.position, v.vote_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        var key = new { StudyId = studyId, Source = source.ToText(), Exclusions = exclusions.ToText() };
        await foreach (var vote in connection.QueryUnbufferedAsync<FlawVote>(Sql, key).WithCancellation(cancel))
            yield return vote;
    }
}
