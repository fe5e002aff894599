using System.Globalization;

namespace PixelPost.EvalPortal.Rating.Texts;

/// <summary>A language that rater pages speak: there is one for every resource file.</summary>
/// <param name="Culture">Names the file.</param>
public sealed record Language(CultureInfo Culture)
{
    /// <summary>The language of <c>RaterTexts.resx</c> itself.</summary>
    public static Language English { get; } = new(CultureInfo.GetCultureInfo("en"));

    /// <summary>All of them, English first and the others by code.</summary>
    public static IReadOnlyList<Language> All { get; } = [English, .. Translations()];

    /// <summary>The language of the request.</summary>
    public static Language Current => Find(CultureInfo.CurrentUICulture.Name) ?? English;

    /// <summary>Such as <c>ar</c>, for <c>RaterTexts.ar.resx</c>.</summary>
    public string Code => Culture.Name;

    /// <summary>What it calls itself.</summary>
    public string Name => RaterTexts.In(this, "Language_Name");

    /// <summary><c>ltr</c> or <c>rtl</c>.</summary>
    public string Direction => RaterTexts.In(this, "Language_Direction");

    /// <summary>The language of a tag such as <c>ar</c> or <c>ar-EG</c>; null when there is none.</summary>
    public static Language? Find(string tag) =>
        All.FirstOrDefault(language => language.Code.Equals(tag, StringComparison.OrdinalIgnoreCase))
        ?? All.FirstOrDefault(language => language.Code.Equals(tag.Split('-')[0], StringComparison.OrdinalIgnoreCase));

    /// <summary>The one that a browser likes best.</summary>
    public static Language OfBrowser(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(accepted => Find(accepted.Value.ToString()))
            .FirstOrDefault(language => language is not null) ?? English;

    /// <summary>The build makes an assembly of each file, in a folder with the code as its name.</summary>
    private static IEnumerable<Language> Translations()
    {
        var file = $"{typeof(Language).Assembly.GetName().Name}.resources.dll";
        return Directory.EnumerateDirectories(AppContext.BaseDirectory)
            .Where(folder => File.Exists(Path.Combine(folder, file)))
            .Select(folder => Path.GetFileName(folder))
            .Order(StringComparer.Ordinal)
            .Select(code => new Language(CultureInfo.GetCultureInfo(code)));
    }
}
