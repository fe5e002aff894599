using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Database;

public sealed class SchemaOnSqlite() : SchemaTests(DatabaseKind.Sqlite);

public sealed class SchemaOnPostgres() : SchemaTests(DatabaseKind.Postgres);

/// <summary>What the database itself guarantees, whatever a program does.</summary>
public abstract class SchemaTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private readonly Guid _vote = Guid.CreateVersion7();
    private Study _study = null!;
    private Guid _assignment;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await Seeds.StudyAsync("a fox", "a hen");
        var raters = new RaterStore(Db, Clock);
        var (rater, _) = await raters.AddAsync(null);
        _assignment = await Seeds.AssignAsync(_study, 1, Axis.Flaws, await raters.ConsentAsync(rater, _study.StudyId));
        await Seeds.VoteAsync(_assignment, _vote, "a");
    }

    [SkippableTheory]
    [InlineData("UPDATE vote SET winner = 'b', choice_screen = 'right'")]
    [InlineData("DELETE FROM vote")]
    public async Task Vote_Changed_IsRefused(string sql)
    {
        var error = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(sql));

        Assert.Contains("vote is append-only", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a"], await CountingAsync());
    }

    [SkippableFact]
    public async Task Vote_SecondOnAnAssignment_MustSupersedeTheLast()
    {
        await AssertDuplicateAsync(() => Seeds.VoteAsync(_assignment, Guid.CreateVersion7(), "b"));
        var second = Guid.CreateVersion7();

        await Seeds.VoteAsync(_assignment, second, "tie", supersedes: _vote);

        await AssertDuplicateAsync(() => Seeds.VoteAsync(_assignment, Guid.CreateVersion7(), "b", supersedes: _vote));
        Assert.Equal(["tie"], await CountingAsync());
    }

    [SkippableFact]
    public async Task Vote_Retracted_NoLongerCounts()
    {
        await ExecuteAsync("INSERT INTO vote_retraction (vote_id, retracted_at) SELECT vote_id, received_at FROM vote");
        Assert.Empty(await CountingAsync());

        await Seeds.VoteAsync(_assignment, Guid.CreateVersion7(), "b", supersedes: _vote);

        Assert.Equal(["b"], await CountingAsync());
    }

    [SkippableFact]
    public async Task Vote_ForAnotherRater_IsRefused()
    {
        var (other, _) = await new RaterStore(Db, Clock).AddAsync(null);

        await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync($"""
            INSERT INTO vote (vote_id, supersedes_vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner,
              response_ms, shown_at, voted_at, received_at, clock_suspect, app_version)
            SELECT '{Guid.CreateVersion7()}', vote_id, assignment_id, study_id, comparison_id, axis, {other}, choice_screen, winner,
              response_ms, shown_at, voted_at, received_at, clock_suspect, app_version
            FROM vote
            """));
    }

    [SkippableTheory]
    [InlineData("UPDATE vote_flaw SET flaw_type = 'face'")]
    [InlineData("DELETE FROM vote_flaw")]
    public async Task Flaw_Changed_IsRefused(string sql)
    {
        await AddFlawAsync("'hands', NULL, NULL, NULL");

        var error = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(sql));

        Assert.Contains("vote_flaw is append-only", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Flaw_WhenItsVoteIsErased_GoesWithIt()
    {
        await AddFlawAsync("'hands', 'left', 0.5, 0.5");
        KeepFromOthers();
        await ExecuteAsync(Db.Kind == DatabaseKind.Sqlite ? "DROP TRIGGER vote_delete" : "DROP TRIGGER vote_append_only ON vote");

        await ExecuteAsync("DELETE FROM vote");

        await using var connection = await Db.OpenAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM vote_flaw"));
    }

    [SkippableTheory]
    [InlineData("NULL, NULL, NULL, NULL")]
    [InlineData("'nose', NULL, NULL, NULL")]
    [InlineData("'hands', 'left', NULL, 0.5")]
    [InlineData("'hands', NULL, 0.5, 0.5")]
    [InlineData("'hands', 'left', 0.5, 1.5")]
    public async Task Flaw_ThatIsNone_IsRefused(string values) =>
        await Assert.ThrowsAnyAsync<DbException>(() => AddFlawAsync(values));

    [SkippableFact]
    public async Task FlawStrip_OnAnotherAxisThanFlaws_IsRefused() =>
        await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(
            $"UPDATE study_axis SET flaw_strip = {(Db.Kind == DatabaseKind.Sqlite ? "1" : "TRUE")} WHERE axis = 'appeal'"));

    private Task AddFlawAsync(string values) => ExecuteAsync($"""
        INSERT INTO vote_flaw (vote_id, flaw_type, flaw_side, flaw_x, flaw_y, received_at)
        VALUES ('{_vote}', {values}, '2026-03-01T12:00:00.000Z')
        """);

    private async Task<IEnumerable<string>> CountingAsync()
    {
        await using var connection = await Db.OpenAsync();
        return await connection.QueryAsync<string>("SELECT winner FROM counting_vote");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    private static async Task AssertDuplicateAsync(Func<Task> insert) =>
        Assert.True(Db.IsDuplicate(await Assert.ThrowsAnyAsync<DbException>(insert)));
}
