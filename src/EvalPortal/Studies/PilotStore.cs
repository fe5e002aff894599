using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Studies;

/// <summary>
/// Pilots of drafts: studies of their own, so that none of their votes can come into a result, with some of the draft's comparisons.
/// </summary>
/// <remarks>
/// A pilot becomes the forebear of its study, whose own becomes the pilot's: whoever was given a prompt in a pilot is not given it again
/// in the study, by the rule that keeps raters of any earlier study from it.
/// </remarks>
public sealed class PilotStore(Db db, TimeProvider clock)
{
    /// <summary>Comparisons of a pilot unless told otherwise.</summary>
    public const int UsualComparisons = 10;

    /// <summary>Adds a pilot of a draft, as a draft: with its questions, texts, guidelines, training, checks and smallest window.</summary>
    /// <param name="comparisons">How many it has, spread over the study's; fewer where the study has fewer that were in no pilot yet.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are none.</exception>
    /// <exception cref="RefusedException">The study is no draft, is a pilot itself, or has nothing left that was in no pilot.</exception>
    public async Task<long> AddAsync(long studyId, int comparisons, long accountId, CancellationToken cancel = default)
    {
        const string Lock = "UPDATE study SET state = state WHERE study_id = @StudyId AND state = 'draft' AND pilot_of_study_id IS NULL"; // changes nothing
        const string Insert = """
            INSERT INTO study (name, link_token, state, votes_per_comparison, answers_per_rater, top_up, language, consent, instructions, system_a_id, system_b_id,
              question_set_id, parent_study_id, pilot_of_study_id, created_by_account_id, created_at)
            SELECT name || @Suffix, @LinkToken, 'draft', votes_per_comparison, answers_per_rater, top_up, language, consent, instructions, system_a_id, system_b_id,
              question_set_id, parent_study_id, study_id, @AccountId, @Now
            FROM study
            WHERE study_id = @StudyId
            RETURNING study_id
            """;
        const string Axes = """
            INSERT INTO study_axis (study_id, axis, position, question, prompt_visible, flaw_strip)
            SELECT @Pilot, axis, position, question, prompt_visible, flaw_strip FROM study_axis WHERE study_id = @StudyId
            """;
        const string Follow = "UPDATE study SET parent_study_id = @Pilot WHERE study_id = @StudyId";
        const string Earlier = "SELECT COUNT(*) FROM study WHERE pilot_of_study_id = @StudyId";
        ArgumentOutOfRangeException.ThrowIfLessThan(comparisons, 1);
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await connection.ExecuteAsync(Lock, new { StudyId = studyId }, transaction) == 0)
            throw new RefusedException("A pilot tries a draft out: this study has been opened, or is a pilot itself.");
        var chosen = await ChooseAsync(transaction, studyId, comparisons);
        var earlier = await connection.ExecuteScalarAsync<int>(Earlier, new { StudyId = studyId }, transaction);
        try
        {
            var row = new { StudyId = studyId, Suffix = earlier == 0 ? ": pilot" : $": pilot {earlier + 1}", LinkToken = Token.New(), AccountId = accountId, Now = clock.GetUtcNow() };
            var pilot = await connection.ExecuteScalarAsync<long>(Insert, row, transaction);
            await connection.ExecuteAsync(Axes, new { StudyId = studyId, Pilot = pilot }, transaction);
            await CopyComparisonsAsync(transaction, pilot, chosen);
            await StudyCopy.CopyAsync(transaction, studyId, pilot);
            await StudyStore.AddTasksAsync(transaction, pilot);
            await connection.ExecuteAsync(Follow, new { StudyId = studyId, Pilot = pilot }, transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(pilot), "added") { After = new { PilotOf = studyId, Comparisons = chosen.Count } });
            await transaction.CommitAsync(cancel);
            return pilot;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException("There is a study with the name that the pilot would have.", exception);
        }
    }

    /// <summary>The pilots of a study, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<Pilot>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT p.study_id, p.name, p.state,
              (SELECT COUNT(*) FROM session s WHERE s.study_id = p.study_id) AS raters,
              (SELECT COUNT(*) FROM session s JOIN session here ON here.rater_id = s.rater_id AND here.study_id = @StudyId WHERE s.study_id = p.study_id) AS came_again
            FROM study p
            WHERE p.pilot_of_study_id = @StudyId
            ORDER BY p.study_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Pilot>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>Comparisons whose prompts were in no pilot yet, spread over the study, and all those with a known answer: raters meet those as checks.</summary>
    private static async Task<IReadOnlyList<long>> ChooseAsync(DbTransaction transaction, long studyId, int comparisons)
    {
        const string Sql = """
            SELECT c.comparison_id,
              EXISTS (SELECT 1 FROM gold g WHERE g.study_id = c.study_id AND g.comparison_id = c.comparison_id) AS is_gold,
              EXISTS (
                SELECT 1
                FROM study p
                JOIN comparison other ON other.study_id = p.study_id
                WHERE p.pilot_of_study_id = c.study_id AND other.prompt_id = c.prompt_id) AS is_used
            FROM comparison c
            WHERE c.study_id = @StudyId
            ORDER BY c.position
            """;
        var all = (await transaction.Connection!.QueryAsync<Candidate>(Sql, new { StudyId = studyId }, transaction)).ToList();
        var fresh = all.Where(candidate => !candidate.IsGold && !candidate.IsUsed).ToList();
        if (fresh.Count == 0)
            throw new RefusedException("Every prompt of the study was in a pilot already.");
        var count = Math.Min(comparisons, fresh.Count);
        var chosen = Enumerable.Range(0, count).Select(i => fresh[(int)((long)i * fresh.Count / count)].ComparisonId).ToHashSet();
        return [.. all.Where(candidate => candidate.IsGold || chosen.Contains(candidate.ComparisonId)).Select(candidate => candidate.ComparisonId)];
    }

    private static async Task CopyComparisonsAsync(DbTransaction transaction, long pilot, IReadOnlyList<long> comparisons)
    {
        const string Comparison = """
            INSERT INTO comparison (study_id, prompt_id, image_a_id, image_b_id, position)
            SELECT @Pilot, prompt_id, image_a_id, image_b_id, @Position FROM comparison WHERE comparison_id = @ComparisonId
            RETURNING comparison_id
            """;
        const string Images = """
            INSERT INTO comparison_image (comparison_id, place, image_id)
            SELECT @Copy, place, image_id FROM comparison_image WHERE comparison_id = @ComparisonId
            """;
        var connection = transaction.Connection!;
        foreach (var (i, id) in comparisons.Index())
        {
            var copy = await connection.ExecuteScalarAsync<long>(Comparison, new { Pilot = pilot, Position = i + 1, ComparisonId = id }, transaction);
            await connection.ExecuteAsync(Images, new { Copy = copy, ComparisonId = id }, transaction);
        }
    }

    private sealed record Candidate
    {
        public long ComparisonId { get; init; }
        public bool IsGold { get; init; }
        public bool IsUsed { get; init; }
    }
}

/// <summary>A pilot as its study shows it.</summary>
public sealed record Pilot
{
    public required long StudyId { get; init; }

    public required string Name { get; init; }

    public required StudyState State { get; init; }

    /// <summary>Who agreed to take part in it.</summary>
    public required int Raters { get; init; }

    /// <summary>Those of them who take part in the study as well.</summary>
    public required int CameAgain { get; init; }
}
