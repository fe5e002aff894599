using Dapper;
using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Dashboards.Slices;

/// <summary>Reads what tells in which slice a vote is, as far as the vote itself does not.</summary>
public sealed class SliceStore(Db db)
{
    /// <summary>The category of every prompt of a study; null for those without one.</summary>
    public async Task<IReadOnlyDictionary<long, string?>> ReadCategoriesAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT DISTINCT prompt.prompt_id, prompt.category
            FROM comparison
            JOIN prompt ON prompt.prompt_id = comparison.prompt_id
            WHERE comparison.study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QueryAsync<(long PromptId, string? Category)>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel)))
            .ToDictionary(prompt => prompt.PromptId, prompt => prompt.Category);
    }

    /// <summary>How every rater of a study came to it, as the database words of <see cref="RaterGroup"/>.</summary>
    public async Task<IReadOnlyDictionary<long, string>> ReadGroupsAsync(long studyId, CancellationToken cancel = default)
    {
        var sql = $"""
            SELECT session.rater_id, {RaterGroups.Sql("session")} AS rater_group
            FROM session
            JOIN rater ON rater.rater_id = session.rater_id
            WHERE session.study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QueryAsync<(long RaterId, string Group)>(new CommandDefinition(sql, new { StudyId = studyId }, cancellationToken: cancel)))
            .ToDictionary(rater => rater.RaterId, rater => rater.Group);
    }

    /// <summary>The worst flaws that raters named in votes that count.</summary>
    public async Task<IReadOnlyDictionary<(long ComparisonId, long RaterId), string>> ReadFlawsAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT vote.comparison_id, vote.rater_id, vote_flaw.flaw_type
            FROM vote_flaw
            JOIN counting_vote vote ON vote.vote_id = vote_flaw.vote_id
            WHERE vote.study_id = @StudyId AND vote.axis = 'flaws' AND vote_flaw.flaw_type IS NOT NULL
            """;
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QueryAsync<(long ComparisonId, long RaterId, string Flaw)>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel)))
            .ToDictionary(flaw => (flaw.ComparisonId, flaw.RaterId), flaw => flaw.Flaw);
    }

    /// <summary>How many flaws there are in all studies: what says that there is a new one.</summary>
    public async Task<int> CountFlawsAsync(CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT COUNT(*) FROM vote_flaw", cancellationToken: cancel));
    }

    /// <summary>With what, and on what, the counting votes of a study that is not of pairs were given.</summary>
    public async Task<IReadOnlyDictionary<Guid, (string? Input, ScreenKind Screen)>> ReadDevicesAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = "SELECT vote_id, input, viewport_w, viewport_h FROM counting_vote WHERE study_id = @StudyId";
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QueryAsync<(Guid VoteId, string? Input, int? Width, int? Height)>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel)))
            .ToDictionary(vote => vote.VoteId, vote => (vote.Input, CountingVote.ScreenOf(vote.Width, vote.Height)));
    }
}
