using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Plans;

/// <summary>What the page of a study's plan shows, and what is done there.</summary>
public sealed class PlanSession(StudyStore studies, PlanStore plans, StudyMaterialStore materials)
{
    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    /// <summary>Every version, oldest first.</summary>
    public IReadOnlyList<PlanVersion> Versions { get; private set; } = [];

    /// <summary>The version in force; null while none is locked.</summary>
    public PlanVersion? Locked => Versions.LastOrDefault(version => version.LockedAt is not null);

    /// <summary>The form; null where there is nothing to change.</summary>
    public PlanDraft? Draft { get; private set; }

    /// <summary>How many things the study has to judge.</summary>
    public int Comparisons { get; private set; }

    /// <summary>Why the version in force is not kept.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Whether the form is for an amendment.</summary>
    public bool IsAmending => Draft is not null && Locked is not null;

    /// <summary>What was wrong at the last attempt.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Whether what stands in the form has been kept.</summary>
    public bool IsSaved { get; private set; }

    /// <summary>Reads everything anew.</summary>
    public async Task ReadAsync(long studyId)
    {
        Study = await studies.FindAsync(studyId);
        if (Study is null)
            return;
        Versions = await plans.ListAsync(studyId);
        Comparisons = (await materials.ReadAsync(studyId)).Comparisons;
        (Reason, Faults, IsSaved) = ("", [], false);
        Draft = Locked is not null || Study.State == StudyState.Closed ? null
            : Versions is [var written] ? PlanDraft.Of(Study, written.Plan) : PlanDraft.For(Study);
    }

    /// <summary>Begins an amendment with what is in force.</summary>
    public void Amend() => Draft = PlanDraft.Of(Study!, Locked!.Plan);

    /// <summary>Ends an amendment without it.</summary>
    public void Forget() => (Draft, Reason, Faults) = (null, "", []);

    /// <summary>Keeps what stands in the form, unlocked.</summary>
    public Task<bool> SaveAsync() => TryAsync(async () =>
    {
        await plans.SaveAsync(Study!, Draft!.ToPlan());
        Versions = await plans.ListAsync(Study!.StudyId);
        IsSaved = true;
    });

    /// <summary>Keeps it and locks it.</summary>
    public Task<bool> LockAsync(long accountId) => TryAsync(async () =>
    {
        await plans.SaveAsync(Study!, Draft!.ToPlan());
        await plans.LockAsync(Study!, accountId);
        await ReadAsync(Study!.StudyId);
    });

    /// <summary>Adds what stands in the form as an amendment.</summary>
    public Task<bool> AmendAsync(long accountId) => TryAsync(async () =>
    {
        await plans.AmendAsync(Study!, Draft!.ToPlan(), Reason, accountId);
        await ReadAsync(Study!.StudyId);
    });

    private async Task<bool> TryAsync(Func<Task> change)
    {
        (Faults, IsSaved) = ([.. Draft!.Faults()], false);
        if (Faults.Count > 0)
            return false;
        try
        {
            await change();
            return true;
        }
        catch (RefusedException refused)
        {
            Faults = [refused.Message];
            return false;
        }
    }
}
