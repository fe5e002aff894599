using System.Data.Common;
using Dapper;

namespace PixelPost.EvalPortal.Studies;

/// <summary>
/// What a new study takes over from another beside the settings of its form: guidelines, training, checks and the smallest window.
/// Votes, raters, links and the codes of a panel stay where they are.
/// </summary>
internal static class StudyCopy
{
    /// <summary>Copies it inside the transaction that adds the study, before its tasks are made: a known answer leaves its pair without.</summary>
    public static async Task CopyAsync(DbTransaction transaction, long from, long to)
    {
        const string Examples = """
            SELECT e.example_pair_id
            FROM example_pair e
            JOIN study_axis x ON x.study_id = @To AND x.axis = e.axis
            WHERE e.study_id = @From
            """;
        const string Example = """
            INSERT INTO example_pair (example_pair_id, study_id, axis, used_in, position, left_sha256, left_width, left_height,
              right_sha256, right_width, right_height, answer, explanation, flaw_type, flaw_severity, flaw_side, flaw_x, flaw_y, prompt, created_at)
            SELECT @NewId, @To, axis, used_in, position, left_sha256, left_width, left_height,
              right_sha256, right_width, right_height, answer, explanation, flaw_type, flaw_severity, flaw_side, flaw_x, flaw_y, prompt, created_at
            FROM example_pair
            WHERE example_pair_id = @Id
            """;
        const string PassMark = """
            INSERT INTO study_training (study_id, pass_mark)
            SELECT @To, pass_mark
            FROM study_training
            WHERE study_id = @From AND EXISTS (SELECT 1 FROM example_pair WHERE study_id = @To AND used_in = 'training')
            """;
        const string Checks = """
            INSERT INTO study_checks (study_id, gold_per_dozen, repeats_per_dozen)
            SELECT @To, gold_per_dozen, repeats_per_dozen
            FROM study_checks
            WHERE study_id = @From AND EXISTS (SELECT 1 FROM study_axis WHERE study_id = @To AND axis IN ('flaws', 'appeal'))
            """;
        // Known answers are those about the same two images, A and B as they were.
        const string Gold = """
            INSERT INTO gold (study_id, comparison_id, axis, winner)
            SELECT here.study_id, here.comparison_id, g.axis, g.winner
            FROM gold g
            JOIN comparison there ON there.comparison_id = g.comparison_id
            JOIN comparison here ON here.study_id = @To AND here.image_a_id = there.image_a_id AND here.image_b_id = there.image_b_id
            JOIN study_axis x ON x.study_id = here.study_id AND x.axis = g.axis
            WHERE g.study_id = @From
            """;
        const string Window = """
            INSERT INTO study_entry (study_id, open_link, min_viewport_w, min_viewport_h, keeps_participant_ids)
            SELECT @To, (1 = 1), min_viewport_w, min_viewport_h, (1 = 0)
            FROM study_entry
            WHERE study_id = @From AND min_viewport_w IS NOT NULL
            """;
        var (connection, key) = (transaction.Connection!, new { From = from, To = to });
        foreach (var id in (await connection.QueryAsync<Guid>(Examples, key, transaction)).ToList())
            await connection.ExecuteAsync(Example, new { Id = id, NewId = Guid.NewGuid(), To = to }, transaction);
        foreach (var sql in (string[])[PassMark, Checks, Gold, Window])
            await connection.ExecuteAsync(sql, key, transaction);
    }
}
