using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Reads what results are made from.</summary>
public sealed class ResultsStore(Db db, ComparisonStore comparisons)
{
    /// <summary>The comparisons of a study and the votes that count, of people and simulated ones.</summary>
    public async Task<VoteTable> ReadAsync(Study study, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT vote.comparison_id, vote.axis, vote.rater_id, vote.winner, assignment.left_is_b, rater.simulated
            FROM counting_vote vote
            JOIN assignment ON assignment.assignment_id = vote.assignment_id
            JOIN rater ON rater.rater_id = vote.rater_id
            WHERE vote.study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync(cancel);
        var votes = await connection.QueryAsync<CountingVote>(new CommandDefinition(Sql, new { study.StudyId }, cancellationToken: cancel));
        return new VoteTable
        {
            Axes = [.. study.Axes.Select(axis => axis.Axis)],
            VotesPerComparison = study.VotesPerComparison,
            Comparisons = await comparisons.ListAsync(study.StudyId, cancel),
            Votes = [.. votes],
        };
    }
}
