using System.Text.RegularExpressions;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>Finds words that a Razor file says itself: between tags, in attributes that are read out, and in strings of its code.</summary>
internal static partial class RazorText
{
    // A name, what stands on keys, and a link that only researchers see
    private static readonly string[] AllowedWords = ["PixelPost", "Esc", "Enter"];
    private static readonly string[] AllowedTexts = ["All studies"];

    // Nobody reads these
    private static readonly string[] AllowedStrings = ["no-cache, no-store", "(pointer: coarse)", "sheet wide"];

    public static IEnumerable<string> Of(string razor)
    {
        var source = Comment().Replace(razor, "");
        var code = source.IndexOf("@code", StringComparison.Ordinal);
        var markup = Directive().Replace(code < 0 ? source : source[..code], "");
        var expressions = new List<string> { code < 0 ? "" : CodeComment().Replace(source[code..], "") };
        markup = WithoutExpressions(markup, expressions);

        var found = expressions.SelectMany(Sentences)
            .Concat(Attribute().Matches(markup).Select(match => match.Groups[1].Value))
            .Concat(Tag().Replace(markup, "\n").Split('\n').Where(line => !Statement().IsMatch(line)));
        return found.Select(text => text.Trim()).Where(text => !AllowedTexts.Contains(text) && Word().Matches(text).Any(word => !AllowedWords.Contains(word.Value)));
    }

    /// <summary>Strings of code, of any kind, that hold two words one after the other.</summary>
    public static IEnumerable<string> Sentences(string code) =>
        String().Matches(code).Select(match => match.Value[1..^1]).Where(text => TwoWords().IsMatch(text) && !AllowedStrings.Contains(text));

    /// <summary>Takes out <c>@name</c>, <c>@(…)</c> and <c>@if (…)</c>, with everything in their brackets.</summary>
    private static string WithoutExpressions(string markup, List<string> expressions)
    {
        for (var start = markup.IndexOf('@', StringComparison.Ordinal); start >= 0; start = markup.IndexOf('@', StringComparison.Ordinal))
        {
            var end = start + 1 + Name().Match(markup[(start + 1)..]).Length;
            while (end < markup.Length && (markup[end] is '(' or '[' || (markup[end] == ' ' && ControlFlow().IsMatch(markup[start..end]) && markup[end + 1] == '(')))
            {
                var depth = 0;
                do
                {
                    depth += markup[end] is '(' or '[' ? 1 : markup[end] is ')' or ']' ? -1 : 0;
                    end++;
                }
                while (depth > 0 || markup[end - 1] == ' ');
                end += Name().Match(markup[end..]) is { Success: true, Value: ['.', ..] } rest ? rest.Length : 0;
            }
            expressions.Add(markup[start..end]);
            markup = markup[..start] + markup[Math.Max(end, start + 1)..];
        }
        return markup;
    }

    [GeneratedRegex(@"@\*.*?\*@", RegexOptions.Singleline)]
    private static partial Regex Comment();

    // Comments, and what is said to developers
    [GeneratedRegex(@"^\s*//.*$|\s// .*$|^.*throw new.*$", RegexOptions.Multiline)]
    private static partial Regex CodeComment();

    [GeneratedRegex(@"^@(page|using|inject|attribute|layout|inherits|implements)\b.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^[\w.!]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"^@(if|foreach|for|switch|while)$")]
    private static partial Regex ControlFlow();

    [GeneratedRegex("""
        "(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`
        """)]
    private static partial Regex String();

    [GeneratedRegex(@"\p{L}{2,}[,.:;!?…]* \p{L}{2,}")]
    private static partial Regex TwoWords();

    [GeneratedRegex("""
        (?:aria-label|alt|title|placeholder|Title|Label)="([^"]*)"
        """)]
    private static partial Regex Attribute();

    [GeneratedRegex("""
        <(?:"[^"]*"|[^"<>])*>
        """)]
    private static partial Regex Tag();

    [GeneratedRegex(@"^\s*(?:[{}]\s*)*(?:(?:else|if|foreach|switch)\b.*|case\b.*:|default:|break;|return;|var\b.*;)?\s*(?://.*)?$")]
    private static partial Regex Statement();

    [GeneratedRegex(@"\p{L}{2,}")]
    private static partial Regex Word();
}
