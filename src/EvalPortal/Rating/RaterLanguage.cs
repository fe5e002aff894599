using System.Collections.Concurrent;
using System.Globalization;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rating;

/// <summary>
/// Which language a request is answered in: a rater's in the one of its study, or the browser's where there is no such study; the
/// preview of a study as its raters see it in the study's; everything else in English.
/// </summary>
public sealed class RaterLanguage(StudyStore studies)
{
    private static readonly string[] RaterPaths = ["/r", "/rate", "/api/rate"];

    private readonly ConcurrentDictionary<string, Language> _ofStudies = new(); // by link; a study's never changes

    /// <summary>The language of a request.</summary>
    public async Task<Language> OfAsync(HttpRequest request, CancellationToken cancel = default)
    {
        if (Previewed(request.Path) is { } studyId)
            return Language.Find((await studies.FindAsync(studyId, cancel))?.Language ?? "") ?? Language.English;
        if (Link(request.Path) is not { } link)
            return Language.English;
        if (_ofStudies.TryGetValue(link, out var known))
            return known;
        if (await studies.FindLanguageAsync(link, cancel) is not { } code)
            return Language.OfBrowser(request);
        return _ofStudies.GetOrAdd(link, Language.Find(code) ?? Language.English);
    }

    /// <summary>The study of an address such as <c>/studies/7/preview/guidelines</c>; null for every other address.</summary>
    private static long? Previewed(PathString path) =>
        path.Value?.Split('/') is ["", "studies", var id, "preview", ..] && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var studyId) ? studyId : null;

    /// <summary>Whether an address is of the rater's side.</summary>
    public static bool IsRaters(PathString path) => RaterPaths.Any(start => path.StartsWithSegments(start));

    /// <summary>From the path and not from the route: a page about an error is in the rater's language too.</summary>
    private static string? Link(PathString path)
    {
        foreach (var start in RaterPaths)
        {
            if (path.StartsWithSegments(start, out var rest) && rest.Value is { Length: > 1 } link)
                return link.Split('/')[1];
        }
        return null;
    }
}

/// <summary>Puts <see cref="RaterLanguage"/> into the pipeline.</summary>
public static class RaterLanguageExtensions
{
    /// <summary>Everything after this speaks the language of the request.</summary>
    public static IApplicationBuilder UseRaterLanguage(this IApplicationBuilder app)
    {
        var languages = app.ApplicationServices.GetRequiredService<RaterLanguage>();
        return app.Use(async (context, next) =>
        {
            // Kept for a second run of the same request, which shows a page about an error.
            var language = context.Items[typeof(Language)] as Language ?? await languages.OfAsync(context.Request, context.RequestAborted);
            context.Items[typeof(Language)] = language;
            CultureInfo.CurrentUICulture = language.Culture;
            await next(context);
        });
    }
}
