using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rounds;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A comparison of the model before a training with the model after it.</summary>
public sealed record NewRoundBody
{
    /// <summary>The training.</summary>
    public required long JobId { get; init; }

    /// <summary>Name of the study to come; left out, the next after that of the votes.</summary>
    public string? StudyName { get; init; }

    /// <summary>Name of the prompt set; left out, the prompts of the study that the votes came from.</summary>
    public string? PromptSet { get; init; }

    /// <summary>Each makes an image per prompt and model; left out, one that no rater has seen an image of.</summary>
    public IReadOnlyList<long>? Seeds { get; init; }
    public int? VotesPerComparison { get; init; }
    public int? InferenceSteps { get; init; }
    public double? GuidanceScale { get; init; }

    /// <summary>Whether raters may begin as soon as the images are there.</summary>
    public bool OpensAtOnce { get; init; }
}

/// <summary>A round, from the order of the images to the study.</summary>
public sealed record RoundResource
{
    public required long RoundId { get; init; }

    /// <summary>The job that draws with the model before.</summary>
    public required long OldJobId { get; init; }

    /// <summary>The job that draws with the model after.</summary>
    public required long NewJobId { get; init; }

    /// <summary>The study whose votes were trained on.</summary>
    public required long ParentStudyId { get; init; }
    public required string StudyName { get; init; }

    /// <summary>The study; null until all images are there.</summary>
    public long? StudyId { get; init; }

    /// <summary>Why there is no study although all images are there.</summary>
    public string? Error { get; init; }

    internal static RoundResource Of(Round round) => new()
    {
        RoundId = round.RoundId,
        OldJobId = round.OldJobId,
        NewJobId = round.NewJobId,
        ParentStudyId = round.ParentStudyId,
        StudyName = round.StudyName,
        StudyId = round.StudyId,
        Error = round.Error,
    };
}

/// <summary>Rounds through the API.</summary>
internal static class RoundEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/rounds", AddAsync).Needs(ApiScope.Train).Once(needed: true)
            .Example("""{"job_id": 1, "votes_per_comparison": 5}""")
            .Tell("startRound", Groups.Models, "Compare old and new", "Both models draw the same prompts with the same seeds, and a blind study of the images is made once all are there.");
        api.MapGet("/rounds/{roundId:long}", FindAsync).Needs(ApiScope.ReadStudies).Tell("getRound", Groups.Models, "See how far a round is");
    }

    private static async Task<Created<RoundResource>> AddAsync(
        ApiBody<NewRoundBody> body, HttpContext context, ApiGate gate, RoundOrders orders, PromptSetStore promptSets, RoundStore rounds, CancellationToken cancel)
    {
        var wanted = body.Value;
        var pair = await orders.FindModelsAsync(wanted.JobId, cancel) ?? throw new RefusedException($"Job {wanted.JobId} is no training that has succeeded.");
        await gate.EnterAsync(context.User, pair.Parent.StudyId, writes: true, cancel);
        var draft = await orders.DraftAsync(pair, cancel);
        draft.StudyName = wanted.StudyName ?? draft.StudyName;
        draft.Seeds = wanted.Seeds is null ? draft.Seeds : JobOrderEndpoints.Seeds(wanted.Seeds);
        draft.VotesPerComparison = wanted.VotesPerComparison ?? draft.VotesPerComparison;
        draft.InferenceSteps = wanted.InferenceSteps ?? draft.InferenceSteps;
        draft.GuidanceScale = wanted.GuidanceScale ?? draft.GuidanceScale;
        draft.OpensAtOnce = wanted.OpensAtOnce;
        if (wanted.PromptSet is { } name)
            draft.PromptSetId = (await promptSets.FindByNameAsync(name, cancel) ?? throw new RefusedException($"There is no prompt set called '{name}'.")).PromptSetId;
        var id = await orders.CompareAsync(pair, draft, context.User.AccountId(), cancel);
        return TypedResults.Created($"{ApiSetup.Root}/rounds/{id}", await FindAsync(id, rounds, CancellationToken.None));
    }

    private static async Task<RoundResource> FindAsync(long roundId, RoundStore rounds, CancellationToken cancel) => RoundResource.Of((await rounds.FindAsync(roundId, cancel))!);
}
