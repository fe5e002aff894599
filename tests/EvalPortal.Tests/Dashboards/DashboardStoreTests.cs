using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public sealed class DashboardStoresOnSqlite() : DashboardStoreTests(DatabaseKind.Sqlite);

public sealed class DashboardStoresOnPostgres() : DashboardStoreTests(DatabaseKind.Postgres);

public abstract class DashboardStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private Study _study = null!;
    private RaterSession _rater = null!;

    private ResultsStore Results => new(Db, new ComparisonStore(Db));
    private ProgressStore Progress => new(Db);
    private RecordedVoteStore Votes => new(Db);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await Seeds.StudyAsync("a fox", "a hen", "a cat");
        var raters = new RaterStore(Db, Clock);
        _rater = await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _study.StudyId);
    }

    [SkippableFact]
    public async Task Read_StudyWithoutVotes_HasEveryComparison()
    {
        var table = await Results.ReadAsync(_study);

        Assert.Equal([Axis.Flaws, Axis.Appeal], table.Axes);
        Assert.Equal(["a fox", "a hen", "a cat"], table.Comparisons.Select(comparison => comparison.Prompt));
        Assert.Equal((3, 0), (table.VotesPerComparison, table.Votes.Count));
    }

    [SkippableFact]
    public async Task Read_RetractedAndSupersededVotes_DoNotCount()
    {
        var (undone, changed) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Seeds.VoteAsync(await Seeds.AssignAsync(_study, 1, Axis.Flaws, _rater), undone, "a");
        await RetractAsync(undone);
        var pair = await Seeds.AssignAsync(_study, 2, Axis.Flaws, _rater);
        await Seeds.VoteAsync(pair, changed, "a");
        await Seeds.VoteAsync(pair, Guid.CreateVersion7(), "b", supersedes: changed);
        await Seeds.VoteAsync(await AnotherStudyAsync(), 1, Axis.Flaws, "a");

        var table = await Results.ReadAsync(_study);

        var vote = Assert.Single(table.Votes);
        Assert.Equal(
            (table.Comparisons[1].ComparisonId, Axis.Flaws, _rater.RaterId, Outcome.B, false, false),
            (vote.ComparisonId, vote.Axis, vote.RaterId, vote.Winner, vote.LeftIsB, vote.Simulated));
        Assert.Equal(2, StudyReport.Of(table, VoteSource.Both).Axes[0].Undecided);
    }

    [SkippableFact]
    public async Task Read_SimulatedVote_IsMarked()
    {
        await Seeds.VoteAsync(_study, 1, Axis.Appeal, "reject", simulated: true);

        var table = await Results.ReadAsync(_study);

        Assert.True(Assert.Single(table.Votes).Simulated);
        Assert.Equal(0, StudyReport.Of(table, VoteSource.Real).Raters);
    }

    [SkippableFact]
    public async Task ListProgress_Votes_CountsPeopleAndSimulatedApart()
    {
        foreach (var simulated in (bool[])[false, false, true])
            await Seeds.VoteAsync(_study, 1, Axis.Flaws, "a", simulated);
        foreach (var simulated in (bool[])[false, false, false, true])
            await Seeds.VoteAsync(_study, 2, Axis.Flaws, "tie", simulated);
        var other = await AnotherStudyAsync();

        var progress = await Progress.ListAsync(_study.StudyId);

        Assert.Equal(
            [
                new AxisProgress { StudyId = _study.StudyId, Axis = Axis.Flaws, Comparisons = 3, Complete = 1, VotesWanted = 9, RealVotes = 5, SimulatedVotes = 2 },
                new AxisProgress { StudyId = _study.StudyId, Axis = Axis.Appeal, Comparisons = 3, Complete = 0, VotesWanted = 9, RealVotes = 0, SimulatedVotes = 0 },
            ],
            progress);
        Assert.Equal([.. progress, .. await Progress.ListAsync(other.StudyId)], await Progress.ListAsync());
    }

    [SkippableFact]
    public async Task ListRaters_Session_TellsVotesAndWhen()
    {
        var consented = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Seeds.VoteAsync(await Seeds.AssignAsync(_study, 1, Axis.Flaws, _rater), Guid.CreateVersion7(), "a");
        await Seeds.VoteAsync(_study, 2, Axis.Flaws, "b", simulated: true);

        var raters = await Progress.ListRatersAsync(_study.StudyId);

        Assert.Equal([false, true], raters.Select(rater => rater.Simulated));
        Assert.Equal((1, 4000.0, consented, Clock.GetUtcNow()), (raters[0].Votes, raters[0].MeanResponseMs, raters[0].ConsentedAt, raters[0].LastVoteAt));
    }

    [SkippableFact]
    public async Task ListRaters_SessionWithoutVotes_IsThere()
    {
        var rater = Assert.Single(await Progress.ListRatersAsync(_study.StudyId));

        Assert.Equal((0, null, null), (rater.Votes, rater.MeanResponseMs, rater.LastVoteAt));
    }

    [SkippableFact]
    public async Task ReadRecorded_ChangedAndUndoneVote_ReturnsEveryRow()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var pair = await Seeds.AssignAsync(_study, 2, Axis.Appeal, _rater);
        await Seeds.VoteAsync(pair, first, "a");
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Seeds.VoteAsync(pair, second, "reject", supersedes: first);
        await RetractAsync(second);

        var votes = await ListAsync(Votes.ReadAsync(_study.StudyId));

        Assert.Equal([(first, null, true, null), (second, first, false, Clock.GetUtcNow())],
            votes.Select(vote => (vote.VoteId, vote.SupersedesVoteId, vote.Superseded, vote.RetractedAt)));
        Assert.All(votes, vote => Assert.False(vote.Counts));
        Assert.Equal(("a hen", Axis.Appeal, "Firefox", 4000, "left"), (votes[0].Prompt, votes[0].Axis, votes[0].UserAgentFamily, votes[0].ResponseMs, votes[0].ChoiceScreen));
        Assert.Equal((Outcome.Reject, "other"), (votes[1].Winner, votes[1].RejectReason));
        Assert.Equal(votes, await Votes.ListAsync(votes[0].ComparisonId));
    }

    private async Task RetractAsync(Guid vote)
    {
        const string Sql = "INSERT INTO vote_retraction (vote_id, retracted_at) VALUES (@VoteId, @Now)";
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync(Sql, new { VoteId = vote, Now = Clock.GetUtcNow() });
    }

    private Task<Study> AnotherStudyAsync() => Seeds.StudyAsync("a dog");

    private static async Task<List<RecordedVote>> ListAsync(IAsyncEnumerable<RecordedVote> votes)
    {
        var list = new List<RecordedVote>();
        await foreach (var vote in votes)
            list.Add(vote);
        return list;
    }
}
