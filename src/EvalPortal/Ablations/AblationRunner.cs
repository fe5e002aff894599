using System.Globalization;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Ablations;

/// <summary>
/// Takes comparisons of objectives further: orders the images of every model that is trained, and once all are there makes the
/// leaderboard.
/// </summary>
public sealed class AblationRunner(
    AblationStore ablations, AblationOrders orders, JobStore jobs, JobOrders jobOrders, PreferenceSetStore sets, StudyStore studies, StudyGroupStore groups,
    DraftCheck check, TimeProvider clock, ILogger<AblationRunner> log)
    : BeatingService(Beat, "A comparison of objectives could not be taken further", clock, log)
{
    /// <summary>How often it looks for comparisons.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public override async Task AdvanceAsync(CancellationToken cancel = default)
    {
        foreach (var ablation in await ablations.ListOpenAsync(cancel))
        {
            try
            {
                await AdvanceAsync(ablation, cancel);
            }
            catch (RefusedException refused)
            {
                await ablations.SetErrorAsync(ablation.AblationId, refused.Message, cancel);
            }
        }
    }

    private async Task AdvanceAsync(Ablation ablation, CancellationToken cancel)
    {
        var arms = (await ablations.ListArmsAsync(ablation.AblationId, cancel)).Where(arm => !arm.LeftOut).ToList();
        foreach (var arm in arms.Where(arm => arm is { ModelId: not null, SampleJobId: null }))
            await ablations.SetSampleJobAsync(ablation.AblationId, arm.Position, await DrawAsync(ablation, arm, cancel), cancel);
        if (!arms.TrueForAll(arm => arm is { SampleState: RunState.Succeeded, SystemId: not null }))
            return;
        if (arms.Count < AblationDraft.FewestSystems)
            throw new RefusedException($"Only {arms.Count} systems are left, and a leaderboard ranks {AblationDraft.FewestSystems} at least. Take one in again, or compare the two as old and new.");
        await ablations.SetGroupAsync(ablation.AblationId, await MakeStudiesAsync(ablation, arms, cancel), cancel);
    }

    /// <summary>Orders an arm's images; the order of an earlier run that was not recorded is taken up.</summary>
    private async Task<long> DrawAsync(Ablation ablation, AblationArm arm, CancellationToken cancel)
    {
        var name = $"{arm.Name}, for {ablation.Name}";
        if ((await jobs.ListAsync(cancel)).FirstOrDefault(job => job.Kind == JobKind.Sample && job.Name == name && job.ModelId == arm.ModelId) is { } ordered)
            return ordered.JobId;
        var set = (await sets.FindAsync(ablation.PreferenceSetId, cancel))!;
        var lines =
            from prompt in await orders.ListPromptsAsync(set.StudyId, ablation.PromptSetId, cancel)
            from seed in SeedList.Parse(ablation.Seeds)
            select new PromptLine { PromptId = prompt.PromptId.ToString(CultureInfo.InvariantCulture), Prompt = prompt.Text, Seed = seed };
        var settings = new SampleSettings { InferenceSteps = ablation.InferenceSteps, GuidanceScale = ablation.GuidanceScale };
        return await jobOrders.SampleAsync(name, arm.ModelId!.Value, [.. lines], settings, ablation.CreatedByAccountId, cancel);
    }

    /// <summary>The leaderboard of the arms, with the questions and the language of the study that the votes came from.</summary>
    private async Task<long> MakeStudiesAsync(Ablation ablation, List<AblationArm> arms, CancellationToken cancel)
    {
        if ((await groups.ListAsync(cancel)).FirstOrDefault(group => group.Name == ablation.Name) is { } made)
            return await OpenAsync(ablation, await IsOfAsync(made, arms, cancel) ? made.StudyGroupId
                : throw new RefusedException($"Somebody made linked studies called '{ablation.Name}' meanwhile. Rename those, then try again."), cancel);
        var parent = (await studies.FindAsync((await sets.FindAsync(ablation.PreferenceSetId, cancel))!.StudyId, cancel))!;
        var drafts = new List<NewStudy>();
        foreach (var (i, a) in arms.Index())
        {
            foreach (var b in arms.Skip(i + 1))
                drafts.Add(await OfPairAsync(ablation, parent, a, b));
        }
        return await OpenAsync(ablation, await studies.AddGroupAsync(new NewStudyGroup(ablation.Name, StudyPresets.Leaderboard.Key, drafts), cancel), cancel);
    }

    private async Task<bool> IsOfAsync(StudyGroup group, List<AblationArm> arms, CancellationToken cancel)
    {
        var judged = (await studies.ListGroupAsync(group.StudyGroupId, cancel)).SelectMany(study => (long?[])[study.SystemAId, study.SystemBId]).ToHashSet();
        return judged.SetEquals(arms.Select(arm => arm.SystemId));
    }

    private async Task<NewStudy> OfPairAsync(Ablation ablation, Study parent, AblationArm a, AblationArm b)
    {
        var preset = StudyPresets.Leaderboard.Studies[0];
        var draft = new StudyDraft();
        preset.Apply(draft);
        if (parent.Form == StudyForm.Pairs)
            draft.CopyFrom(parent, imagesAtOnce: 0);
        else
            draft.Language = Language.Find(parent.Language) ?? Language.English;
        draft.Name = $"{ablation.Name}: {a.Name} and {b.Name}";
        (draft.SystemAId, draft.SystemBId, draft.VotesPerComparison, draft.TopsUpClose) = (a.SystemId, b.SystemId, ablation.VotesPerComparison, false);
        var pairs = await check.OfPairsAsync(a.SystemId!.Value, b.SystemId!.Value);
        if (pairs.Fault is not null || pairs.OnlyInA + pairs.OnlyInB > 0)
            throw new RefusedException($"Of {a.Name} and {b.Name} {pairs.Pairs.Count} images can be paired, and {pairs.OnlyInA + pairs.OnlyInB} cannot; all of them should.");
        return draft.ToNewStudy(pairs, ablation.CreatedByAccountId ?? 0) with
        {
            Preset = preset.Key,
            ParentStudyId = parent.StudyId,
            CreatedByAccountId = ablation.CreatedByAccountId,
        };
    }

    private async Task<long> OpenAsync(Ablation ablation, long studyGroupId, CancellationToken cancel)
    {
        foreach (var study in (await studies.ListGroupAsync(studyGroupId, cancel)).Where(study => ablation.OpensAtOnce && study.State == StudyState.Draft))
            await studies.SetStateAsync(study.StudyId, StudyState.Running, cancel);
        return studyGroupId;
    }
}
