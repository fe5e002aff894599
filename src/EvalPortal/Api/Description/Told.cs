namespace PixelPost.EvalPortal.Api.Description;

/// <summary>A group of operations.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="About">What it is about, a sentence.</param>
internal sealed record Group(string Name, string About);

/// <summary>The groups, in the order in which a script meets them.</summary>
internal static class Groups
{
    public static readonly Group Prompts = new("Prompts", "The prompts that images were made for, and questions about them.");
    public static readonly Group Material = new("Systems and images", "Whatever made images, and how its images come in.");
    public static readonly Group Studies = new("Studies", "From a draft to a closed study, and the links that raters get.");
    public static readonly Group Progress = new("Status", "How far a study is.");
    public static readonly Group Results = new("Results", "What raters said and what comes of it.");
    public static readonly Group Preferences = new("Preference sets", "Votes that are frozen to be trained from.");
    public static readonly Group Jobs = new("Jobs", "Training and drawing, from the queue to the log.");
    public static readonly Group Models = new("Models and rounds", "What can be trained, and the comparison of the old with the new.");

    public static IReadOnlyList<Group> All { get; } = [Prompts, Material, Studies, Progress, Results, Preferences, Jobs, Models];
}

/// <summary>A body to begin from.</summary>
internal sealed record ExampleBody(string Json);

/// <summary>Says that the body is a file as it is.</summary>
internal sealed record FileBody(string About);

/// <summary>How endpoints say what they do.</summary>
internal static class Told
{
    /// <summary>Names the operation and says what it does.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="name">Unlike that of any other operation, in camelCase.</param>
    /// <param name="group">Where it is listed.</param>
    /// <param name="summary">What it does, in a few words.</param>
    /// <param name="about">What else has to be known; null for nothing.</param>
    public static RouteHandlerBuilder Tell(this RouteHandlerBuilder endpoint, string name, Group group, string summary, string? about = null)
    {
        endpoint.WithName(name).WithTags(group.Name).WithSummary(summary);
        return about is null ? endpoint : endpoint.WithDescription(about);
    }

    public static RouteHandlerBuilder Example(this RouteHandlerBuilder endpoint, string json) => endpoint.WithMetadata(new ExampleBody(json));

    public static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder endpoint, string about) => endpoint.WithMetadata(new FileBody(about));

    /// <summary>Says that the answer is a file.</summary>
    public static RouteHandlerBuilder GivesFile(this RouteHandlerBuilder endpoint, params string[] mediaTypes) =>
        endpoint.Produces(StatusCodes.Status200OK, responseType: null, mediaTypes[0], mediaTypes[1..]);
}
