using System.Collections.Concurrent;
using System.Resources;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Rating.Texts;

/// <summary>
/// Every word that the program itself says to a rater, by key: <c>RaterTexts.resx</c> in English, and a file beside it for each
/// other language. See docs/languages.md.
/// </summary>
public sealed class RaterTexts
{
    /// <summary>How the keys of texts begin that scripts say; a page brings all of them along.</summary>
    public const string ForScripts = "Script_";

    private static readonly ResourceManager Resources = new(typeof(RaterTexts));

    private static readonly IStringLocalizer Localizer =
        new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance).Create(typeof(RaterTexts));

    // Arabic as it is and not as \u0623, which is three times as long; what could end the block is still written like that.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private static readonly ConcurrentDictionary<string, string> Scripts = new(); // by language

    private RaterTexts()
    {
    }

    /// <summary>A text in the language of the request, with values in the places of <c>{0}</c>, <c>{1}</c> and so on.</summary>
    public static string Say(string key, params object[] values) => Localizer[key, values];

    /// <summary>
    /// The text <c>KEY_One</c> about a single thing or <c>KEY_Many</c> about any other number of them, with the number at <c>{0}</c>.
    /// Languages with more forms than two say the number after a colon, where nothing has to agree with it.
    /// </summary>
    public static string SayCount(string key, int count, params object[] values) =>
        Say($"{key}_{(count == 1 ? "One" : "Many")}", [Figures.Whole(count), .. values]);

    /// <summary>A text as it stands, in a language of choice.</summary>
    /// <exception cref="ArgumentException">There is no text with this key.</exception>
    public static string In(Language language, string key) =>
        Resources.GetString(key, language.Culture) ?? throw new ArgumentException($"There is no text '{key}'.", nameof(key));

    /// <summary>The texts of scripts in the language of the request, as JSON that can stand in a page; keys without <see cref="ForScripts"/>.</summary>
    public static string ScriptsJson() => Scripts.GetOrAdd(Language.Current.Code, _ => JsonSerializer.Serialize(
        Localizer.GetAllStrings().Where(text => text.Name.StartsWith(ForScripts, StringComparison.Ordinal))
            .OrderBy(text => text.Name, StringComparer.Ordinal)
            .ToDictionary(text => text.Name[ForScripts.Length..], text => text.Value),
        Plain));
}
