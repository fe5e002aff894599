using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>How a study is to be analysed. What is left out stays, or is what a new study begins with.</summary>
public record PlanChange
{
    /// <summary>The questions whose tests are one family, adjusted by Holm.</summary>
    public IReadOnlyList<Axis>? Family { get; init; }

    /// <summary>Whether the questions of the linked studies of pairs are in the family too.</summary>
    public bool? WithLinked { get; init; }

    /// <summary>By what the plan decides.</summary>
    public PlannedTest? Test { get; init; }

    /// <summary>Level of the tests, 0.0001 to 0.5.</summary>
    public double? Significance { get; init; }

    /// <summary>The largest lag in alignment rate that does not matter, 0 to 1; of non-inferiority only.</summary>
    public double? Margin { get; init; }

    /// <summary>The rules by which raters may be left out, such as <c>side_bias</c> or <c>manual</c>.</summary>
    public IReadOnlyList<string>? ExclusionRules { get; init; }

    /// <summary>How many comparisons each question is to have compared before anybody looks; 0 for no number.</summary>
    public int? PlannedComparisons { get; init; }

    /// <summary>Sets a draft so.</summary>
    /// <exception cref="RefusedException">It cannot be so.</exception>
    internal AnalysisPlan Apply(Study study, PlanDraft draft)
    {
        if (Family?.Except(study.Axes.Select(axis => axis.Axis)).ToList() is [var other, ..])
            throw new RefusedException($"The study does not ask about {other.ToText()}. It asks about: {string.Join(", ", study.Axes.Select(axis => axis.Axis.ToText()))}.");
        if (Test is { } test && !draft.Tests.Contains(test))
            throw new RefusedException($"A study of this form has no test '{test.ToText()}'. It has: {string.Join(", ", draft.Tests.Select(known => known.ToText()))}.");
        if (ExclusionRules?.FirstOrDefault(rule => !PlanDraft.Rules.Contains(rule)) is { } unknown)
            throw new RefusedException($"There is no rule '{unknown}'{Nearest.Hint(unknown, PlanDraft.Rules)}");
        Replace(draft.Family, Family);
        Replace(draft.ExclusionRules, ExclusionRules);
        (draft.WithLinked, draft.Test, draft.Significance) = (WithLinked ?? draft.WithLinked, Test ?? draft.Test, Significance ?? draft.Significance);
        draft.MarginPoints = Margin is { } margin ? 100 * margin : draft.MarginPoints;
        if (PlannedComparisons is { } planned && planned != (draft.PlannedComparisons ?? 0))
            (draft.PlannedComparisons, draft.Power) = (planned == 0 ? null : planned, null); // it was computed for another number
        return string.Join(' ', draft.Faults()) is { Length: > 0 } faults ? throw new RefusedException(faults) : draft.ToPlan();
    }

    private static void Replace<T>(HashSet<T> all, IReadOnlyList<T>? wanted)
    {
        if (wanted is null)
            return;
        all.Clear();
        all.UnionWith(wanted);
    }
}

/// <summary>A further version of a locked plan.</summary>
public sealed record PlanAmendment : PlanChange
{
    /// <summary>Why the version before is not kept; it stands beside the plan for good.</summary>
    public required string Reason { get; init; }
}

/// <summary>A version of the plan of a study.</summary>
public sealed record PlanResource
{
    /// <summary>From 1; those after it are amendments.</summary>
    public required int Version { get; init; }

    /// <summary>The questions whose tests are one family, such as <c>flaws</c>.</summary>
    public required IReadOnlyList<string> Family { get; init; }
    public required bool WithLinked { get; init; }
    public required PlannedTest Test { get; init; }
    public required double Significance { get; init; }
    public double? Margin { get; init; }
    public required IReadOnlyList<string> ExclusionRules { get; init; }
    public int? PlannedComparisons { get; init; }

    /// <summary>Why the version before was not kept.</summary>
    public string? Reason { get; init; }

    /// <summary>Hash of what was written down; null until it is locked, as the rest.</summary>
    public string? Sha256 { get; init; }

    /// <summary>People's votes that were there when it was locked.</summary>
    public int? VotesBefore { get; init; }
    public string? LockedBy { get; init; }
    public DateTimeOffset? LockedAt { get; init; }

