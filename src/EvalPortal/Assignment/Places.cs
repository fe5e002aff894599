using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>
/// Every comparison has as many places per axis as the study wants votes, once for people and once for simulated raters, who so
/// never take a place that a person could have. A place is taken by an assignment that has a counting vote or a live lease; when
/// a lease ends without a vote the place is free again.
/// </summary>
internal static class Places
{
    /// <summary>The condition under which assignment <c>a</c> takes one of their places; needs <c>@Now</c> and <c>@Simulated</c>.</summary>
    public const string Taken = """
        (EXISTS (SELECT 1 FROM rater r WHERE r.rater_id = a.rater_id AND r.simulated = @Simulated)
          AND (a.leased_until > @Now OR EXISTS (SELECT 1 FROM counting_vote v WHERE v.assignment_id = a.assignment_id)))
        """;

    /// <summary>Makes everybody else who wants places of the study wait until the transaction ends.</summary>
    /// <remarks>The update changes nothing. It locks the row on PostgreSQL; on SQLite the transaction alone would do.</remarks>
    public static Task<StudyPlaces> LockAsync(DbTransaction transaction, long studyId)
    {
        const string Sql = "UPDATE study SET state = state WHERE study_id = @studyId RETURNING state, votes_per_comparison";
        return transaction.Connection!.QuerySingleAsync<StudyPlaces>(Sql, new { studyId }, transaction);
    }

    /// <summary>How many of the places that a rater could have on a comparison other assignments than this one take.</summary>
    public static Task<int> CountOthersAsync(
        DbTransaction transaction, RaterSession session, long comparisonId, Axis axis, Guid assignmentId, DateTimeOffset now)
    {
        const string Sql = $"""
            SELECT COUNT(*)
            FROM assignment a
            WHERE a.study_id = @StudyId AND a.comparison_id = @ComparisonId AND a.axis = @Axis
              AND a.assignment_id <> @AssignmentId
              AND {Taken}
            """;
        var item = new
        {
            session.StudyId,
            session.Simulated,
            ComparisonId = comparisonId,
            Axis = axis.ToText(),
            AssignmentId = assignmentId,
            Now = now,
        };
        return transaction.Connection!.ExecuteScalarAsync<int>(Sql, item, transaction);
    }
}

/// <summary>What decides whether a study has places.</summary>
internal sealed record StudyPlaces
{
    public required StudyState State { get; init; }

    public required int VotesPerComparison { get; init; }
}
