using System.Text;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>Truth values as tables have them.</summary>
internal static class Flags
{
    /// <summary>true, yes or 1; false, no or 0; null for anything else.</summary>
    public static bool? Parse(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(text, "true"u8) || Ascii.EqualsIgnoreCase(text, "yes"u8))
            return true;
        if (text.SequenceEqual("0"u8) || Ascii.EqualsIgnoreCase(text, "false"u8) || Ascii.EqualsIgnoreCase(text, "no"u8))
            return false;
        return null;
    }
}
