using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Checks;

/// <summary>A check that a rater is to be given.</summary>
/// <param name="Kind">Gold or a repeat.</param>
/// <param name="ComparisonId">What it shows.</param>
/// <param name="LeftIsB">Whether B is to stand on the left.</param>
internal sealed record NextCheck(PairKind Kind, long ComparisonId, bool LeftIsB);

/// <summary>Finds checks for a rater.</summary>
internal sealed class CheckSearch(DbTransaction transaction, RaterSession rater, Random random)
{
    /// <summary>Repeats are of pairs that the rater answered at most so many pairs before.</summary>
    private const int FarthestRepeat = 30;

    /// <summary>A check of a kind, other than some that were found already; null when the rater has had them all.</summary>
    public async Task<NextCheck?> FindAsync(PairKind kind, string axis, int position, IReadOnlyCollection<NextCheck> except)
    {
        var found = (kind == PairKind.Gold ? await ListGoldAsync(axis) : await ListRepeatsAsync(axis, position))
            .Where(check => except.All(other => other.ComparisonId != check.ComparisonId)).ToList();
        return found.Count == 0 ? null : found[random.Next(found.Count)];
    }

    /// <summary>How many pairs with a known answer the rater can still be given on an axis.</summary>
    public static Task<int> CountGoldAsync(DbConnection connection, RaterSession rater, string axis) =>
        connection.ExecuteScalarAsync<int>(
            $"SELECT COUNT(*) FROM gold g WHERE {UnseenGold}", new { rater.StudyId, rater.RaterId, Axis = axis });

    private const string UnseenGold = """
        g.study_id = @StudyId AND g.axis = @Axis
          AND NOT EXISTS (
            SELECT 1 FROM assignment own WHERE own.rater_id = @RaterId AND own.comparison_id = g.comparison_id AND own.axis = g.axis)
        """;

    private async Task<IEnumerable<NextCheck>> ListGoldAsync(string axis)
    {
        const string Sql = $"SELECT g.comparison_id FROM gold g WHERE {UnseenGold} ORDER BY g.comparison_id";
        var found = await transaction.Connection!.QueryAsync<long>(Sql, new { rater.StudyId, rater.RaterId, Axis = axis }, transaction);
        return found.Select(comparison => new NextCheck(PairKind.Gold, comparison, LeftIsB: random.Next(2) == 0));
    }

    private async Task<IEnumerable<NextCheck>> ListRepeatsAsync(string axis, int position)
    {
        const string Sql = """
            SELECT a.comparison_id, a.left_is_b
            FROM assignment a
            WHERE a.session_id = @SessionId AND a.axis = @Axis AND a.kind = 'item' AND a.state IN ('answered', 'surplus')
              AND a.position BETWEEN @From AND @To
              AND NOT EXISTS (
                SELECT 1
                FROM assignment again
                WHERE again.rater_id = a.rater_id AND again.comparison_id = a.comparison_id AND again.axis = a.axis AND again.kind = 'repeat')
            ORDER BY +a.position -- no index is to serve the order
            """;
        var place = new { rater.SessionId, Axis = axis, From = position - FarthestRepeat, To = position - CheckPlan.RepeatDistance };
        var found = await transaction.Connection!.QueryAsync<AnsweredPair>(Sql, place, transaction);
        return found.Select(pair => new NextCheck(PairKind.Repeat, pair.ComparisonId, !pair.LeftIsB));
    }

    private sealed record AnsweredPair
    {
        public required long ComparisonId { get; init; }
        public required bool LeftIsB { get; init; }
    }
}
