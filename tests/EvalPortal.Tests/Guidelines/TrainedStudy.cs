using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Guidelines;

/// <summary>A study whose raters are trained: examples of flaws and of appeal in guidelines and training.</summary>
internal static class TrainedStudy
{
    /// <summary>A draft without examples, one comparison per prompt, flaws before appeal.</summary>
    public static async Task<Study> AddDraftAsync(Seeds seeds, Db db, TimeProvider clock, int prompts = 1)
    {
        var studies = new StudyStore(db, clock);
        var (a, b) = await seeds.SystemsAsync([.. Enumerable.Range(1, prompts).Select(i => $"a fox number {i}")]);
        return (await studies.FindAsync(await studies.AddAsync(await seeds.DraftAsync(a, b))))!;
    }

    /// <summary>A running study with this many training examples; the right answer of the first is left, then right, tie and so on.</summary>
    public static async Task<Study> AddAsync(Seeds seeds, Db db, TimeProvider clock, int training, int? passMark = null, Func<int, string>? image = null)
    {
        var (study, guidelines) = (await AddDraftAsync(seeds, db, clock), new GuidelineStore(db, clock));
        await guidelines.SaveAsync(Example(study, ExampleUse.Guidelines, 0, image));
        for (var i = 1; i <= training; i++)
            await guidelines.SaveAsync(Example(study, ExampleUse.Training, i, image));
        if (passMark is not null)
            await guidelines.SetPassMarkAsync(study.StudyId, passMark);
        await new StudyStore(db, clock).SetStateAsync(study.StudyId, StudyState.Running);
        return (await new StudyStore(db, clock).FindAsync(study.StudyId))!;
    }

    /// <summary>An example whose explanation is <c>reason</c> and its number, with a flaw in the left image.</summary>
    public static ExamplePair Example(Study study, ExampleUse use, int number, Func<int, string>? image = null) => new()
    {
        ExamplePairId = Guid.NewGuid(),
        StudyId = study.StudyId,
        Axis = study.Axes[0].Axis,
        UsedIn = use,
        LeftSha256 = (image ?? Hash)(2 * number),
        LeftWidth = 64,
        LeftHeight = 48,
        RightSha256 = (image ?? Hash)(2 * number + 1),
        RightWidth = 48,
        RightHeight = 64,
        Answer = (number % 3) switch { 1 => Choice.Left, 2 => Choice.Right, _ => Choice.Tie },
        Explanation = $"reason {number}",
        FlawType = FlawType.Face,
        FlawSeverity = FlawSeverity.Minor,
        FlawSide = Side.Left,
        FlawX = 0.25,
        FlawY = 0.75,
    };

    /// <summary>An answer as a browser would send it now.</summary>
    public static VoteDraft Answer(Guid trainingPairId, Choice choice, DateTimeOffset now) => new()
    {
        AssignmentId = trainingPairId,
        Choice = choice,
        ResponseMs = 2_500,
        VisibleMs = 2_400,
        ShownAt = now.AddMilliseconds(-2_500),
        DecodedLeftAt = now.AddSeconds(-9),
        DecodedRightAt = now.AddSeconds(-8),
        VotedAt = now,
        Input = InputKind.Key,
        AppVersion = "0.1.0",
    };

    private static string Hash(int number) => $"{number:x64}";
}
