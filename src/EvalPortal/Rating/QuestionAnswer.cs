using PixelPost.EvalPortal.Library;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What a rater says to a question about an image.</summary>
public enum Answer
{
    Yes,
    No,
    CannotTell,

    /// <summary>A question that it follows from was not answered yes.</summary>
    NotAsked,
}

/// <summary>The answer to one question, as the rater's browser tells it.</summary>
public sealed record QuestionAnswer
{
    public required long QuestionId { get; init; }

    public required Answer Answer { get; init; }

    /// <summary>When it was given, in milliseconds from when the image was shown; null where it was not asked, or was given before an undo.</summary>
    public int? Ms { get; init; }
}

/// <summary>The rules of a sheet of questions.</summary>
public static class AnswerSheet
{
    /// <summary>Whether a question is asked: where all that it follows from was answered yes.</summary>
    public static bool IsAsked(Question question, Func<long, Answer?> answers) => question.ParentIds.All(parent => answers(parent) == Answer.Yes);

    /// <summary>What is wrong with answers to the questions of a prompt, in a sentence; null when nothing is.</summary>
    public static string? Fault(IReadOnlyList<Question> questions, IReadOnlyList<QuestionAnswer> answers, int responseMs)
    {
        var given = new Dictionary<long, QuestionAnswer>();
        foreach (var answer in answers)
        {
            if (questions.All(question => question.QuestionId != answer.QuestionId))
                return Say("Vote_QuestionForeign", answer.QuestionId);
            if (!given.TryAdd(answer.QuestionId, answer))
                return Say("Vote_QuestionTwice", answer.QuestionId);
        }
        foreach (var question in questions)
        {
            if (!given.TryGetValue(question.QuestionId, out var answer))
                return Say("Vote_QuestionOpen", question.QuestionId);
            var asked = IsAsked(question, id => given.GetValueOrDefault(id)?.Answer);
            if (asked && answer.Answer == Answer.NotAsked)
                return Say("Vote_QuestionAsked", question.QuestionId);
            if (!asked && answer.Answer != Answer.NotAsked)
                return Say("Vote_QuestionNotAsked", question.QuestionId);
            if (answer is { Answer: Answer.NotAsked, Ms: not null } or { Ms: < 0 } || answer.Ms > responseMs)
                return Say("Vote_QuestionMs", question.QuestionId);
        }
        return null;
    }
}
