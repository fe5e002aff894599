using System.Data.Common;
using System.Globalization;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

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

    /// <summary>Votes that arrived since a time.</summary>
    public required long RecentVotes { get; init; }

    /// <summary>Those of them that were taken back.</summary>
    public required long RecentRetractions { get; init; }

    /// <summary>In an address or an attribute: the same exactly where results are.</summary>
    public string Version => string.Create(CultureInfo.InvariantCulture, $"{Votes}.{Retractions}.{Withdrawals}.{Exclusions}.{Lifted}");

    /// <summary>Whether all that has changed since an earlier stamp of the same time are recent votes and who is excluded.</summary>
    public bool ChangedOnlyRecent(VoteStamp earlier) =>
        Withdrawals == earlier.Withdrawals
        && Votes - earlier.Votes == RecentVotes - earlier.RecentVotes
        && Retractions - earlier.Retractions == RecentRetractions - earlier.RecentRetractions;
}

/// <summary>What results are made from, as it was read, and what is needed to read only what is new.</summary>
/// <param name="Table">The comparisons and votes, sorted.</param>
/// <param name="Stamp">Of just before they were read.</param>
/// <param name="Since">The time that <see cref="VoteStamp.RecentVotes"/> counts from.</param>
public sealed record VoteReading(VoteTable Table, VoteStamp Stamp, DateTimeOffset Since);

/// <summary>Reads what results are made from.</summary>
public sealed class ResultsStore(Db db, ComparisonStore comparisons)
{
    /// <summary>Votes may be committed in another order than that of their times, but never by this much.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    // Read for each of very many votes, so nothing is looked up that the vote itself tells: a side has to be asked of the assignment only
    // where neither image was chosen. The condition on the time has SQLite go through the votes as they lie on the disk.
    private const string Columns = """
        SELECT vote.comparison_id, vote.axis, vote.rater_id, vote.winner, vote.received_at, vote.input, vote.viewport_w, vote.viewport_h,
          CASE WHEN vote.choice_screen IN ('left', 'right') THEN (vote.winner = 'b') = (vote.choice_screen = 'left')
            ELSE (SELECT assignment.left_is_b FROM assignment WHERE assignment.assignment_id = vote.assignment_id) END AS left_is_b
        """;

    private const string Condition = "WHERE vote.study_id = @StudyId AND vote.received_at >= @Since AND vote.axis IN ('flaws', 'appeal')";

    /// <summary>The pairs of a study, the votes on them that count, of people and simulated ones, and who is excluded.</summary>
    public async Task<VoteTable> ReadAsync(Study study, CancellationToken cancel = default) => (await ReadAsync(study, before: null, cancel)).Table;

    /// <summary>The same, by what is new since an earlier reading: where only votes were added, only the last minutes are read again.</summary>
    /// <param name="before">The last reading; null for none.</param>
    /// <returns><paramref name="before"/> itself where nothing has changed.</returns>
    public async Task<VoteReading> ReadAsync(Study study, VoteReading? before, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        if (before is null || study.State == StudyState.Draft)
            return await ReadAllAsync(connection, study, cancel);
        var stamp = await ReadStampAsync(connection, study.StudyId, before.Since, cancel);
        if (stamp == before.Stamp)
            return before;
        if (!stamp.ChangedOnlyRecent(before.Stamp))
            return await ReadAllAsync(connection, study, cancel);

        // a later start, as soon as it does not matter to what is compared
        var (since, next) = (before.Since, stamp);
        var latest = await LatestAsync(connection, study.StudyId, cancel);
        if (latest - since > 2 * Slack)
        {
            next = await ReadStampAsync(connection, study.StudyId, latest - Slack, cancel);
            (since, next) = next with { RecentVotes = stamp.RecentVotes, RecentRetractions = stamp.RecentRetractions } == stamp ? (latest - Slack, next) : (since, stamp);
        }
        var table = stamp.Votes == before.Stamp.Votes && stamp.Retractions == before.Stamp.Retractions
            ? before.Table
            : await AddRecentAsync(connection, study, before, cancel);
        return new VoteReading(table with { Excluded = await ExcludedAsync(connection, study, cancel), Version = next.Version }, next, since);
    }

    /// <summary>Changes when results may have changed.</summary>
    public async Task<VoteStamp> ReadStampAsync(long studyId, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return await ReadStampAsync(connection, studyId, DateTimeOffset.MaxValue, cancel);
    }

    private async Task<VoteReading> ReadAllAsync(DbConnection connection, Study study, CancellationToken cancel)
    {
        const string Sql = $"{Columns} FROM counting_vote vote {Condition}";
        var since = await LatestAsync(connection, study.StudyId, cancel) - Slack;
        var stamp = await ReadStampAsync(connection, study.StudyId, since, cancel);
        var listed = await comparisons.ListAsync(study.StudyId, cancel);
        var ids = listed.Select(comparison => comparison.ComparisonId).DefaultIfEmpty();
        var votes = new SortedVotes.Builder(ids.Min(), ids.Max(), stamp.Votes);
        await using (var reader = await connection.ExecuteReaderAsync(new CommandDefinition(Sql, new { study.StudyId, Since = DateTimeOffset.MinValue }, cancellationToken: cancel)))
        {
            var row = new RowCursor(reader);
            while (await row.ReadAsync(cancel))
                votes.Add(Read(row));
        }
        var mark = await SimulatedAsync(connection, study, cancel);
        var table = new VoteTable
        {
            Axes = [.. study.Axes.Select(axis => axis.Axis)],
            VotesPerComparison = study.VotesPerComparison,
            Comparisons = listed,
            Votes = mark is null ? votes.Build() : votes.Build().Select(mark),
            Excluded = await ExcludedAsync(connection, study, cancel),
            Version = stamp.Version,
        };
        return new VoteReading(table, stamp, since);
    }

