using Dapper;
using PixelPost.EvalPortal.Database;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What a rater said of one image or several, as they may read it again.</summary>
public sealed record OwnSheet
{
    /// <summary>How many images there were; their places count from 1.</summary>
    public required int Images { get; init; }

    /// <summary>Each thing that was said, in words.</summary>
    public required IReadOnlyList<string> Lines { get; init; }
}

/// <summary>What raters may read again where it is not about pairs.</summary>
public sealed class OwnSheetStore(Db db)
{
    /// <summary>The contents of a rater's votes in a study, by vote.</summary>
    public async Task<IReadOnlyDictionary<Guid, OwnSheet>> ListAsync(RaterSession session, CancellationToken cancel = default)
    {
        const string Votes = """
            SELECT v.vote_id, (SELECT COUNT(*) FROM comparison_image i WHERE i.comparison_id = v.comparison_id) AS images
            FROM vote v
            JOIN assignment a ON a.assignment_id = v.assignment_id
            WHERE a.session_id = @SessionId
            """;
        const string Answers = """
            SELECT w.vote_id, q.text, w.answer
            FROM vote_answer w
            JOIN question q ON q.question_id = w.question_id
            JOIN vote v ON v.vote_id = w.vote_id
            JOIN assignment a ON a.assignment_id = v.assignment_id
            WHERE a.session_id = @SessionId
            ORDER BY w.vote_id, q.position
            """;
        const string Picks = """
            SELECT p.vote_id, best.place AS best, worst.place AS worst
            FROM vote_pick p
            JOIN vote v ON v.vote_id = p.vote_id
            JOIN assignment_image best ON best.assignment_id = v.assignment_id AND best.image_id = p.best_image_id
            JOIN assignment_image worst ON worst.assignment_id = v.assignment_id AND worst.image_id = p.worst_image_id
            JOIN assignment a ON a.assignment_id = v.assignment_id
            WHERE a.session_id = @SessionId
            """;
        await using var connection = await db.OpenAsync(cancel);
        var key = new { session.SessionId };
        var own = (await connection.QueryAsync<(Guid VoteId, int Images)>(new CommandDefinition(Votes, key, cancellationToken: cancel))).ToList();
        var answers = (await connection.QueryAsync<(Guid VoteId, string Text, string Answer)>(new CommandDefinition(Answers, key, cancellationToken: cancel)))
            .ToLookup(answer => answer.VoteId, answer => $"{answer.Text} {Words(answer.Answer)}.");
        var picks = (await connection.QueryAsync<(Guid VoteId, int Best, int Worst)>(new CommandDefinition(Picks, key, cancellationToken: cancel)))
            .ToLookup(pick => pick.VoteId, pick => Say("Mine_Sheet_Picks", pick.Best, pick.Worst));
        return own.ToDictionary(vote => vote.VoteId, vote => new OwnSheet
        {
            Images = Math.Max(1, vote.Images),
            Lines = [.. answers[vote.VoteId], .. picks[vote.VoteId]],
        });
    }

    private static string Words(string answer) => ColumnTypes.ToEnum<Answer>(answer) switch
    {
        Answer.Yes => Say("Answer_Yes"),
        Answer.No => Say("Answer_No"),
        Answer.CannotTell => Say("Answer_CannotTell"),
        _ => Say("Answer_NotAsked"),
    };
}
