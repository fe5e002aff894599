using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>A running study in which raters pick the best and the worst of several images by two systems.</summary>
internal sealed class PreferenceStudy(Db db, TimeProvider clock, Study study)
{
    public Study Study => study;

    public static async Task<PreferenceStudy> AddAsync(Seeds seeds, Db db, TimeProvider clock, int prompts = 1, int votes = 3, int images = 5)
    {
        var promptSet = await seeds.PromptSetAsync([.. Enumerable.Range(1, prompts).Select(i => $"a fox number {i}")]);
        var (a, b) = (await seeds.SystemAsync(promptSet, [1, 2, 3]), await seeds.SystemAsync(promptSet, [4, 5, 6]));
        var studies = new StudyStore(db, clock);
        var id = await studies.AddAsync(await seeds.DraftAsync(a, b) with
        {
            VotesPerComparison = votes,
            Axes = [.. FormDefaults.Axes(StudyForm.Preference, Language.English).Select(axis => axis.ToAxis())],
            Pairs = [],
            Items = await new StudyItems(db).ListForPreferenceAsync(a, b, images),
        });
        await studies.SetStateAsync(id, StudyState.Running);
        return new PreferenceStudy(db, clock, (await studies.FindAsync(id))!);
    }

    /// <summary>A rater who has agreed to take part.</summary>
    public async Task<RaterSession> AddRaterAsync()
    {
        var raters = new RaterStore(db, clock);
        return await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, study.StudyId);
    }

    /// <summary>Picks as a browser would send them now.</summary>
    public VoteDraft Draft(Guid assignmentId, int best, int worst, params int[] flagged)
    {
        var now = clock.GetUtcNow();
        return new VoteDraft
        {
            AssignmentId = assignmentId,
            Choice = Choice.Answered,
            Picks = new PickDraft { Best = best, Worst = worst, Flagged = flagged },
            ResponseMs = 2_500,
            ShownAt = now.AddMilliseconds(-2_500),
            DecodedAt = now.AddSeconds(-9),
            VotedAt = now,
            AppVersion = "0.1.0",
        };
    }
}
