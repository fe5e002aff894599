using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Rounds;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Preference sets through the API: looked at, frozen, read.</summary>
internal static class PreferenceSetEndpoints
{
    private const string Example = """{"axis_rule": "flaws_then_appeal", "min_votes": 3}""";

    public static void Map(IEndpointRouteBuilder api)
    {
        var study = api.MapGroup("/studies/{studyId:long}/preference-sets");
        study.MapGet("", ListAsync).Needs(ApiScope.ReadVotes).Tell("listPreferenceSets", Groups.Preferences, "List the preference sets of a study", "Newest first.");
        study.MapPost("/preview", PreviewAsync).Needs(ApiScope.ReadVotes).Example(Example)
            .Tell("previewPreferenceSet", Groups.Preferences, "Count what rules would give", "Nothing is stored. Send its sha256 with the same rules to freeze just this.");
        study.MapPost("", FreezeAsync).Needs(ApiScope.Train).Example(Example)
            .Tell("freezePreferenceSet", Groups.Preferences, "Freeze a preference set", "The same rules on the same votes are one set, however often they are frozen: asked again, the answer is 200 with the set that is there.");

        api.MapGet("/preference-sets/{setId:long}", FindAsync).Needs(ApiScope.ReadVotes).Tell("getPreferenceSet", Groups.Preferences, "See a preference set");
        api.MapGet("/preference-sets/{setId:long}/pairs.{extension}", PairsAsync).Needs(ApiScope.ReadVotes).AddEndpointFilter(DownloadAudit.NoteAsync)
            .GivesFile("text/csv", "application/jsonl", "application/json", "application/vnd.apache.parquet")
            .Tell("exportPairs", Groups.Preferences, "Read the pairs of a set", "extension is csv, jsonl, json or parquet. The columns stand in docs/exports.md.");
    }

    private static async Task<IEnumerable<PreferenceSetResource>> ListAsync(long studyId, PreferenceSetStore sets, CancellationToken cancel) =>
        (await sets.ListAsync(studyId, cancel)).Select(PreferenceSetResource.Of);

    private static async Task<PreferencePreviewResource> PreviewAsync(long studyId, ApiBody<PreferenceRulesBody> body, TrainOrders orders, CancellationToken cancel)
    {
        var (material, preview) = await LookAsync(studyId, body.Value, orders, cancel);
        return PreferencePreviewResource.Of(preview, material.Exclusions);
    }

    private static async Task<Results<Created<PreferenceSetResource>, Ok<PreferenceSetResource>>> FreezeAsync(
        long studyId, ApiBody<PreferenceRulesBody> body, HttpContext context, TrainOrders orders, PreferenceSetStore sets, CancellationToken cancel)
    {
        var (material, preview) = await LookAsync(studyId, body.Value, orders, cancel);
        if (body.Value.Sha256 is { } seen && seen != preview.Sha256)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "Votes have come in since the preview, and the pairs are others now. Look again.");
        var known = (await sets.ListAsync(studyId, cancel)).Select(set => set.PreferenceSetId).ToHashSet();
        var votes = new ChosenVotes(material.Study, preview.Rule, body.Value.Votes, preview.Sha256) { Rules = body.Value.ToRules() };
        var id = await orders.FreezeAsync(votes, context.User.AccountId(), cancel);
        var made = PreferenceSetResource.Of((await sets.FindAsync(id, cancel))!);
        return known.Contains(id) ? TypedResults.Ok(made) : TypedResults.Created($"{ApiSetup.Root}/preference-sets/{id}", made);
    }

    private static async Task<PreferenceSetResource> FindAsync(long setId, PreferenceSetStore sets, CancellationToken cancel) =>
        PreferenceSetResource.Of((await sets.FindAsync(setId, cancel))!);

    private static async Task<IResult> PairsAsync(
        long setId, string extension, HttpContext context, PreferenceSetStore sets, StudyExport export, CancellationToken cancel)
    {
        var (study, set) = (context.Study(), (await sets.FindAsync(setId, cancel))!);
        var format = ExportFormats.OfExtension(extension)
            ?? throw new ApiProblemException(StatusCodes.Status404NotFound, $"Pairs are written as csv, jsonl, json and parquet, not as {extension}.");
        return Results.Stream(stream => export.WritePreferencesAsync(study, set, stream, format, cancel), format.MediaType(), $"preferences {set.Name}{format.Extension()}");
    }

    private static async Task<(TrainMaterial Material, PreferencePreview Preview)> LookAsync(long studyId, PreferenceRulesBody rules, TrainOrders orders, CancellationToken cancel)
    {
        var material = (await orders.FindMaterialAsync(studyId, rules.Votes, rules.ToRules(), cancel))!;
        var preview = rules.AxisRule is not { } rule ? material.Previews[^1] : material.Previews.FirstOrDefault(preview => preview.Rule == rule)
            ?? throw new RefusedException($"The study does not ask what {rule.ToText()} needs. Its rules: {string.Join(", ", material.Previews.Select(known => known.Rule.ToText()))}.");
        return (material, preview);
    }
}
