using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Presets;

public class StudyPresetsTests
{
    public static TheoryData<string> Keys => [.. StudyPresets.All.SelectMany(preset => preset.Studies).Select(study => study.Key)];

    [Theory, MemberData(nameof(Keys))]
    public void Deviations_StudyAsThePresetSetsIt_HasNone(string key)
    {
        Assert.Empty(Deviation.Of(Made(key), Enough));
        Assert.Empty(Deviation.Of(Made(key, draft => draft.Language = Language.Find("ar")!), Enough)); // another language is none
    }

    [Fact]
    public void PixelSpace_AsInThePaper_HidesThePromptOfFlawsAndAppealAndHasFiveVotes()
    {
        Assert.Equal(["Flaws", "Appeal", "Alignment", "Preference"], StudyPresets.PixelSpace.Studies.Select(study => study.Name));
        var (flaws, appeal) = (Made("pixel-space/flaws"), Made("pixel-space/appeal"));

        Assert.Equal((Axis.Flaws, false, false), (Assert.Single(flaws.Axes).Axis, flaws.Axes[0].PromptVisible, flaws.Axes[0].FlawStrip));
        Assert.Equal((Axis.Appeal, false), (Assert.Single(appeal.Axes).Axis, appeal.Axes[0].PromptVisible));
        Assert.All(StudyPresets.PixelSpace.Studies, study => Assert.Equal(5, Made(study.Key).VotesPerComparison));
        Assert.Equal(TopUp.Off, flaws.TopUp);
        Assert.Null(Made("pixel-space/preference").SystemBId);
    }

    [Fact]
    public void Deviations_EverySettingChanged_NamesEach()
    {
        var study = Made("pixel-space/flaws", draft =>
        {
            draft.Axes[0].PromptVisible = true;
            draft.Axes[0].FlawStrip = true;
            draft.Axes[0].Question = "Which is cleaner?";
            draft.Axes[1].Asked = true;
            draft.VotesPerComparison = 3;
            draft.TopsUpClose = true;
            draft.Consent = "All right.";
            draft.Instructions = "Look.";
        });

        var deviations = Deviation.Of(study, new StudyMaterial { Comparisons = 60, Prompts = 60, ImagesAtOnce = 0, TrainingPairs = 0 });

        Assert.Equal(
            [
                new("Prompts", "600", "60"),
                new("Prompt with the question about flaws", "hidden", "shown"),
                new("Where the worst flaw was", "not asked", "asked afterwards"),
                new("Words of the question about flaws", RaterTexts.In(Language.English, "Standard_Question_Flaws"), "Which is cleaner?"),
                new("Question about appeal", "not asked", "asked"),
                new("Votes per comparison", "at least 5", "3"),
                new("More votes where they end close", "none", "2 more"),
                new("Training before the first vote", "raters are trained", "none"),
                new("Consent", "the text that a new study has", "another text"),
                new("Instructions", "the text that a new study has", "another text"),
            ],
            deviations);
    }

    [Fact]
    public void Deviations_OtherForm_SaysSo()
    {
        var study = Made("best-of-five", draft => draft.Form = StudyForm.Pairs) with { SystemBId = 2 };

        var deviations = Deviation.Of(study, Enough);

        Assert.Equal(
            [
                new("What raters judge", "several images of one prompt", "two images side by side"),
                new("Systems", "one", "two"),
                new("Question about preference", "asked", "not asked"),
                new("Question about flaws", "not asked", "asked"),
                new("Question about appeal", "not asked", "asked"),
            ],
            deviations);
    }

    [Fact]
    public void Deviations_FewerImagesAndMoreVotes_NamesTheImagesAlone()
    {
        var study = Made("best-of-five", draft => draft.VotesPerComparison = 9);

        Assert.Equal([new("Images at once", "5", "4")], Deviation.Of(study, Enough with { ImagesAtOnce = 4 }));
    }

    [Fact]
    public void Deviations_StudyWithoutPreset_HasNone() => Assert.Empty(Deviation.Of(Made("two-models") with { Preset = null }, Enough));

    [Fact]
    public void Keys_OfAllPresets_AreEachTheirOwn()
    {
        var keys = StudyPresets.All.SelectMany(preset => preset.Studies).Select(study => study.Key).ToList();

        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Equal(key, StudyPresets.FindStudy(key)!.Value.Study.Key));
        Assert.All(StudyPresets.All, preset => Assert.Same(preset, StudyPresets.Find(preset.Key)));
        Assert.Null(StudyPresets.Find("no-such-preset"));
        Assert.Null(StudyPresets.FindStudy("no-such-study"));
    }

    private static readonly StudyMaterial Enough = new() { Comparisons = 600, Prompts = 600, ImagesAtOnce = 5, TrainingPairs = 8 };

    /// <summary>The study that comes of a preset's study, as a database would give it back.</summary>
    private static Study Made(string key, Action<StudyDraft>? change = null)
    {
        var preset = StudyPresets.FindStudy(key)!.Value.Study;
        var draft = new StudyDraft { Name = "One", SystemAId = 1, SystemBId = preset.IsOfOneSystem ? null : 2, QuestionSetId = 1 };
        preset.Apply(draft);
        change?.Invoke(draft);
        var made = draft.ToNewStudy(new PairCheck { Pairs = [], OnlyInA = 0, OnlyInB = 0, SameFile = 0, UnequalSize = 0, LargerFileInA = 0, LargerFileInB = 0 }, 1,
            new ItemCheck { Items = [], Fault = null, Words = "", Warnings = [] });
        return new Study
        {
            StudyId = 1,
            Name = made.Name,
            LinkToken = "link",
            State = StudyState.Draft,
            VotesPerComparison = made.VotesPerComparison,
            TopUp = made.TopUp,
            Language = made.Language,
            Consent = made.Consent,
            Instructions = made.Instructions,
            SystemAId = 1,
            SystemBId = made.SystemBId,
            Preset = key,
            CreatedAt = default,
            Axes = made.Axes,
        };
    }
}
