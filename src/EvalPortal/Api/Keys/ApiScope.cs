namespace PixelPost.EvalPortal.Api.Keys;

/// <summary>What a key may be used for. It never allows more than its account may do.</summary>
public enum ApiScope
{
    /// <summary>See what there is and how far it is, but nothing that raters said.</summary>
    ReadStudies,

    /// <summary>Make studies and their plans, change drafts, start, pause and close, make links for raters, leave raters out.</summary>
    WriteStudies,

    /// <summary>Read what raters said and what comes of it.</summary>
    ReadVotes,

    /// <summary>Bring in prompts, images, votes and bundles.</summary>
    Import,

    /// <summary>Freeze preference sets, train models and draw with them.</summary>
    Train,
}

/// <summary>The words for scopes, as keys keep them and people read them.</summary>
public static class ApiScopes
{
    /// <summary>All of them, in the order in which they are offered.</summary>
    public static IReadOnlyList<ApiScope> All { get; } = Enum.GetValues<ApiScope>();

    /// <summary>As it stands in the database and in refusals.</summary>
    public static string Word(this ApiScope scope) => scope switch
    {
        ApiScope.ReadStudies => "studies:read",
        ApiScope.WriteStudies => "studies:write",
        ApiScope.ReadVotes => "votes:read",
        ApiScope.Import => "import",
        _ => "train",
    };

    /// <summary>What it allows, for whoever makes a key.</summary>
    public static string About(this ApiScope scope) => scope switch
    {
        ApiScope.ReadStudies => "See studies, prompts, systems, models and jobs, and how far they are",
        ApiScope.WriteStudies => "Make studies and plans, change drafts, start, pause and close them, make links for raters, leave raters out",
        ApiScope.ReadVotes => "Read votes, results, reports and preference sets",
        ApiScope.Import => "Bring in prompts, images, votes and bundles",
        _ => "Freeze preference sets, train models, draw images with them",
    };

    /// <summary>Whether something is changed with it.</summary>
    public static bool Writes(this ApiScope scope) => scope is not (ApiScope.ReadStudies or ApiScope.ReadVotes);

    /// <summary>The scopes that words name; words that are none are passed over.</summary>
    public static IReadOnlyList<ApiScope> Parse(IEnumerable<string> words) => [.. All.Where(scope => words.Contains(scope.Word()))];
}
