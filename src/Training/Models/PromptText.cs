using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace PixelPost.Training.Models;

/// <summary>What transformers does to a prompt before it becomes tokens: ftfy's repairs, single spaces, lower case.</summary>
/// <remarks>
/// ftfy 6.1 <c>fix_text</c> with its defaults: entities, ligatures, full-width letters, curly quotes, control characters, composed accents.
/// Left out: recognising text that was decoded with the wrong encoding ("Ã©" for "é"), and HTML 5's rarer entities.
/// </remarks>
internal static partial class PromptText
{
    private const int ComposeCanonical = 1, ComposeCompatible = 3;

    private static readonly Lazy<GLibNormalize> Normalize = new(FindNormalize);

    private static readonly Dictionary<char, string> Ligatures = new()
    {
        ['ĳ'] = "ij",
        ['Ĳ'] = "IJ",
        ['ŉ'] = "ʼn",
        ['Ǳ'] = "DZ",
        ['ǲ'] = "Dz",
        ['ǳ'] = "dz",
        ['Ǆ'] = "DŽ",
        ['ǅ'] = "Dž",
        ['ǆ'] = "dž",
        ['Ǉ'] = "LJ",
        ['ǈ'] = "Lj",
        ['ǉ'] = "lj",
        ['Ǌ'] = "NJ",
        ['ǋ'] = "Nj",
        ['ǌ'] = "nj",
        ['ﬀ'] = "ff",
        ['ﬁ'] = "fi",
        ['ﬂ'] = "fl",
        ['ﬃ'] = "ffi",
        ['ﬄ'] = "ffl",
        ['ﬅ'] = "ſt",
        ['ﬆ'] = "st",
    };

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate IntPtr GLibNormalize(byte[] text, nint length, int mode);

    /// <summary>A prompt as the tokenizer takes it.</summary>
    public static string Clean(string prompt)
    {
        // a line with a tag in it, and all lines after it, are taken as they are: there an entity is meant to be one
        var entities = true;
        var lines = new List<string>();
        foreach (var line in prompt.Split('\n'))
        {
            entities &= !line.Contains('<', StringComparison.Ordinal);
            lines.Add(Repaired(line, entities));
        }
        return Lower(Spaces().Replace(string.Join(' ', lines), " ").Trim());
    }

    /// <summary>Repairs until nothing changes, so that "&amp;amp;lt;" becomes "&lt;".</summary>
    private static string Repaired(string line, bool entities)
    {
        while (true)
        {
            var before = line;
            if (entities) line = Entity().Replace(line, m => WebUtility.HtmlDecode(m.Value));
            line = Ligature().Replace(line, m => Ligatures[m.Value[0]]);
            line = Width().Replace(line, m => Composed(m.Value, ComposeCompatible));
            line = DoubleQuote().Replace(SingleQuote().Replace(line, "'"), "\"");
            line = Control().Replace(TerminalEscape().Replace(line, ""), "");
            line = Composed(line, ComposeCanonical);
            if (line == before) return line;
        }
    }

    /// <summary>Python's <c>lower</c>, which knows the final sigma and the dot of İ.</summary>
    internal static string Lower(string text) =>
        FinalSigma().Replace(text, "ς").Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    // .NET has no normalisation where it runs without ICU, as here; the library that reads pictures brings GLib's
    private static string Composed(string text, int mode)
    {
        if (Ascii.IsValid(text)) return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        var composed = Normalize.Value(bytes, bytes.Length, mode);
        try
        {
            return Marshal.PtrToStringUTF8(composed)!;
        }
        finally
        {
            NetVips.NetVips.Free(composed);
        }
    }

    private static GLibNormalize FindNormalize()
    {
        var name = OperatingSystem.IsWindows() ? "libvips-42.dll" : OperatingSystem.IsMacOS() ? "libvips.42.dylib" : "libvips.so.42";
        var library = NativeLibrary.Load(name, typeof(NetVips.Image).Assembly, null);
        return Marshal.GetDelegateForFunctionPointer<GLibNormalize>(NativeLibrary.GetExport(library, "g_utf8_normalize"));
    }

    [GeneratedRegex("&#?[0-9A-Za-z]{1,24};")]
    private static partial Regex Entity();

    [GeneratedRegex("[ĳĲŉǱ-ǳǄ-ǌﬀ-ﬆ]")]
    private static partial Regex Ligature();

    [GeneratedRegex("[\u3000\uFF01-\uFFEF]+")]
    private static partial Regex Width();

    [GeneratedRegex("[\u02BC\u2018-\u201B]")]
    private static partial Regex SingleQuote();

    [GeneratedRegex("[\u201C-\u201F]")]
    private static partial Regex DoubleQuote();

    [GeneratedRegex(@"\u001B\[[0-9;?]*[A-Za-z]")]
    private static partial Regex TerminalEscape();

    [GeneratedRegex("[\u0000-\u0008\u000B\u000E-\u001F\u007F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]")]
    private static partial Regex Control();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?<=\p{L})Σ(?!\p{L})")]
    private static partial Regex FinalSigma();
}
