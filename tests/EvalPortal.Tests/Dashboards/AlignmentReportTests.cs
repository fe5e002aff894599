using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public class AlignmentReportTests
{
    private const long A = 1;
    private const long B = 2;

    [Fact]
    public void Of_EveryKindOfAnswer_CountsOnlyTheExpectedAsRight()
    {
        var report = AlignmentReport.Of(
            [
                Answer(A, prompt: 1, "yes"), Answer(A, 1, "yes", category: "colour"), Answer(A, 1, "cannot_tell"),
                Answer(A, 2, "no"), Answer(A, 2, "not_asked", category: "colour"), Answer(A, 2, "no", ExpectedAnswer.No),
                Answer(B, 1, "yes"), Answer(B, 2, "yes"),
            ],
            A, hasB: true);

        Assert.Equal((3, 6, 1, 1), (report.All.A.Right, report.All.A.Questions, report.All.A.CannotTell, report.All.A.NotAsked));
        Assert.Equal(0.5, report.All.A.Rate.Value);
        Assert.Equal(1, report.All.B!.Rate.Value);
        Assert.Equal(-0.5, report.All.Difference!.Difference.Value);
        Assert.Equal(["colour", "object"], report.Categories.Select(category => category.Category));
        Assert.Equal((1, 2), (report.Categories[0].A.Right, report.Categories[0].A.Questions));
        Assert.NotNull(report.NonInferiority);
    }

    [Fact]
    public void Of_OneSystem_HasNothingToCompare()
    {
        var report = AlignmentReport.Of([Answer(A, 1, "yes"), Answer(A, 2, "no")], A, hasB: false);

        Assert.Equal(0.5, report.All.A.Rate.Value);
        Assert.True(report is { All.B: null, All.Difference: null, NonInferiority: null });
    }

    [Fact]
    public void Of_Nothing_SaysWhy()
    {
        var report = AlignmentReport.Of([], A, hasB: true);

        Assert.Null(report.All.A.Rate.Value);
        Assert.NotNull(report.All.A.Rate.Reason);
    }

    private static RecordedAnswer Answer(long system, long prompt, string answer, ExpectedAnswer expected = ExpectedAnswer.Yes, string category = "object") => new()
    {
        VoteId = Guid.CreateVersion7(),
        ComparisonId = prompt,
        ImageId = 10 * system + prompt,
        SystemId = system,
        PromptId = prompt,
        QuestionId = 1,
        Label = "1",
        Question = "Is there a fox?",
        Expected = expected,
        Category = category,
        AnswerText = answer,
        RaterId = 1,
        Pseudonym = "R-1",
        Simulated = false,
        VotedAt = DateTimeOffset.UnixEpoch,
        Counts = true,
    };
}