    private static async Task<VoteTable> AddRecentAsync(DbConnection connection, Study study, VoteReading before, CancellationToken cancel)
    {
        const string Sql = $"""
            {Columns}, EXISTS (SELECT 1 FROM counting_vote counting WHERE counting.vote_id = vote.vote_id) AS counts
            FROM vote {Condition} AND vote.kind = 'item'
            """;
        var touched = new HashSet<(long, long, Axis)>();
        var votes = new List<CountingVote>();
        await using (var reader = await connection.ExecuteReaderAsync(new CommandDefinition(Sql, new { study.StudyId, before.Since }, cancellationToken: cancel)))
        {
            var row = new RowCursor(reader);
            while (await row.ReadAsync(cancel))
            {
                var vote = Read(row);
                touched.Add((vote.ComparisonId, vote.RaterId, vote.Axis));
                if (row.Flag()) // it counts
                    votes.Add(vote);
            }
        }
        var mark = await SimulatedAsync(connection, study, cancel);
        return before.Table.With(touched, mark is null ? votes : votes.Select(mark));
    }

    private static async Task<IReadOnlyDictionary<long, long>> ExcludedAsync(DbConnection connection, Study study, CancellationToken cancel)
    {
        const string Sql = "SELECT rater_id, exclusion_id FROM exclusion WHERE study_id = @StudyId AND lifted_at IS NULL";
        return (await connection.QueryAsync<(long RaterId, long ExclusionId)>(new CommandDefinition(Sql, new { study.StudyId }, cancellationToken: cancel)))
            .ToDictionary(rater => rater.RaterId, rater => rater.ExclusionId);
    }

    /// <summary>
    /// What marks the votes of simulated raters, who are looked up once and not for every vote, and after the votes, so that none is missed;
    /// null where there are none.
    /// </summary>
    private static async Task<Func<CountingVote, CountingVote>?> SimulatedAsync(DbConnection connection, Study study, CancellationToken cancel)
    {
        const string Sql = "SELECT rater.rater_id FROM session JOIN rater ON rater.rater_id = session.rater_id WHERE session.study_id = @StudyId AND rater.simulated";
        var simulated = (await connection.QueryAsync<long>(new CommandDefinition(Sql, new { study.StudyId }, cancellationToken: cancel))).ToHashSet();
        return simulated.Count == 0 ? null : vote => simulated.Contains(vote.RaterId) ? vote with { Simulated = true } : vote;
    }

    private static async Task<DateTimeOffset> LatestAsync(DbConnection connection, long studyId, CancellationToken cancel)
    {
        const string Sql = "SELECT MAX(received_at) FROM vote WHERE study_id = @StudyId";
        var latest = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        return latest is null ? DateTimeOffset.UnixEpoch : ColumnTypes.ToTime(latest);
    }

    private static Task<VoteStamp> ReadStampAsync(DbConnection connection, long studyId, DateTimeOffset since, CancellationToken cancel)
    {
        const string Sql = """
            SELECT
              (SELECT COUNT(*) FROM vote WHERE study_id = @StudyId) AS votes,
              (SELECT COUNT(*) FROM vote_retraction JOIN vote ON vote.vote_id = vote_retraction.vote_id WHERE vote.study_id = @StudyId) AS retractions,
              (SELECT COUNT(*) FROM withdrawal JOIN session ON session.session_id = withdrawal.session_id WHERE session.study_id = @StudyId) AS withdrawals,
              (SELECT COUNT(*) FROM exclusion WHERE study_id = @StudyId) AS exclusions,
              (SELECT COUNT(*) FROM exclusion WHERE study_id = @StudyId AND lifted_at IS NOT NULL) AS lifted,
              (SELECT COUNT(*) FROM vote WHERE study_id = @StudyId AND received_at >= @Since) AS recent_votes,
              (SELECT COUNT(*) FROM vote JOIN vote_retraction ON vote_retraction.vote_id = vote.vote_id
                WHERE vote.study_id = @StudyId AND vote.received_at >= @Since) AS recent_retractions
            """;
        return connection.QuerySingleAsync<VoteStamp>(new CommandDefinition(Sql, new { StudyId = studyId, Since = since }, cancellationToken: cancel));
    }

    /// <summary>A vote of a row, its columns in the order of <see cref="Columns"/>; whether a simulated rater gave it is not told by it.</summary>
    private static CountingVote Read(RowCursor row) => new()
    {
        ComparisonId = row.Whole(),
        Axis = row.Word<Axis>(),
        RaterId = row.Whole(),
        Winner = row.Word<Outcome>(),
        ReceivedAt = row.Time(),
        Input = row.WordOrNull<InputKind>(),
        Screen = CountingVote.ScreenOf(row.NumberOrNull(), row.NumberOrNull()),
        LeftIsB = row.Flag(),
        Simulated = false,
    };
}
