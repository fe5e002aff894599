using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>A suite in which pairs are handed out and voted on.</summary>
public abstract class RatingStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private DbWriter? _writer;

    /// <summary>Writes as the portal does.</summary>
    protected DbWriter Writer => _writer ??= new DbWriter(Db);

    /// <summary>Hands pairs out.</summary>
    protected AssignmentStore Assignments => field ??= new AssignmentStore(Db, Writer, Clock);

    /// <summary>Takes votes.</summary>
    protected VoteStore Votes => field ??= new VoteStore(Db, Writer, Clock);

    public override async Task DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>A study with one place, a rater who holds it, and the assignment.</summary>
    private protected async Task<(RatedStudy Study, RaterSession Rater, Guid Pair)> OnePairAsync()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1, Axis.Flaws);
        var rater = await study.AddRaterAsync();
        var turn = await Assignments.TakeAsync(rater, ahead: 1, new Random(1));
        return (study, rater, turn.Pairs[0].AssignmentId);
    }

    /// <summary>How many rows a table or view has.</summary>
    protected Task<long> CountAsync(string table) => ScalarAsync<long>($"SELECT COUNT(*) FROM {table}");

    /// <summary>The one value that a query gives.</summary>
    protected async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await Db.OpenAsync();
        return await connection.QuerySingleAsync<T>(sql);
    }
}
