using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Guidelines;

/// <summary>When a try is passed, what comes after it, and in which order and with which sides it is asked.</summary>
public sealed class TrainingRulesTests
{
    [Theory]
    [InlineData(null, 5, 4)]
    [InlineData(null, 4, 4)]
    [InlineData(null, 1, 1)]
    [InlineData(null, 0, 0)]
    [InlineData(3, 5, 3)]
    [InlineData(9, 5, 5)]
    public void PassMark_ChosenOrNot_IsNeverMoreThanThereArePairs(int? chosen, int pairs, int expected) =>
        Assert.Equal(expected, TrainingProgress.PassMarkOf(chosen, pairs));

    [Theory]
    [InlineData("", TrainingState.Due, false)]
    [InlineData("0/0", TrainingState.Running, false)]
    [InlineData("4/4", TrainingState.Running, false)] // passed already, and all the same every pair is shown
    [InlineData("5/4", TrainingState.Passed, true)]
    [InlineData("5/3", TrainingState.Missed, false)]
    [InlineData("5/3 2/0", TrainingState.Running, false)]
    [InlineData("5/3 5/4", TrainingState.Passed, true)]
    [InlineData("5/3 5/3", TrainingState.Failed, false)]
    public void State_AfterTries_OfFivePairsWithFourNeeded(string tries, TrainingState state, bool letsOn)
    {
        var progress = new TrainingProgress
        {
            Pairs = 5,
            PassMark = 4,
            Attempts =
            [
                .. tries.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((text, i) => new TrainingAttempt
                {
                    Attempt = i + 1,
                    Pairs = 5,
                    Answered = text[0] - '0',
                    Correct = text[2] - '0',
                }),
            ],
        };

        Assert.Equal((state, letsOn), (progress.State, progress.LetsOn));
    }

    [Fact]
    public void State_StudyWithoutTraining_LetsOn() => Assert.True(new TrainingProgress { Pairs = 0, PassMark = 0 }.LetsOn);

    [Fact]
    public void Draw_SecondTry_HasAnotherOrderAndEverySideSwapped()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var examples = Enumerable.Range(0, 2 + seed % 5).Select(i => (Guid.NewGuid(), i < 2 ? Axis.Flaws : Axis.Appeal)).ToList();

            var first = TrainingOrder.Draw(examples, [], random);
            var second = TrainingOrder.Draw(examples, first, random);

            Assert.Equal(examples.Select(example => example.Item1).Order(), first.Select(pair => pair.ExamplePairId).Order());
            Assert.Equal(examples.Take(2).Select(example => example.Item1).Order(), second.Take(2).Select(pair => pair.ExamplePairId).Order()); // flaws first
            Assert.NotEqual(first.Take(2).Select(pair => pair.ExamplePairId), second.Take(2).Select(pair => pair.ExamplePairId));
            Assert.Equal(first.Select(pair => (pair.ExamplePairId, !pair.Swapped)).Order(), second.Select(pair => (pair.ExamplePairId, pair.Swapped)).Order());
        }
    }

    [Fact]
    public void Draw_FirstTry_DrawsSidesFairly()
    {
        var examples = Enumerable.Range(0, 1_000).Select(_ => (Guid.NewGuid(), Axis.Flaws)).ToList();

        Assert.InRange(TrainingOrder.Draw(examples, [], new Random(1)).Count(pair => pair.Swapped), 400, 600);
    }

    [Fact]
    public void Draft_NothingFilledIn_SaysWhatIsMissing() => Assert.Equal(
        ["Choose two images.", "Say what the right answer is.", "Say why, in a sentence or two: raters read it."],
        new ExampleDraft().Faults(showsPrompt: false));

    [Fact]
    public void Draft_SameImageTwiceLongReasonAndPlaceOutside_SaysSo()
    {
        var draft = new ExampleDraft { Left = File('a'), Right = File('a'), Answer = Choice.Tie, Explanation = new string('x', 301), FlawSide = Side.Left, FlawXPercent = 101, FlawYPercent = 5 };

        Assert.Equal(
            ["Left and right are the same image.", "The reason has 301 characters; it may have 300.", "The place of the flaw is 0 to 100 % from the left and from the top."],
            draft.Faults(showsPrompt: false));
    }

    [Fact]
    public void Draft_FlawPointedOut_StaysUntilItsImageChanges()
    {
        var draft = new ExampleDraft { Left = File('a'), Right = File('b'), Answer = Choice.Right, Explanation = " The eyes. ", FlawSeverity = FlawSeverity.Minor };
        draft.Point(Side.Left, 0.2504, 1.2);

        var example = draft.ToExample(studyId: 7, showsPrompt: false);

        Assert.Equal((7, "The eyes.", Side.Left, 0.25, 1.0), (example.StudyId, example.Explanation, example.FlawSide, example.FlawX!.Value, example.FlawY!.Value));
        draft.SetImage(Side.Right, File('c'));
        Assert.Equal(Side.Left, draft.FlawSide);
        draft.SetImage(Side.Left, File('d'));
        Assert.Null(draft.ToExample(7, showsPrompt: false).FlawX);
    }

    [Theory]
    [InlineData("", "Write down the prompt: raters see it with this question.")]
    [InlineData(" a fox ", null)]
    public void Draft_QuestionThatShowsPrompts_NeedsOne(string prompt, string? fault)
    {
        var draft = new ExampleDraft { Left = File('a'), Right = File('b'), Prompt = prompt, Answer = Choice.Left, Explanation = "More of it." };

        Assert.Equal(fault, draft.Faults(showsPrompt: true).SingleOrDefault());
        Assert.Empty(draft.Faults(showsPrompt: false));
        Assert.Equal(prompt.Trim(), draft.ToExample(7, showsPrompt: true).Prompt);
        Assert.Null(draft.ToExample(7, showsPrompt: false).Prompt);
    }

    [Fact]
    public void Draft_AboutAppeal_HasNoFlaw()
    {
        var draft = new ExampleDraft { Axis = Axis.Appeal, Left = File('a'), Right = File('b'), Answer = Choice.Right, Explanation = "Calmer.", FlawSeverity = FlawSeverity.Major };
        draft.Point(Side.Left, 0.5, 0.5);

        var example = draft.ToExample(studyId: 7, showsPrompt: false);

        Assert.Equal((null, null, null), (example.FlawSeverity, example.FlawSide, example.FlawX));
    }

    private static ImageFile File(char letter) => new() { Sha256 = new string(letter, 64), Width = 8, Height = 8, ByteLength = 100, MediaType = "image/png" };
}
