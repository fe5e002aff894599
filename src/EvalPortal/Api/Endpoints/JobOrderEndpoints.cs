using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Jobs that are ordered: the same drafts and the same checks as on the pages.</summary>
internal static class JobOrderEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/training-presets", ListPresets).Needs(ApiScope.ReadStudies).Tell("listTrainingPresets", Groups.Jobs, "List presets of training settings");
        api.MapPost("/training-jobs", TrainAsync).Needs(ApiScope.Train).Once(needed: true)
            .Example("""{"name": "ours, round 1", "preference_set_id": 1, "preset": "paper-dit", "settings": {"learning_rate": 0.00001}}""")
            .Tell("startTraining", Groups.Jobs, "Train a model on a preference set", "Queued behind what is running. Refused with reasons where it cannot work.");
        api.MapPost("/generation-jobs", GenerateAsync).Needs(ApiScope.Train).Once(needed: true)
            .Example("""{"name": "ours, PartiPrompts", "model": "ours, round 1", "prompt_set": "PartiPrompts", "seeds": [1, 2]}""")
            .Tell("startGeneration", Groups.Jobs, "Draw images with a model", "Filed as a system once all are there.");
    }

    private static IEnumerable<TrainPresetResource> ListPresets() => TrainPreset.All.Select(preset => new TrainPresetResource(preset.Key, preset.Name, preset.About));

    private static async Task<Created<JobResource>> TrainAsync(
        ApiBody<NewTraining> body, HttpContext context, ApiGate gate, PreferenceSetStore sets, ModelStore models, TrainOrders orders, JobStore jobs, CancellationToken cancel)
    {
        var wanted = body.Value;
        var set = await sets.FindAsync(wanted.PreferenceSetId, cancel) ?? throw new RefusedException($"There is no preference set {wanted.PreferenceSetId}.");
        await gate.EnterAsync(context.User, set.StudyId, writes: true, cancel);
        var (pairs, known) = (await sets.ListPairsAsync(set.PreferenceSetId, cancel), await models.ListAsync(cancel));
        var start = wanted.Model is null ? (await orders.FindMaterialAsync(set.StudyId, set.VoteSource, set.Rules, cancel))?.BaseModel : Named(known, wanted.Model);
        var draft = new TrainDraft { Name = wanted.Name, ModelId = start?.ModelId };
        Set(draft, wanted.Settings); // first, as the steps of a preset depend on the size of a batch
        if (wanted.Preset is not null)
        {
            (TrainPreset.Find(wanted.Preset) ?? throw new RefusedException($"There is no preset '{wanted.Preset}'. There are: {string.Join(", ", TrainPreset.All.Select(preset => preset.Key))}."))
                .Apply(draft, pairs.Count);
        }
        Set(draft, wanted.Settings);
        if (string.Join(' ', orders.Check(draft, pairs, known).Faults) is { Length: > 0 } faults)
            throw new RefusedException(faults);
        return await CreatedAsync(await orders.TrainAsync(set.PreferenceSetId, draft, context.User.AccountId(), cancel), jobs);
    }

    private static async Task<Created<JobResource>> GenerateAsync(
        ApiBody<NewGeneration> body, HttpContext context, ModelStore models, PromptSetStore promptSets, GenerationOrders orders, JobStore jobs, CancellationToken cancel)
    {
        var wanted = body.Value;
        var set = await promptSets.FindByNameAsync(wanted.PromptSet, cancel) ?? throw new RefusedException($"There is no prompt set called '{wanted.PromptSet}'.");
        var draft = new GenerationDraft { Name = wanted.Name, PromptSetId = set.PromptSetId, Seeds = Seeds(wanted.Seeds) };
        draft.InferenceSteps = wanted.InferenceSteps ?? draft.InferenceSteps;
        draft.GuidanceScale = wanted.GuidanceScale ?? draft.GuidanceScale;
        draft.BatchSize = wanted.BatchSize ?? draft.BatchSize;
        var model = Named(await models.ListAsync(cancel), wanted.Model);
        return await CreatedAsync(await orders.GenerateAsync(model.ModelId, draft, context.User.AccountId(), cancel), jobs);
    }

    /// <summary>As they are typed on a page.</summary>
    internal static string Seeds(IReadOnlyList<long> seeds) => string.Join(", ", seeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture)));

    private static void Set(TrainDraft draft, IReadOnlyDictionary<string, JsonElement>? settings)
    {
        foreach (var (key, value) in settings ?? new Dictionary<string, JsonElement>())
            draft[key] = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }

    private static Model Named(IReadOnlyList<Model> known, string name) => known.FirstOrDefault(model => model.Name == name)
        ?? throw new RefusedException($"There is no model called '{name}'. Which there are says GET {ApiSetup.Root}/models.");

    /// <summary>The answer is kept under the request's name, whether or not somebody still waits for it.</summary>
    private static async Task<Created<JobResource>> CreatedAsync(long jobId, JobStore jobs) =>
        TypedResults.Created($"{ApiSetup.Root}/jobs/{jobId}", JobResource.Of((await jobs.FindAsync(jobId, CancellationToken.None))!));
}
