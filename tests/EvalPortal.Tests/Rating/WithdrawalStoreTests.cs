using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class WithdrawalStoreOnSqlite() : WithdrawalStoreTests(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task Withdraw_Votes_LeaveTheFileOfTheDatabase()
    {
        var rater = await Study.AddRaterAsync();
        var marker = $"marker-{Guid.NewGuid():N}";
        var pair = (await Assignments.TakeAsync(rater, 1, new Random(1))).Pairs.Single();
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), Study.Draft(pair.AssignmentId) with { AppVersion = marker });
        Assert.True(await FileHoldsAsync(marker));

        await Withdrawals.WithdrawAsync(rater);

        Assert.False(await FileHoldsAsync(marker));
    }

    private async Task<bool> FileHoldsAsync(string text)
    {
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        var path = connection.DataSource;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    }
}

public sealed class WithdrawalStoreOnPostgres() : WithdrawalStoreTests(DatabaseKind.Postgres);

public abstract class WithdrawalStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private DbWriter _writer = null!;

    internal RatedStudy Study { get; private set; } = null!;

    protected AssignmentStore Assignments => new(Db, _writer, Clock);

    protected VoteStore Votes => new(Db, _writer, Clock);

    protected WithdrawalStore Withdrawals => new(_writer, Clock);

    private ResultsStore Results => new(Db, new ComparisonStore(Db));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _writer = new DbWriter(Db);
        Study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 3, votes: 2);
    }

    public override async Task DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task Withdraw_VotesOfOneRater_AreGoneAndTheOthersStay()
    {
        var (leaving, staying) = (await Study.AddRaterAsync(), await Study.AddRaterAsync());
        var erased = await VoteEverywhereAsync(leaving);
        var kept = await VoteEverywhereAsync(staying);
        var again = Guid.CreateVersion7(); // a chain and a retraction
        var pair = (await ListAsync<Guid>($"SELECT assignment_id FROM vote WHERE vote_id = '{erased[0]}'")).Single();
        await Votes.RecordAsync(leaving, again, Study.Draft(pair, Choice.Tie) with { Supersedes = erased[0] });
        await Votes.RetractAsync(leaving, erased[1]);
        var before = await Results.ReadStampAsync(Study.Study.StudyId);

        var count = await Withdrawals.WithdrawAsync(leaving);
        var second = await Withdrawals.WithdrawAsync(leaving);

        Assert.Equal((7, 7), (count, second));
        Assert.Equal(kept.Order(), (await ListAsync<Guid>("SELECT vote_id FROM vote")).Order());
        Assert.Empty(await ListAsync<Guid>("SELECT vote_id FROM vote_retraction"));
        Assert.Equal(erased.Append(again).Order(), (await ListAsync<Guid>("SELECT vote_id FROM erased_vote")).Order());
        Assert.All((await Results.ReadAsync(Study.Study)).Votes, vote => Assert.Equal(staying.RaterId, vote.RaterId));
        Assert.NotEqual(before, await Results.ReadStampAsync(Study.Study.StudyId));
        Assert.Equal([null, "Firefox"], (await ListAsync<string?>("SELECT user_agent_family FROM rater ORDER BY rater_id")));
    }

    [SkippableFact]
    public async Task Withdraw_PlacesOfTheRater_AreFreeForOthers()
    {
        var (leaving, second) = (await Study.AddRaterAsync(), await Study.AddRaterAsync());
        await VoteEverywhereAsync(leaving);
        await VoteEverywhereAsync(second);
        Assert.False(await Assignments.HasFreePlaceAsync(Study.Study.StudyId));

        await Withdrawals.WithdrawAsync(leaving);

        Assert.Equal(6, (await VoteEverywhereAsync(await Study.AddRaterAsync())).Count);
    }

    [SkippableFact]
    public async Task Withdraw_Participant_LosesTheirIdAndItsHash()
    {
        var key = new ParticipantKey(new byte[32]);
        var entry = new StudyEntry { StudyId = Study.Study.StudyId, Panel = PanelKind.Prolific, KeepsParticipantIds = true };
        var participants = new ParticipantStore(Db, _writer, key, Clock);
        var somebody = new Arrival.FromPanel("hash", "5f2b8c1d9e0a4b7c6d3e2f10", null, null);
        var secret = await participants.ConsentAsync(entry, somebody, "Firefox");
        var session = (await new RaterStore(Db, Clock).FindSessionAsync(secret!, Study.Study.LinkToken))!;

        await Withdrawals.WithdrawAsync(session);

        Assert.Empty(await ListAsync<string>("SELECT id_hmac FROM participant UNION ALL SELECT panel_id FROM participant_pay"));
        Assert.NotEqual(secret, await participants.ConsentAsync(entry, somebody, "Firefox")); // somebody new, as far as anybody can tell
        Assert.True((await new RaterStore(Db, Clock).FindSessionAsync(secret!, Study.Study.LinkToken))!.Withdrawn);
    }

    [SkippableFact]
    public async Task Vote_AfterWithdrawal_IsRefused()
    {
        var rater = await Study.AddRaterAsync();
        var pair = (await Assignments.TakeAsync(rater, 1, new Random(1))).Pairs.Single();
        await Withdrawals.WithdrawAsync(rater);

        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), Study.Draft(pair.AssignmentId));

        Assert.Equal(Refusal.Withdrawn, answer.Refusal);
        Assert.Empty(await ListAsync<Guid>("SELECT vote_id FROM vote"));
        Assert.Empty(await ListAsync<Guid>("SELECT vote_id FROM vote_refusal")); // nothing of them is kept, this neither
    }

    [SkippableFact]
    public async Task Vote_InsertedAfterWithdrawal_IsRefusedByTheDatabase()
    {
        const string Insert = """
            INSERT INTO vote (vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, response_ms, shown_at, voted_at, received_at,
              clock_suspect, app_version)
            SELECT '00000000-0000-7000-8000-000000000000', assignment_id, study_id, comparison_id, axis, rater_id, 'tie', 'tie', 1000, 'x', 'x', 'x', FALSE, 'x'
            FROM assignment
            """;
        var rater = await Study.AddRaterAsync();
        await Assignments.TakeAsync(rater, 1, new Random(1));
        await Withdrawals.WithdrawAsync(rater);
        await using var connection = await Db.OpenAsync();

        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(Insert));

        Assert.Contains("has withdrawn", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Withdraw_WhileVotesComeIn_LeavesNone()
    {
        for (var round = 0; round < 5; round++)
        {
            var rater = await Study.AddRaterAsync();
            var pairs = (await Assignments.TakeAsync(rater, 6, new Random(round))).Pairs;

            var votes = pairs.Select(pair => Votes.RecordAsync(rater, Guid.CreateVersion7(), Study.Draft(pair.AssignmentId))).ToList();
            var withdrawal = Withdrawals.WithdrawAsync(rater);
            await Task.WhenAll([.. votes, withdrawal]);

            Assert.All(votes, vote => Assert.True(vote.Result is { AcceptedAt: not null } or { Refusal: Refusal.Withdrawn }));
            Assert.Empty(await ListAsync<Guid>("SELECT vote_id FROM vote"));
        }
    }

    [SkippableTheory]
    [InlineData("DELETE FROM vote", "vote is append-only")]
    [InlineData("DELETE FROM withdrawal", "withdrawal is append-only")]
    [InlineData("UPDATE withdrawal SET withdrawn_at = 'x'", "withdrawal is append-only")]
    [InlineData("DELETE FROM erased_vote", "erased_vote is append-only")]
    [InlineData("INSERT INTO erased_vote (vote_id, session_id) SELECT v.vote_id, w.session_id FROM vote v, withdrawal w", "not the rater's")]
    [InlineData("INSERT INTO erased_vote (vote_id, session_id) SELECT '00000000-0000-0000-0000-000000000000', session_id FROM withdrawal", "not the rater's")]
    public async Task Erasure_OfAnythingElse_IsRefusedByTheDatabase(string sql, string message)
    {
        var (leaving, staying) = (await Study.AddRaterAsync(), await Study.AddRaterAsync());
        await VoteEverywhereAsync(leaving);
        var kept = await VoteEverywhereAsync(staying);
        await Withdrawals.WithdrawAsync(leaving);
        await using var connection = await Db.OpenAsync();

        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(kept.Order(), (await ListAsync<Guid>("SELECT vote_id FROM vote")).Order());
    }

    [SkippableFact]
    public async Task OwnAnswers_WhatCounts_LatestFirstWithPromptsWhereTheyAreShown()
    {
        var rater = await Study.AddRaterAsync();
        await VoteEverywhereAsync(rater);
        await VoteEverywhereAsync(await Study.AddRaterAsync());
        var store = new OwnAnswerStore(Db);
        var all = await store.ListAsync(rater, skip: 0, take: 10);

        Assert.Equal(6, all.Count);
        Assert.Equal(all.Skip(2).Take(3), await store.ListAsync(rater, skip: 2, take: 3));
        Assert.Equal([true, true, true, false, false, false], all.Select(answer => answer.Prompt is not null)); // appeal comes last and shows it

        var changed = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, changed, Study.Draft(all[3].AssignmentId, Choice.Reject) with { Supersedes = all[3].VoteId });
        var after = await store.ListAsync(rater, skip: 0, take: 10);

        Assert.Equal((changed, Choice.Reject, 6), (after[3].VoteId, after[3].Choice, after.Count));
    }

    private async Task<List<Guid>> VoteEverywhereAsync(RaterSession rater)
    {
        var ids = new List<Guid>();
        while ((await Assignments.TakeAsync(rater, 6, new Random(1))).Pairs is { Count: > 0 } pairs)
            foreach (var pair in pairs)
            {
                ids.Add(Guid.CreateVersion7());
                Assert.NotNull((await Votes.RecordAsync(rater, ids[^1], Study.Draft(pair.AssignmentId))).AcceptedAt);
            }
        return ids;
    }

    private async Task<List<T>> ListAsync<T>(string sql)
    {
        await using var connection = await Db.OpenAsync();
        return [.. await connection.QueryAsync<T>(sql)];
    }
}
