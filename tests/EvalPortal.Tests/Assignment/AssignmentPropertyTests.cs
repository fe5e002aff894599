using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Assignment;

public sealed class AssignmentPropertiesOnSqlite() : AssignmentPropertyTests(DatabaseKind.Sqlite);

public sealed class AssignmentPropertiesOnPostgres() : AssignmentPropertyTests(DatabaseKind.Postgres);

/// <summary>What holds in every study, whatever its raters do and in whatever order.</summary>
public abstract class AssignmentPropertyTests(DatabaseKind kind) : DatabaseTests(kind)
{
    // Each finds rows that must not be.
    private const string MoreVotesThanWanted = """
        SELECT t.task_id
        FROM task t
        WHERE t.wanted < (
          SELECT COUNT(*)
          FROM counting_vote v
          JOIN rater r ON r.rater_id = v.rater_id
          WHERE v.comparison_id = t.comparison_id AND v.axis = t.axis AND r.simulated = t.simulated)
        """;

    private const string FewerVotesThanWanted = """
        SELECT t.task_id
        FROM task t
        WHERE t.wanted > (
          SELECT COUNT(*)
          FROM counting_vote v
          JOIN rater r ON r.rater_id = v.rater_id
          WHERE v.comparison_id = t.comparison_id AND v.axis = t.axis AND r.simulated = t.simulated)
        """;

    private const string PlacesCountedWrongly = """
        SELECT t.task_id
        FROM task t
        LEFT JOIN assignment a ON a.task_id = t.task_id AND a.state IN ('held', 'answered')
        GROUP BY t.task_id, t.taken, t.tilt
        HAVING COUNT(a.task_id) <> t.taken OR COALESCE(SUM(CASE WHEN a.left_is_b THEN 1 WHEN a.task_id IS NOT NULL THEN -1 END), 0) <> t.tilt
        """;

    private const string StateAgainstVotes = """
        SELECT a.assignment_id
        FROM assignment a
        LEFT JOIN standing_vote v ON v.assignment_id = a.assignment_id
        WHERE a.state <> CASE
          WHEN v.vote_id IS NULL THEN CASE WHEN a.state = 'lapsed' THEN 'lapsed' ELSE 'held' END
          WHEN v.surplus THEN 'surplus'
          ELSE 'answered' END
        """;

    private const string SameComparisonTwiceToOneRater =
        "SELECT rater_id FROM assignment GROUP BY rater_id, comparison_id, axis HAVING COUNT(*) > 1";

    private const string MoreThanTheCap = """
        SELECT v.rater_id
        FROM counting_vote v
        JOIN study s ON s.study_id = v.study_id
        GROUP BY v.rater_id, s.study_id, s.answers_per_rater
        HAVING COUNT(*) > s.answers_per_rater
        """;

    private const string ToppedUpWithoutTheRule = """
        SELECT t.task_id
        FROM task t
        JOIN study s ON s.study_id = t.study_id
        WHERE t.wanted NOT IN (s.votes_per_comparison, CASE WHEN s.top_up = 'close' THEN s.votes_per_comparison + 2 ELSE s.votes_per_comparison END)
        """;

    private DbWriter? _writer;

    private DbWriter Writer => _writer ??= new DbWriter(Db);

    public override async Task DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        await base.DisposeAsync();
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RandomStudies_WhateverRatersDo_EveryItemEndsWithTheVotesItWants(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 4; i++)
        {
            var study = new RandomStudy(Db, Writer, Clock, random);
            await study.StartAsync(Seeds);
            await study.LiveAsync(steps: 40);
            await AssertNoneAsync(
                MoreVotesThanWanted, PlacesCountedWrongly, StateAgainstVotes, SameComparisonTwiceToOneRater, MoreThanTheCap, ToppedUpWithoutTheRule);

            await study.FinishAsync();
            await AssertNoneAsync(
                MoreVotesThanWanted, FewerVotesThanWanted, PlacesCountedWrongly, StateAgainstVotes, SameComparisonTwiceToOneRater, MoreThanTheCap);
            await AssertToppedUpWhereCloseAsync();
        }
    }

    /// <summary>Sides, where nobody lets a lease end: a comparison's differ by one at most, a rater's by two in each block, or three where they judge all of a small one and have no choice.</summary>
    [SkippableTheory]
    [InlineData(11, 30, 5, 2)]
    [InlineData(12, 7, 4, 3)]
    [InlineData(13, 60, 3, 2)]
    public async Task Sides_RatersWhoAnswer_AreInBalance(int seed, int prompts, int votes, int most)
    {
        var random = new Random(seed);
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts, votes);
        var assignments = new AssignmentStore(Db, Writer, Clock);
        while (await assignments.HasFreePlaceAsync(study.Study.StudyId))
        {
            var rater = await study.AddRaterAsync();
            for (var left = random.Next(1, 2 * prompts); left > 0 && await assignments.TakeAsync(rater, ahead: 1, random) is { Pairs: [var pair] }; left--)
                await new VoteStore(Db, Writer, Clock).RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair.AssignmentId));
        }

        await AssertNoneAsync(
            "SELECT task_id FROM task WHERE tilt NOT IN (-1, 0, 1)",
            $"SELECT session_id FROM assignment GROUP BY session_id, axis HAVING ABS(SUM(CASE WHEN left_is_b THEN 1 ELSE -1 END)) > {most}");
    }

    private async Task AssertToppedUpWhereCloseAsync()
    {
        const string Sql = """
            SELECT t.task_id, v.winner
            FROM task t
            JOIN study s ON s.study_id = t.study_id AND s.top_up = 'close' AND s.votes_per_comparison = t.wanted
            JOIN counting_vote v ON v.comparison_id = t.comparison_id AND v.axis = t.axis
            JOIN rater r ON r.rater_id = v.rater_id AND r.simulated = t.simulated
            """;
        await using var connection = await Db.OpenAsync();
        var notToppedUp = (await connection.QueryAsync<(long TaskId, string Winner)>(Sql))
            .GroupBy(vote => vote.TaskId, vote => ColumnTypes.ToEnum<Outcome>(vote.Winner));
        Assert.All(notToppedUp, votes => Assert.False(TopUpRule.IsClose(votes)));
    }

    private async Task AssertNoneAsync(params string[] findings)
    {
        await using var connection = await Db.OpenAsync();
        foreach (var sql in findings)
            Assert.True(!(await connection.QueryAsync<object>(sql)).Any(), sql);
    }
}
