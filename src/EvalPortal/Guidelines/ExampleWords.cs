using PixelPost.EvalPortal.Rating;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>Flaws in words, in the language of whoever reads.</summary>
internal static class ExampleWords
{
    public static string Of(FlawType type) => type switch
    {
        FlawType.Hands => Say("Example_Flaw_Hands"),
        FlawType.Face => Say("Example_Flaw_Face"),
        FlawType.Text => Say("Example_Flaw_Text"),
        FlawType.Edges => Say("Example_Flaw_Edges"),
        FlawType.Texture => Say("Example_Flaw_Texture"),
        _ => Say("Example_Flaw_Other"),
    };

    public static string Of(FlawSeverity severity) => Say(severity == FlawSeverity.Minor ? "Example_Minor" : "Example_Major");

    /// <summary>What is wrong, such as <c>Major flaw: hands, limbs</c>; null where nothing was said.</summary>
    public static string? Flaw(ExamplePair example) => example switch
    {
        { FlawType: null, FlawSeverity: null } => null,
        { FlawType: null, FlawSeverity: { } severity } => Of(severity),
        { FlawType: { } type, FlawSeverity: null } => Say("Example_Flaw", Of(type)),
        { FlawType: { } type, FlawSeverity: { } severity } => $"{Of(severity)}: {Of(type)}",
    };
}
