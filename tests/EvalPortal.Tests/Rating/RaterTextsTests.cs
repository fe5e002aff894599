using System.Text.RegularExpressions;
using System.Xml.Linq;
using PixelPost.EvalPortal.Rating.Texts;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>The resource files against each other and against the sources: all that raters read comes from them, in every language.</summary>
public sealed partial class RaterTextsTests
{
    private static readonly string Portal = Path.Combine(Root(), "src", "EvalPortal");

    /// <summary>What researchers alone see among the components of guidelines and training.</summary>
    private static readonly string[] Researchers =
    [
        "Guidelines/ExampleCard.razor",
        "Guidelines/ExampleForm.razor",
        "Guidelines/GuidelinesPage.razor",
        "Guidelines/TrainingTable.razor",
        "RaterPreview/PreviewPage.razor",
    ];

    /// <summary>By language, the texts by key.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> Files = Directory
        .EnumerateFiles(Path.Combine(Portal, "Rating", "Texts"), "RaterTexts*.resx")
        .ToDictionary(
            file => Path.GetFileName(file).Split('.') is [_, var code, _] ? code : "en",
            file => XDocument.Load(file).Root!.Elements("data").ToDictionary(text => text.Attribute("name")!.Value, text => text.Element("value")!.Value));

    private static readonly Dictionary<string, string> English = Files["en"];

    public static TheoryData<string> Translations => [.. Files.Keys.Where(code => code != "en")];

    [Fact]
    public void Languages_AreThoseOfTheFiles() => Assert.Equal(Files.Keys.Order(), Language.All.Select(language => language.Code).Order());

    [Theory]
    [MemberData(nameof(Translations))]
    public void Translation_HasEveryKeyAndNoOther(string code) => Assert.Equal(English.Keys.Order(), Files[code].Keys.Order());

    [Theory]
    [MemberData(nameof(Translations))]
    public void Translation_HasThePlacesOfTheEnglishText(string code) => Assert.Empty(
        Files[code].Where(text => !Places(text.Value).SequenceEqual(Places(English[text.Key]))).Select(text => $"{text.Key}: {text.Value}"));

    [Theory]
    [MemberData(nameof(Translations))]
    public void Translation_IsNotTheEnglishText(string code) => Assert.Empty(
        Files[code].Where(text => string.IsNullOrWhiteSpace(text.Value) || text.Value == English[text.Key]).Select(text => text.Key));

    [Theory]
    [InlineData("ar", "rtl", "العربية")]
    [InlineData("ar-EG", "rtl", "العربية")]
    [InlineData("en-GB", "ltr", "English")]
    public void Find_TagOfABrowser_IsTheLanguage(string tag, string direction, string name)
    {
        var language = Language.Find(tag)!;

        Assert.Equal((direction, name), (language.Direction, language.Name));
    }

    [Fact]
    public void Find_LanguageWithoutAFile_IsNull() => Assert.Null(Language.Find("tlh"));

    [Fact]
    public void Keys_InTheSources_AreThoseOfTheFiles()
    {
        var named = Sources("*.cs", "*.razor").SelectMany(file => Key().Matches(file.Text).Select(match => match.Groups[1].Value))
            .Concat(Sources("*.js").SelectMany(file => Key().Matches(file.Text).Select(match => RaterTexts.ForScripts + match.Groups[1].Value)))
            .ToHashSet();
        var counted = named.Where(key => English.ContainsKey($"{key}_One")).ToList();
        var used = named.Except(counted).Concat(counted.SelectMany(key => (string[])[$"{key}_One", $"{key}_Many"])).ToHashSet();

        Assert.Empty(used.Except(English.Keys)); // no such text
        Assert.Empty(English.Keys.Except(used)); // no longer said
    }

    [Fact]
    public void Markup_OfRatersPages_HoldsNoText() => Assert.Empty(
        Sources("*.razor").Where(file => file.IsRaters).SelectMany(file => RazorText.Of(file.Text).Select(text => $"{file.Name}: {text}")));

    [Fact]
    public void Researchers_AreComponentsThatAreThere() => Assert.Empty(Researchers.Except(Sources("*.razor").Select(file => file.Name)));

    [Theory]
    [InlineData("<p>Thank you</p>")]
    [InlineData("<button aria-label=\"Left\"><kbd>←</kbd></button>")]
    [InlineData("@if (Open)\n{\n    <p>@Answer.Words saved</p>\n}")]
    [InlineData("<p>@(Open ? \"still open\" : null)</p>")]
    [InlineData("<p>@Words</p>\n@code {\n    private string Words => \"It is over.\";\n}")]
    public void Markup_ThatHoldsText_IsFound(string razor) => Assert.Single(RazorText.Of(razor));

    [Fact]
    public void Scripts_OfRatersPages_HoldNoText() => Assert.Empty(
        from file in Sources("*.js")
        let code = LineComment().Replace(file.Text, "")
        from text in RazorText.Sentences(code).Concat(PutOnThePage().Matches(code).Select(match => match.Value))
        select $"{file.Name}: {text}");

    [Fact]
    public void Answers_ToRatersBrowsers_HoldNoText() => Assert.Empty(
        Sources("*.cs").Where(file => file.IsRaters).SelectMany(file => SaidByAnswer().Matches(file.Text).Select(match => $"{file.Name}: {match.Value}")));

    [Fact]
    public void ScriptsJson_HoldsNothingThatEndsItsBlock()
    {
        var json = RaterTexts.ScriptsJson();

        Assert.Contains("\"Status_Saved\":", json, StringComparison.Ordinal);
        Assert.DoesNotContain('<', json);
    }

    /// <summary>Files of the portal: those that raters may see, and, because keys are used there too, the rest.</summary>
    private static IEnumerable<(string Name, string Text, bool IsRaters)> Sources(params string[] patterns) =>
        from pattern in patterns
        from file in Directory.EnumerateFiles(pattern == "*.js" ? Path.Combine(Portal, "wwwroot", "rater") : Portal, pattern, SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Portal, file).Replace('\\', '/')
        let text = File.ReadAllText(file)
        let seen = name.Split('/')[0] is "Rating" or "Guidelines" || text.Contains("@layout RaterLayout", StringComparison.Ordinal)
            || name is "Shell/RaterLayout.razor" or "Shell/ProblemPage.razor"
        select (name, text, seen && !Researchers.Contains(name));

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value).Distinct().Order();

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PixelPost.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("PixelPost.sln is in no parent folder.");
        return folder;
    }

    // Words with capitals joined by underscores, in quotation marks
    [GeneratedRegex("""
        "([A-Z][a-z]\w*(?:_[A-Z][A-Za-z]*)+)"
        """)]
    private static partial Regex Key();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"^\s*(//|\*|/\*\*).*$|\s// .*$", RegexOptions.Multiline)]
    private static partial Regex LineComment();

    [GeneratedRegex("""
        (?:textContent|ariaLabel|title|alt|placeholder)\s*=\s*["'`]\w[^\n]*
        """)]
    private static partial Regex PutOnThePage();

    [GeneratedRegex("""
        Problem\(\s*\$?"[^\n]*|Sentence = \$?"[^\n]*|new Refused\(\s*\$?"[^\n]*
        """)]
    private static partial Regex SaidByAnswer();
}
