using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Makes the study of each round whose images are there.</summary>
public sealed class RoundRunner(
    RoundStore rounds, SystemStore systems, StudyStore studies, ComparisonStore comparisons, StudyItems items, TimeProvider clock, ILogger<RoundRunner> log)
    : BeatingService(Beat, "A round could not be taken further", clock, log)
{
    /// <summary>How often it looks for rounds.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public override async Task AdvanceAsync(CancellationToken cancel = default)
    {
        foreach (var round in await rounds.ListReadyAsync(cancel))
        {
            try
            {
                await rounds.SetStudyAsync(round.RoundId, await MakeStudyAsync(round, cancel), cancel);
            }
            catch (RefusedException refused)
            {
                await rounds.SetErrorAsync(round.RoundId, refused.Message, cancel);
            }
        }
    }

    private async Task<long> MakeStudyAsync(Round round, CancellationToken cancel)
    {
        var before = (await systems.FindByJobAsync(round.OldJobId, cancel))!;
        var after = (await systems.FindByJobAsync(round.NewJobId, cancel))!;
        var study = await studies.FindByNameAsync(round.StudyName, cancel);
        if (study is not null && (study.SystemAId, study.SystemBId) != (after.SystemId, before.SystemId))
            throw new RefusedException($"Somebody made a study called '{round.StudyName}' meanwhile. Compare the models again under another name.");

        var id = study?.StudyId ?? await AddStudyAsync(round, after, before, cancel);
        if (round.OpensAtOnce && (study?.State ?? StudyState.Draft) == StudyState.Draft)
            await studies.SetStateAsync(id, StudyState.Running, cancel);
        return id;
    }

    /// <summary>Asks what the parent asked, or after best and worst what a new study of pairs asks; the new model is A, so that a positive difference is progress.</summary>
    private async Task<long> AddStudyAsync(Round round, SystemUnderTest after, SystemUnderTest before, CancellationToken cancel)
    {
        var parent = (await studies.FindAsync(round.ParentStudyId, cancel))!;
        var pairs = await comparisons.PairUpAsync(after.SystemId, before.SystemId, cancel);
        if (pairs.Count == 0 || pairs.Count != after.ImageCount || pairs.Count != before.ImageCount)
            throw new RefusedException($"The models drew {before.ImageCount} and {after.ImageCount} images, of which {pairs.Count} can be paired; all of them should.");
        var language = Language.Find(parent.Language) ?? Language.English;
        var same = parent.Form != StudyForm.Preference;
        return await studies.AddAsync(
            new NewStudy
            {
                Name = round.StudyName,
                VotesPerComparison = round.VotesPerComparison,
                AnswersPerRater = parent.AnswersPerRater,
                TopUp = round.VotesPerComparison < TopUpRule.MinVotes ? TopUp.Off : parent.TopUp,
                Language = parent.Language,
                Consent = same ? parent.Consent : FormDefaults.Consent(StudyForm.Pairs, language),
                Instructions = same ? parent.Instructions : FormDefaults.Instructions(StudyForm.Pairs, language),
                SystemAId = after.SystemId,
                SystemBId = before.SystemId,
                ParentStudyId = parent.StudyId,
                Preset = same ? parent.Preset : null,
                CreatedByAccountId = round.CreatedByAccountId,
                Axes = same ? parent.Axes : [.. FormDefaults.Axes(StudyForm.Pairs, language).Select(axis => axis.ToAxis())],
                QuestionSetId = parent.QuestionSetId,
                Pairs = parent.Form == StudyForm.Alignment ? [] : pairs,
                Items = parent.QuestionSetId is { } questions ? await items.ListForAlignmentAsync(after.SystemId, before.SystemId, questions, cancel) : [],
            },
            cancel);
    }
}