    internal static PlanResource Of(PlanVersion version) => new()
    {
        Version = version.Version,
        Family = [.. version.Plan.Family.Select(axis => axis.ToText())],
        WithLinked = version.Plan.WithLinked,
        Test = version.Plan.Test,
        Significance = version.Plan.Significance,
        Margin = version.Plan.Margin,
        ExclusionRules = version.Plan.ExclusionRules,
        PlannedComparisons = version.Plan.PlannedComparisons,
        Reason = version.Reason,
        Sha256 = version.Sha256,
        VotesBefore = version.VotesBefore,
        LockedBy = version.LockedBy,
        LockedAt = version.LockedAt,
    };
}

/// <summary>Analysis plans through the API: written down, locked, amended.</summary>
internal static class PlanEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var plan = api.MapGroup("/studies/{studyId:long}/plan");
        plan.MapGet("", ListAsync).Needs(ApiScope.ReadStudies).Tell("listPlanVersions", Groups.Studies, "See the analysis plan of a study", "Every version, oldest first; none where nothing was planned.");
        plan.MapPatch("", SaveAsync).Needs(ApiScope.WriteStudies)
            .Example("""{"family": ["flaws"], "planned_comparisons": 200}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("changePlan", Groups.Studies, "Write the analysis plan down", "What is left out stays as it is. A plan that is locked is amended instead.");
        plan.MapPost("/lock", LockAsync).Needs(ApiScope.WriteStudies)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("lockPlan", Groups.Studies, "Lock the analysis plan for good", "With time and hash. One that is locked already stays as it is.");
        plan.MapPost("/amendments", AmendAsync).Needs(ApiScope.WriteStudies).Once(needed: true)
            .Example("""{"planned_comparisons": 300, "reason": "Fewer raters came than were planned for."}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("amendPlan", Groups.Studies, "Amend a locked plan", "As a further version, locked from the start. The versions before it stay.");
    }

    private static async Task<IEnumerable<PlanResource>> ListAsync(long studyId, PlanStore plans, CancellationToken cancel) =>
        (await plans.ListAsync(studyId, cancel)).Select(PlanResource.Of);

    private static async Task<PlanResource> SaveAsync(long studyId, ApiBody<PlanChange> body, HttpContext context, PlanStore plans, CancellationToken cancel)
    {
        var (study, versions) = (context.Study(), await plans.ListAsync(studyId, cancel));
        if (versions.Any(version => version.LockedAt is not null))
            throw new ApiProblemException(StatusCodes.Status409Conflict, "The plan is locked. What is to change is an amendment, with its reason.");
        if (study.State == StudyState.Closed)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "The study is closed: a plan that is written down now would be none.");
        await plans.SaveAsync(study, body.Value.Apply(study, Draft(study, versions)), cancel);
        return await LastAsync(studyId, plans, cancel);
    }

    private static async Task<PlanResource> LockAsync(long studyId, HttpContext context, PlanStore plans, CancellationToken cancel)
    {
        var versions = await plans.ListAsync(studyId, cancel);
        if (versions is [] || context.Study().State == StudyState.Closed && versions.All(version => version.LockedAt is null))
            throw new ApiProblemException(StatusCodes.Status409Conflict, versions is [] ? "Nothing was planned yet: write the plan down first." : "The study is closed: a plan that is locked now would be none.");
        if (versions.All(version => version.LockedAt is null))
            await plans.LockAsync(context.Study(), context.User.AccountId(), cancel);
        return await LastAsync(studyId, plans, cancel);
    }

    private static async Task<PlanResource> AmendAsync(long studyId, ApiBody<PlanAmendment> body, HttpContext context, PlanStore plans, CancellationToken cancel)
    {
        var (study, versions) = (context.Study(), await plans.ListAsync(studyId, cancel));
        if (versions.All(version => version.LockedAt is null))
            throw new ApiProblemException(StatusCodes.Status409Conflict, "The plan is not locked yet: it can be changed as it is.");
        await plans.AmendAsync(study, body.Value.Apply(study, Draft(study, versions)), body.Value.Reason, context.User.AccountId(), cancel);
        return await LastAsync(studyId, plans, CancellationToken.None);
    }

    private static PlanDraft Draft(Study study, IReadOnlyList<PlanVersion> versions) => versions is [.., var last] ? PlanDraft.Of(study, last.Plan) : PlanDraft.For(study);

    private static async Task<PlanResource> LastAsync(long studyId, PlanStore plans, CancellationToken cancel) => PlanResource.Of((await plans.ListAsync(studyId, cancel))[^1]);
}
