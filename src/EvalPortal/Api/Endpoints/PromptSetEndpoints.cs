using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A named list of prompts.</summary>
public sealed record PromptSetResource
{
    public required long PromptSetId { get; init; }
    public required string Name { get; init; }
    public required int Prompts { get; init; }

    /// <summary>Where the prompts are from.</summary>
    public required string Source { get; init; }
    public required string Licence { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal static PromptSetResource Of(PromptSet set) => new()
    {
        PromptSetId = set.PromptSetId,
        Name = set.Name,
        Prompts = set.PromptCount,
        Source = set.Source,
        Licence = set.Licence,
        CreatedAt = set.CreatedAt,
    };
}

/// <summary>A prompt of a set.</summary>
public sealed record PromptResource
{
    public required long PromptId { get; init; }

    /// <summary>Place in the set, from 1.</summary>
    public required int Position { get; init; }
    public required string Prompt { get; init; }
    public string? Category { get; init; }

    /// <summary>Its id in the file it came from.</summary>
    public string? Label { get; init; }
}

/// <summary>Questions that raters of text alignment are asked.</summary>
public sealed record QuestionSetResource
{
    public required long QuestionSetId { get; init; }
    public required string Name { get; init; }

    /// <summary>Name of the prompt set that it asks about.</summary>
    public required string PromptSet { get; init; }
    public required int Questions { get; init; }
    public required string Sha256 { get; init; }

    internal static QuestionSetResource Of(QuestionSet set) => new()
    {
        QuestionSetId = set.QuestionSetId,
        Name = set.Name,
        PromptSet = set.PromptSet,
        Questions = set.QuestionCount,
        Sha256 = set.Sha256,
    };
}

/// <summary>Prompts through the API.</summary>
internal static class PromptSetEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/prompt-sets", ListAsync).Needs(ApiScope.ReadStudies).Tell("listPromptSets", Groups.Prompts, "List prompt sets", "Newest first.");
        api.MapGet("/prompt-sets/{promptSetId:long}/prompts", ListPromptsAsync).Needs(ApiScope.ReadStudies)
            .Tell("listPrompts", Groups.Prompts, "List the prompts of a set", "In the order of the set.");
        api.MapPost("/prompt-sets", ImportAsync).Needs(ApiScope.Import).WithMetadata(new RequestSizeLimitAttribute(PromptFile.MaxBytes))
            .TakesFile("The file: CSV with a column prompt, JSON, JSON lines, or text with a prompt in each line; PartiPrompts, DrawBench, GenEval, DSG, T2I-CompBench and HPSv2 as they are.")
            .Tell("importPromptSet", Groups.Prompts, "Bring in a prompt set", "The same file under the same name again changes nothing and is answered with 200.");
        api.MapGet("/question-sets", ListQuestionSetsAsync).Needs(ApiScope.ReadStudies).Tell("listQuestionSets", Groups.Prompts, "List question sets", "Newest first.");
        api.MapPost("/question-sets", ImportQuestionsAsync).Needs(ApiScope.Import).WithMetadata(new RequestSizeLimitAttribute(QuestionFileReader.MaxBytes))
            .TakesFile("The file: CSV with a heading or a JSON list, a row per question, as docs/alignment.md says; DSG and GenEval as they are.")
            .Tell("importQuestionSet", Groups.Prompts, "Bring in questions", "About a prompt set that is there, or a new one of the file's prompts. The same file under the same name again changes nothing and is answered with 200.");
    }

    private static async Task<IEnumerable<PromptSetResource>> ListAsync(PromptSetStore sets, CancellationToken cancel) =>
        (await sets.ListAsync(cancel)).Select(PromptSetResource.Of);

    private static async Task<IEnumerable<PromptResource>> ListPromptsAsync(long promptSetId, PromptSetStore sets, CancellationToken cancel)
    {
        var prompts = await sets.ListPromptsAsync(promptSetId, cancel);
        if (prompts.Count == 0 && (await sets.ListAsync(cancel)).All(set => set.PromptSetId != promptSetId))
            throw ApiProblemException.NotFound("prompt set", promptSetId);
        return prompts.Select(prompt => new PromptResource
        {
            PromptId = prompt.PromptId,
            Position = prompt.Position,
            Prompt = prompt.Text,
            Category = prompt.Category,
            Label = prompt.Label,
        });
    }

    private static async Task<Results<Created<PromptSetResource>, Ok<PromptSetResource>>> ImportAsync(
        string name, string file, string? source, string? licence, HttpRequest request, PromptSetStore sets, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new RefusedException("Give the prompt set a name.");
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancel);
        var read = PromptFileReader.Read(content.ToArray(), file);
        if (read.Faults.Count > 0)
            throw new RefusedException(string.Join(' ', read.Faults));
        var (id, isNew) = await sets.TakeAsync(
            new NewPromptSet { Name = name.Trim(), Source = source?.Trim() ?? "", Licence = licence?.Trim() ?? "", Prompts = read.Prompts }, cancel);
        var made = PromptSetResource.Of((await sets.ListAsync(cancel)).Single(set => set.PromptSetId == id));
        return isNew ? TypedResults.Created($"{ApiSetup.Root}/prompt-sets/{id}/prompts", made) : TypedResults.Ok(made);
    }

    private static async Task<IEnumerable<QuestionSetResource>> ListQuestionSetsAsync(QuestionSetStore sets, CancellationToken cancel) =>
        (await sets.ListAsync(cancel)).Select(QuestionSetResource.Of);

    /// <summary>Fills in the form that people fill in: what it refuses, the API refuses.</summary>
    private static async Task<Results<Created<QuestionSetResource>, Ok<QuestionSetResource>>> ImportQuestionsAsync(
        string name, string? prompts, HttpContext context, QuestionsSession form, CancellationToken cancel)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, cancel);
        await form.ReadAsync();
        var known = form.Sets.Select(set => set.QuestionSetId).ToHashSet();
        // A set that was made with its prompts is asked for again in the same way.
        var about = string.IsNullOrEmpty(prompts) ? form.Sets.FirstOrDefault(set => set.Name == name.Trim())?.PromptSet : prompts;
        if (about is not null)
        {
            await form.ChooseAsync(form.PromptSets.FirstOrDefault(set => set.Name == about)?.PromptSetId
                ?? throw new RefusedException($"There is no prompt set called '{about}'. Which there are says GET {ApiSetup.Root}/prompt-sets."));
        }
        form.Name = name;
        await form.OpenAsync(content.ToArray(), name);
        if (form.File!.Faults.Count > 0)
            throw new RefusedException(string.Join(' ', form.File.Faults));
        if (!form.CanStore)
            throw new RefusedException(about is null ? "The file gives ids in place of prompts: say which prompt set they are of." : $"None of the file's prompts is in '{about}'.");
        await form.StoreAsync(context.User.AccountId());
        if (form.Problem is { } problem)
            throw new RefusedException(problem);
        var made = QuestionSetResource.Of(form.Sets.First(set => set.Name == name.Trim()));
        return known.Contains(made.QuestionSetId) ? TypedResults.Ok(made) : TypedResults.Created($"{ApiSetup.Root}/question-sets", made);
    }
}
