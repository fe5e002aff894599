using System.Runtime.CompilerServices;
using Dapper;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>
/// The alarms of a study by themselves, those of its page on quality, from one pass over people's votes that keeps sums only. For whoever
/// follows a study while it runs.
/// </summary>
public sealed class StudyAlarms(Db db, ExclusionStore exclusions)
{
    /// <summary>The alarms as of now, a sentence each; see <see cref="ExclusionAlarms"/> and <see cref="BlockAlarms"/>.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(Study study, CancellationToken cancel = default)
    {
        var all = await exclusions.ListAsync(study.StudyId, cancel);
        var byRater = new Dictionary<long, int>();
        var cutting = new Dictionary<Axis, StudyCourse.Cutting>();
        foreach (var axis in study.Axes.Select(axis => axis.Axis))
            cutting.Add(axis, new(await CountWantedAsync(study, axis, cancel)));
        await foreach (var (axis, vote) in ReadVotesAsync(study.StudyId, cancel))
        {
            cutting[axis].Add(vote);
            if (vote.Tallies.Votes > 0)
                byRater[vote.RaterId] = byRater.GetValueOrDefault(vote.RaterId) + 1;
        }
        var courses = study.Axes.Select(axis => (axis.Axis.ToText(), cutting[axis.Axis].Finish())).Where(course => course.Item2.Blocks.Count > 0).ToList();
        return [.. ExclusionAlarms.Of(byRater, all), .. BlockAlarms.Of(courses, study.Axes.Count, all)];
    }

    /// <summary>What was asked for at the start, without votes on top of close ones, so that blocks never move.</summary>
    private async Task<int> CountWantedAsync(Study study, Axis axis, CancellationToken cancel)
    {
        const string Sql = "SELECT COUNT(*) FROM task WHERE study_id = @StudyId AND axis = @Axis AND NOT simulated";
        await using var connection = await db.OpenAsync(cancel);
        return study.VotesPerComparison * await connection.ExecuteScalarAsync<int>(
            new CommandDefinition(Sql, new { study.StudyId, Axis = axis.ToText() }, cancellationToken: cancel));
    }

    private async IAsyncEnumerable<(Axis Axis, CourseVote Vote)> ReadVotesAsync(long studyId, [EnumeratorCancellation] CancellationToken cancel)
    {
        const string Sql = """
            SELECT vote.axis, vote.rater_id, vote.received_at, vote.response_ms, vote.kind, vote.winner, gold.winner AS gold,
              CASE WHEN vote.kind = 'repeat' THEN (
                SELECT first.winner
                FROM standing_vote first
                WHERE first.study_id = vote.study_id AND first.comparison_id = vote.comparison_id AND first.axis = vote.axis
                  AND first.rater_id = vote.rater_id AND first.kind = 'item' AND NOT first.surplus) END AS first
            FROM standing_vote vote
            JOIN rater ON rater.rater_id = vote.rater_id
            LEFT JOIN gold ON gold.study_id = vote.study_id AND gold.comparison_id = vote.comparison_id AND gold.axis = vote.axis
            WHERE vote.study_id = @StudyId AND NOT vote.surplus AND NOT rater.simulated
            ORDER BY vote.received_at, vote.vote_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        var row = new RowCursor(reader);
        while (await row.ReadAsync(cancel))
            yield return (row.Word<Axis>(), Read(row));
    }

    private static CourseVote Read(RowCursor row)
    {
        var (rater, at, response, kind) = (row.Whole(), row.Time(), row.Number(), row.Word<PairKind>());
        var (winner, gold, first) = (row.WordOrNull<Outcome>(), row.WordOrNull<Outcome>(), row.WordOrNull<Outcome>());
        return new CourseVote(rater, at, new CourseTallies
        {
            Votes = kind == PairKind.Item ? 1 : 0,
            [CourseMeasure.Fast] = HitCount.Of(response < RaterQuality.FloorMs),
            [CourseMeasure.MissedGold] = HitCount.Of(gold is null ? null : winner != gold),
            [CourseMeasure.ChangedRepeats] = HitCount.Of(first is null ? null : winner != first),
        });
    }
}
