using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>How far a study has got on one axis. It is complete by what people say; simulated votes are counted apart.</summary>
public sealed record AxisProgress
{
    public required long StudyId { get; init; }

    public required Axis Axis { get; init; }

    public required int Comparisons { get; init; }

    /// <summary>Comparisons on which people have given all the votes the study asks for, those on top of close ones too.</summary>
    public required int Complete { get; init; }

    /// <summary>Votes of people the study asks for on the axis; simulated raters can give as many.</summary>
    public required int VotesWanted { get; init; }

    /// <summary>Counting votes of people.</summary>
    public required int RealVotes { get; init; }

    /// <summary>Of the votes of people, those of raters who are excluded: results leave them out, places stay taken.</summary>
    public int ExcludedVotes { get; init; }

    /// <summary>Counting votes of simulated raters.</summary>
    public required int SimulatedVotes { get; init; }
}

/// <summary>What one rater has done in a study.</summary>
public sealed record RaterProgress
{
    public required string Pseudonym { get; init; }

    public required bool Simulated { get; init; }

    public required DateTimeOffset ConsentedAt { get; init; }

    /// <summary>When there was first nothing left for the rater to judge.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why they could not go on, as a database word; null where they could.</summary>
    public string? ScreenOutReason { get; init; }

    /// <summary>When they left for good and their votes were erased.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Counting votes.</summary>
    public required int Votes { get; init; }

    /// <summary>Mean time from images shown to answer, over the counting votes; null without any.</summary>
    public double? MeanResponseMs { get; init; }

    public DateTimeOffset? LastVoteAt { get; init; }
}

/// <summary>How far studies and their raters have got.</summary>
public sealed class ProgressStore(Db db)
{
    private const string Select = """
        WITH tally AS (
          SELECT vote.study_id, vote.axis, vote.comparison_id,
            COUNT(CASE WHEN rater.simulated THEN NULL ELSE 1 END) AS real_votes,
            COUNT(CASE WHEN rater.simulated THEN NULL ELSE exclusion.exclusion_id END) AS excluded_votes,
            COUNT(CASE WHEN rater.simulated THEN 1 END) AS simulated_votes
          FROM counting_vote vote
          JOIN rater ON rater.rater_id = vote.rater_id
          LEFT JOIN exclusion ON exclusion.study_id = vote.study_id AND exclusion.rater_id = vote.rater_id AND exclusion.lifted_at IS NULL
          GROUP BY vote.study_id, vote.axis, vote.comparison_id
        )
        SELECT study_axis.study_id, study_axis.axis,
          COUNT(*) AS comparisons,
          CAST(SUM(task.wanted) AS INTEGER) AS votes_wanted,
          COUNT(CASE WHEN tally.real_votes >= task.wanted THEN 1 END) AS complete,
          CAST(COALESCE(SUM(tally.real_votes), 0) AS INTEGER) AS real_votes,
          CAST(COALESCE(SUM(tally.excluded_votes), 0) AS INTEGER) AS excluded_votes,
          CAST(COALESCE(SUM(tally.simulated_votes), 0) AS INTEGER) AS simulated_votes
        FROM study_axis
        JOIN task ON task.study_id = study_axis.study_id AND task.axis = study_axis.axis AND NOT task.simulated
        LEFT JOIN tally ON tally.study_id = study_axis.study_id AND tally.axis = study_axis.axis
          AND tally.comparison_id = task.comparison_id
        """;

    private const string Group = """
        GROUP BY study_axis.study_id, study_axis.axis, study_axis.position
        ORDER BY study_axis.study_id, study_axis.position
        """;

    /// <summary>Every axis of every study.</summary>
    public async Task<IReadOnlyList<AxisProgress>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} {Group}";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<AxisProgress>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The axes of a study.</summary>
    public async Task<IReadOnlyList<AxisProgress>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE study_axis.study_id = @StudyId {Group}";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<AxisProgress>(
            new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>The raters of a study, in the order in which they agreed to take part.</summary>
    public async Task<IReadOnlyList<RaterProgress>> ListRatersAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT rater.pseudonym, rater.simulated, session.consented_at, session.finished_at,
              completion.reason AS screen_out_reason, withdrawal.withdrawn_at,
              COUNT(vote.vote_id) AS votes,
              CAST(AVG(vote.response_ms) AS DOUBLE PRECISION) AS mean_response_ms,
              MAX(vote.received_at) AS last_vote_at
            FROM session
            JOIN rater ON rater.rater_id = session.rater_id
            LEFT JOIN completion ON completion.session_id = session.session_id
            LEFT JOIN withdrawal ON withdrawal.session_id = session.session_id
            LEFT JOIN counting_vote vote ON vote.study_id = session.study_id AND vote.rater_id = session.rater_id
            WHERE session.study_id = @StudyId
            GROUP BY session.session_id, rater.pseudonym, rater.simulated, session.consented_at, session.finished_at,
              completion.reason, withdrawal.withdrawn_at
            ORDER BY session.session_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<RaterProgress>(
            new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }
}
