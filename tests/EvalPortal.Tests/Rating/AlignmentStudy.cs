using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>A running study of text alignment: two systems, and for every prompt "Is there a fox?" and, after a yes, "Is it red?".</summary>
internal sealed class AlignmentStudy(Db db, TimeProvider clock, Study study)
{
    public Study Study => study;

    public static async Task<AlignmentStudy> AddAsync(Seeds seeds, Db db, TimeProvider clock, int prompts = 1, int votes = 3)
    {
        var promptSet = await seeds.PromptSetAsync([.. Enumerable.Range(1, prompts).Select(i => $"a red fox number {i}")]);
        var (a, b) = (await seeds.SystemAsync(promptSet, [1]), await seeds.SystemAsync(promptSet, [2]));
        var (questionSet, _) = await new QuestionSetStore(db, clock).AddAsync(new NewQuestionSet
        {
            Name = $"Questions {Guid.NewGuid():N}",
            PromptSetId = promptSet,
            Prompts = [.. (await new PromptSetStore(db, clock).ListPromptsAsync(promptSet)).Select(prompt => (prompt.PromptId, (IReadOnlyList<NewQuestion>)
            [
                new NewQuestion { Label = "1", Text = "Is there a fox?", Category = "object" },
                new NewQuestion { Label = "2", Text = "Is it red?", Category = "colour", Parents = ["1"] },
            ]))],
        });
        var studies = new StudyStore(db, clock);
        var id = await studies.AddAsync(await seeds.DraftAsync(a, b) with
        {
            VotesPerComparison = votes,
            QuestionSetId = questionSet,
            Axes = FormDefaults.Axes(StudyForm.Alignment, Language.English).Select(axis => new StudyAxis { Axis = axis.Axis, Question = axis.Question, PromptVisible = axis.PromptVisible }).ToList(),
            Pairs = [],
            Items = await new StudyItems(db).ListForAlignmentAsync(a, b, questionSet),
        });
        await studies.SetStateAsync(id, StudyState.Running);
        return new AlignmentStudy(db, clock, (await studies.FindAsync(id))!);
    }

    /// <summary>A rater who has agreed to take part.</summary>
    public async Task<RaterSession> AddRaterAsync()
    {
        var raters = new RaterStore(db, clock);
        return await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, study.StudyId);
    }

    /// <summary>A sheet as a browser would send it now; answers in the order of the questions.</summary>
    public VoteDraft Draft(Sheet sheet, params Answer[] answers)
    {
        var now = clock.GetUtcNow();
        return new VoteDraft
        {
            AssignmentId = sheet.AssignmentId,
            Choice = Choice.Answered,
            Answers = [.. sheet.Questions.Zip(answers, (question, answer) => new QuestionAnswer { QuestionId = question.QuestionId, Answer = answer, Ms = answer == Answer.NotAsked ? null : 1_000 })],
            ResponseMs = 2_500,
            ShownAt = now.AddMilliseconds(-2_500),
            DecodedAt = now.AddSeconds(-9),
            VotedAt = now,
            AppVersion = "0.1.0",
        };
    }
}
