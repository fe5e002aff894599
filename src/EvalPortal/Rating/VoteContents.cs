using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What votes say that are not about pairs: rows beside the vote, in its transaction.</summary>
internal static class VoteContents
{
    /// <summary>Why a vote does not say what its assignment asks for, in a sentence; null when it does.</summary>
    public static async Task<string?> FaultAsync(DbTransaction transaction, VoteDraft draft, Axis axis)
    {
        switch (axis.Form(), draft)
        {
            case (StudyForm.Pairs, { Choice: Choice.Answered } or { DecodedAt: not null }):
                return Say("Vote_IsPair");
            case (not StudyForm.Pairs, { Choice: not (Choice.Answered or Choice.Reject) } or { DecodedLeftAt: not null } or { DecodedRightAt: not null }):
                return Say("Vote_IsNoPair");
            case (not StudyForm.Pairs, { Choice: Choice.Reject, Reason: RejectReason.StyleMismatch }):
                return Say("Vote_NoStyle");
            case (StudyForm.Alignment, { Choice: Choice.Answered }):
                return draft.Answers is null
                    ? Say("Vote_AnswersMissing")
                    : AnswerSheet.Fault(await QuestionsAsync(transaction, draft.AssignmentId), draft.Answers, draft.ResponseMs);
            case (StudyForm.Preference, { Choice: Choice.Answered }):
                return draft.Picks is null
                    ? Say("Vote_PicksMissing")
                    : draft.Picks.Fault((await ShownImagesAsync(transaction, draft.AssignmentId)).Count);
            default:
                return null;
        }
    }

    /// <summary>Stores the contents of a vote that has no fault.</summary>
    public static async Task InsertAsync(DbTransaction transaction, Guid voteId, VoteDraft draft)
    {
        const string InsertAnswer = "INSERT INTO vote_answer (vote_id, question_id, answer, answered_ms) VALUES (@VoteId, @QuestionId, @Answer, @Ms)";
        const string InsertPick = "INSERT INTO vote_pick (vote_id, best_image_id, worst_image_id) VALUES (@VoteId, @Best, @Worst)";
        const string InsertFlag = "INSERT INTO vote_flagged_image (vote_id, image_id) VALUES (@VoteId, @ImageId)";
        var connection = transaction.Connection!;
        if (draft.Answers is { } answers)
            await connection.ExecuteAsync(InsertAnswer, answers.Select(answer => Row(voteId, answer)), transaction);
        if (draft.Picks is { } picks)
        {
            var shown = await ShownImagesAsync(transaction, draft.AssignmentId);
            await connection.ExecuteAsync(InsertPick, new { VoteId = voteId, Best = shown[picks.Best], Worst = shown[picks.Worst] }, transaction);
            await connection.ExecuteAsync(InsertFlag, picks.Flagged.Select(place => new { VoteId = voteId, ImageId = shown[place] }), transaction);
        }
    }

    /// <summary>Whether a stored vote has just these contents.</summary>
    public static async Task<bool> AreSameAsync(DbTransaction transaction, Guid voteId, VoteDraft draft)
    {
        const string Answers = "SELECT question_id, answer, answered_ms FROM vote_answer WHERE vote_id = @VoteId";
        const string Picks = "SELECT best_image_id, worst_image_id FROM vote_pick WHERE vote_id = @VoteId";
        const string Flags = "SELECT image_id FROM vote_flagged_image WHERE vote_id = @VoteId";
        if (draft.Choice != Choice.Answered)
            return true; // what has no contents says all in its own row
        var (connection, key) = (transaction.Connection!, new { VoteId = voteId });
        var stored = (await connection.QueryAsync<(long, string, int?)>(Answers, key, transaction)).ToHashSet();
        if (!stored.SetEquals((draft.Answers ?? []).Select(answer => (answer.QuestionId, answer.Answer.ToText(), answer.Ms))))
            return false;
        var pick = await connection.QuerySingleOrDefaultAsync<(long Best, long Worst)>(Picks, key, transaction); // 0 is no image
        if (draft.Picks is not { } picks)
            return pick == default;
        var shown = await ShownImagesAsync(transaction, draft.AssignmentId);
        var flagged = (await connection.QueryAsync<long>(Flags, key, transaction)).ToHashSet();
        return pick == (shown.GetValueOrDefault(picks.Best), shown.GetValueOrDefault(picks.Worst))
            && flagged.SetEquals(picks.Flagged.Select(place => shown.GetValueOrDefault(place)));
    }

    private static object Row(Guid voteId, QuestionAnswer answer) => new { VoteId = voteId, answer.QuestionId, Answer = answer.Answer.ToText(), answer.Ms };

    private static async Task<IReadOnlyList<Question>> QuestionsAsync(DbTransaction transaction, Guid assignmentId)
    {
        const string Sql = """
            SELECT s.question_set_id, c.prompt_id
            FROM assignment a
            JOIN study s ON s.study_id = a.study_id
            JOIN comparison c ON c.comparison_id = a.comparison_id
            WHERE a.assignment_id = @AssignmentId
            """;
        var connection = transaction.Connection!;
        var (set, prompt) = await connection.QuerySingleAsync<(long, long)>(Sql, new { AssignmentId = assignmentId }, transaction);
        return await QuestionSetStore.ListQuestionsAsync(connection, transaction, set, prompt);
    }

    /// <summary>The images of an assignment by their places on the rater's screen.</summary>
    private static async Task<IReadOnlyDictionary<int, long>> ShownImagesAsync(DbTransaction transaction, Guid assignmentId)
    {
        const string Sql = "SELECT place, image_id FROM assignment_image WHERE assignment_id = @AssignmentId";
        return (await transaction.Connection!.QueryAsync<(int Place, long ImageId)>(Sql, new { AssignmentId = assignmentId }, transaction))
            .ToDictionary(image => image.Place, image => image.ImageId);
    }
}
