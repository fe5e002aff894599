using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Quality;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public sealed class VoteReadingOnSqlite() : VoteReadingTests(DatabaseKind.Sqlite);

public sealed class VoteReadingOnPostgres() : VoteReadingTests(DatabaseKind.Postgres);

/// <summary>What is read by what is new is the same as what is read from the start.</summary>
public abstract class VoteReadingTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private JudgedStudy _judged = null!;
    private VoteReading _reading = null!;

    private ResultsStore Results => new(Db, new ComparisonStore(Db));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 4);
        await _judged.RateAsync("abt");
        _reading = await Results.ReadAsync(_judged.Study, before: null);
    }

    [SkippableFact]
    public async Task Read_NothingNew_IsTheSameReading()
    {
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Same(_reading, await Results.ReadAsync(_judged.Study, _reading));
    }

    [SkippableFact]
    public async Task Read_VotesOfManyTimes_AreAddedOneByOne()
    {
        for (var i = 0; i < 4; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(7));
            await _judged.RateAsync("ba", i % 2 == 0 ? Axis.Appeal : Axis.Flaws, simulated: i == 3);
            await AssertAsReadAnewAsync(5 + 2 * i);
        }
    }

    [SkippableFact]
    public async Task Read_VoteReplacedAndTakenBack_CountsAsItDoes()
    {
        var raters = new RaterStore(Db, Clock);
        var rater = await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _judged.Study.StudyId);
        var pair = await Seeds.AssignAsync(_judged.Study, 4, Axis.Flaws, rater);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Seeds.VoteAsync(pair, first, "a");
        await AssertAsReadAnewAsync(4);
        Clock.Advance(TimeSpan.FromMinutes(30));
        await Seeds.VoteAsync(pair, second, "b", supersedes: first);
        await AssertAsReadAnewAsync(4);
        Assert.Contains(_reading.Table.Votes, vote => vote.RaterId == rater.RaterId && vote.Winner == Outcome.B);

        await RetractAsync(second);
        await AssertAsReadAnewAsync(3);
    }

    [SkippableFact]
    public async Task Read_VoteWithATimeLongPast_IsFoundAllTheSame()
    {
        Clock.Advance(TimeSpan.FromDays(2));
        await _judged.RateAsync("a", Axis.Appeal);
        _reading = await Results.ReadAsync(_judged.Study, _reading);

        Clock.Advance(TimeSpan.FromHours(1));
        await _judged.RateAsync("b");
        _reading = await Results.ReadAsync(_judged.Study, _reading);
        var late = new Seeds(Db, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Clock.GetUtcNow() - TimeSpan.FromHours(20)));
        await late.VoteAsync(_judged.Study, 4, Axis.Appeal, "tie");

        await AssertAsReadAnewAsync(6);
    }

    [SkippableFact]
    public async Task Read_ExclusionWithoutAVote_ChangesWhoIsLeftOut()
    {
        var rater = await _judged.RateAsync("b");
        var exclusion = await _judged.ExcludeAsync(rater);
        await AssertAsReadAnewAsync(4);
        Assert.True(_reading.Table.Excluded.ContainsKey(rater.RaterId));

        await _judged.LiftAsync(exclusion);
        await AssertAsReadAnewAsync(4);
        Assert.Empty(_reading.Table.Excluded);
    }

    private async Task AssertAsReadAnewAsync(int votes)
    {
        var before = _reading;
        _reading = await Results.ReadAsync(_judged.Study, before);
        var anew = await Results.ReadAsync(_judged.Study);

        Assert.NotSame(before, _reading);
        Assert.Equal(votes, _reading.Table.Votes.Count);
        Assert.Equal(anew.Votes, _reading.Table.Votes);
        Assert.Equal(anew.Excluded, _reading.Table.Excluded);
        Assert.Equal(anew.Version, _reading.Table.Version);
        Assert.NotEqual(before.Table.Version, _reading.Table.Version);
    }

    private async Task RetractAsync(Guid vote)
    {
        const string Sql = "INSERT INTO vote_retraction (vote_id, retracted_at) VALUES (@VoteId, @Now)";
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync(Sql, new { VoteId = vote, Now = Clock.GetUtcNow() });
    }
}
