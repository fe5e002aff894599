using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Studies;

public sealed class StudyDraftTests
{
    private static readonly PairCheck OnePair = PairCheck.Of([Image(1)], [Image(2)], [Pair(1, 2)]);

    [Fact]
    public void Faults_NewDraft_LacksOnlyNameAndSystems() =>
        Assert.Equal(["Give the study a name.", "Choose two systems."], new StudyDraft().Faults(pairs: null));

    [Fact]
    public void Faults_CompleteDraft_HasNone() => Assert.Empty(Complete().Faults(OnePair));

    [Fact]
    public void Faults_SameSystemTwice_IsNoComparison()
    {
        var draft = Complete();
        draft.SystemBId = draft.SystemAId;

        Assert.Equal(["Choose two different systems."], draft.Faults(pairs: null));
    }

    [Fact]
    public void Faults_NothingInCommon_SaysSo() =>
        Assert.Contains("no images for the same prompts", Assert.Single(Complete().Faults(PairCheck.Of([Image(1)], [Image(2)], []))), StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Faults_VotesOutOfRange_IsOne(int votes)
    {
        var draft = Complete();
        draft.VotesPerComparison = votes;

        Assert.Equal(["Ask for 1 to 1000 votes per comparison."], draft.Faults(OnePair));
    }

    [Fact]
    public void Faults_NoAnswerPerRater_IsOne()
    {
        var draft = Complete();
        draft.AnswersPerRater = 0;

        Assert.Equal(["Let a rater give at least 1 answer, or leave the limit empty."], draft.Faults(OnePair));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    public void Faults_TopsUpClose_NeedsThreeVotes(int votes, int faults)
    {
        var draft = Complete();
        (draft.VotesPerComparison, draft.TopsUpClose) = (votes, true);

        Assert.Equal(faults, draft.Faults(OnePair).Count(fault => fault.Contains("from 3 votes per comparison on", StringComparison.Ordinal)));
    }

    [Fact]
    public void Faults_EmptyTexts_AreEachOne()
    {
        var draft = Complete();
        (draft.Consent, draft.Instructions, draft.Axes[0].Question) = (" ", "", "");

        Assert.Equal(["Write down every question that is asked.", "Say what raters agree to.", "Say how raters are to judge."], draft.Faults(OnePair));
    }

    [Fact]
    public void Faults_NoQuestion_IsOne()
    {
        var draft = Complete();
        foreach (var axis in draft.Axes)
            (axis.Asked, axis.Question) = (false, "");

        Assert.Equal(["Ask at least one question."], draft.Faults(OnePair));
    }

    [Fact]
    public void ToNewStudy_OneAxisAsked_HasThatAxisAndThePairs()
    {
        var draft = Complete();
        draft.Name = " Round 1 ";
        draft.Axes[0].Asked = false;
        draft.Axes[1].PromptVisible = true;
        draft.Axes[1].FlawStrip = true; // is for flaws only
        (draft.AnswersPerRater, draft.TopsUpClose) = (60, true);

        var study = draft.ToNewStudy(OnePair, createdByAccountId: 7);

        Assert.Equal(("Round 1", 5, 1L, 2L, 7L), (study.Name, study.VotesPerComparison, study.SystemAId, study.SystemBId, study.CreatedByAccountId));
        Assert.Equal(new StudyAxis { Axis = Axis.Appeal, Question = "Which image is more pleasing?", PromptVisible = true }, Assert.Single(study.Axes));
        Assert.Equal(OnePair.Pairs, study.Pairs);
        Assert.Equal((60, TopUp.Close), (study.AnswersPerRater, study.TopUp));
    }

    [Fact]
    public void Language_Chosen_TranslatesTheTextsThatNobodyHasChanged()
    {
        var draft = Complete();
        var (flaws, appeal) = (draft.Axes[0], draft.Axes[1]);
        appeal.Question = "Which one do you prefer?";

        draft.Language = Language.Find("ar")!;

        Assert.Equal("أي الصورتين عيوبها المرئية أقل؟", flaws.Question);
        Assert.Equal("Which one do you prefer?", appeal.Question);
        Assert.DoesNotContain("You", draft.Consent + draft.Instructions, StringComparison.Ordinal);
        Assert.Equal("ar", draft.ToNewStudy(OnePair, createdByAccountId: 7).Language);

        draft.Consent = "نعم";
        draft.Language = Language.English;

        Assert.Equal(("Which image has fewer visual flaws?", "نعم"), (flaws.Question, draft.Consent));
        Assert.StartsWith("You are asked one question", draft.Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public void PairCheck_UnequalSystems_CountsWhatIsOdd()
    {
        var check = PairCheck.Of(
            [Image(1, "same"), Image(3, width: 64), Image(5), Image(7)],
            [Image(2, "same"), Image(4, width: 128), Image(6)],
            [Pair(1, 2), Pair(3, 4), Pair(5, 6)]);

        Assert.Equal((1, 0, 1, 1), (check.OnlyInA, check.OnlyInB, check.SameFile, check.UnequalSize));
        Assert.Equal(3, check.Warnings().Count());
        Assert.Null(check.Fault);
    }

    [Fact]
    public void PairCheck_EqualSystems_WarnsOfNothing() => Assert.Empty(OnePair.Warnings());

    [Theory]
    [InlineData(20, 16, "System B has the larger file in 16 of 20 pairs.")]
    [InlineData(20, 15, null)]
    [InlineData(19, 19, null)] // too few to say so
    public void PairCheck_FilesOfOneSystemMostlyLarger_IsNoted(int pairs, int largerInB, string? note)
    {
        var numbers = Enumerable.Range(0, pairs).ToList();

        var check = PairCheck.Of(
            [.. numbers.Select(i => Image(i, bytes: 100))],
            [.. numbers.Select(i => Image(1000 + i, bytes: i < largerInB ? 101 : 100))],
            [.. numbers.Select(i => Pair(i, 1000 + i))]);

        if (note is null)
            Assert.Empty(check.Notes());
        else
            Assert.StartsWith(note, Assert.Single(check.Notes()), StringComparison.Ordinal);
        Assert.Empty(check.Warnings());
    }

    private static StudyDraft Complete() => new() { Name = "Round 1", SystemAId = 1, SystemBId = 2 };

    private static ImagePair Pair(long a, long b) => new() { PromptId = 1, ImageAId = a, ImageBId = b };

    private static StoredImage Image(long id, string? sha256 = null, int width = 128, int bytes = 1) => new()
    {
        ImageId = id,
        SystemId = 1,
        Sha256 = sha256 ?? $"{id}",
        Width = width,
        Height = 128,
        ByteLength = bytes,
        MediaType = "image/png",
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void Form_Changed_BringsItsQuestionsAndTextsUnlessTheyWereWritten()
    {
        var draft = new StudyDraft { Instructions = "Look closely." };

        draft.Form = StudyForm.Alignment;

        Assert.Equal(Axis.Alignment, Assert.Single(draft.Axes).Axis);
        Assert.Equal(FormDefaults.Consent(StudyForm.Alignment, Language.English), draft.Consent);
        Assert.Equal("Look closely.", draft.Instructions);
    }

    [Fact]
    public void Faults_OtherForms_AskForWhatTheyNeed()
    {
        Assert.Equal(
            ["Choose a system.", "Choose what raters are asked."],
            new StudyDraft { Name = "What is shown", Form = StudyForm.Alignment }.Faults(pairs: null));
        Assert.Equal(
            ["Show 2 to 9 images at once."],
            new StudyDraft { Name = "The best", Form = StudyForm.Preference, SystemAId = 1, ImagesPerItem = 10 }.Faults(pairs: null));
        Assert.Equal(
            ["Choose two different systems."],
            new StudyDraft { Name = "The best", Form = StudyForm.Preference, SystemAId = 1, SystemBId = 1 }.Faults(pairs: null));
    }
}
