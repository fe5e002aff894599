using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>
/// How many votes and retractions a study has, whether they count or not, and how often raters were excluded and counted again. All
/// are only ever added, but for the votes of raters who withdraw, so these numbers say whether results are still the same.
/// </summary>
public sealed record VoteStamp
{
    public required long Votes { get; init; }

    public required long Retractions { get; init; }

    /// <summary>Raters who have withdrawn.</summary>
    public required long Withdrawals { get; init; }

    public required long Exclusions { get; init; }

    /// <summary>Those of the exclusions that were lifted.</summary>
    public required long Lifted { get; init; }
}

/// <summary>Reads what results are made from.</summary>
public sealed class ResultsStore(Db db, ComparisonStore comparisons)
{
    /// <summary>The pairs of a study, the votes on them that count, of people and simulated ones, and who is excluded.</summary>
    public async Task<VoteTable> ReadAsync(Study study, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT vote.comparison_id, vote.axis, vote.rater_id, vote.winner, assignment.left_is_b, rater.simulated
            FROM counting_vote vote
            JOIN assignment ON assignment.assignment_id = vote.assignment_id
            JOIN rater ON rater.rater_id = vote.rater_id
            WHERE vote.study_id = @StudyId AND vote.axis IN ('flaws', 'appeal')
            """;
        const string ExcludedSql = "SELECT rater_id, exclusion_id FROM exclusion WHERE study_id = @StudyId AND lifted_at IS NULL";
        await using var connection = await db.OpenAsync(cancel);
        var votes = await connection.QueryAsync<CountingVote>(new CommandDefinition(Sql, new { study.StudyId }, cancellationToken: cancel));
        var excluded = await connection.QueryAsync<(long RaterId, long ExclusionId)>(
            new CommandDefinition(ExcludedSql, new { study.StudyId }, cancellationToken: cancel));
        return new VoteTable
        {
            Axes = [.. study.Axes.Select(axis => axis.Axis)],
            VotesPerComparison = study.VotesPerComparison,
            Comparisons = await comparisons.ListAsync(study.StudyId, cancel),
            Votes = [.. votes],
            Excluded = excluded.ToDictionary(rater => rater.RaterId, rater => rater.ExclusionId),
        };
    }

    /// <summary>Changes when results may have changed.</summary>
    public async Task<VoteStamp> ReadStampAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT
              (SELECT COUNT(*) FROM vote WHERE study_id = @StudyId) AS votes,
              (SELECT COUNT(*) FROM vote_retraction JOIN vote ON vote.vote_id = vote_retraction.vote_id WHERE vote.study_id = @StudyId) AS retractions,
              (SELECT COUNT(*) FROM withdrawal JOIN session ON session.session_id = withdrawal.session_id WHERE session.study_id = @StudyId) AS withdrawals,
              (SELECT COUNT(*) FROM exclusion WHERE study_id = @StudyId) AS exclusions,
              (SELECT COUNT(*) FROM exclusion WHERE study_id = @StudyId AND lifted_at IS NOT NULL) AS lifted
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleAsync<VoteStamp>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
    }
}
