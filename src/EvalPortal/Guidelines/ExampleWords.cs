using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>Flaws and answers in words.</summary>
internal static class ExampleWords
{
    public static string Of(FlawType type) => type switch
    {
        FlawType.Hands => "hands, limbs",
        FlawType.Face => "face",
        FlawType.Text => "text",
        FlawType.Edges => "edges, shape",
        FlawType.Texture => "texture",
        _ => "other",
    };

    public static string Of(FlawSeverity severity) => severity == FlawSeverity.Minor ? "Minor flaw" : "Major flaw";

    /// <summary>What is wrong, such as <c>Major flaw: hands, limbs</c>; null where nothing was said.</summary>
    public static string? Flaw(ExamplePair example) => example switch
    {
        { FlawType: null, FlawSeverity: null } => null,
        { FlawType: null, FlawSeverity: { } severity } => Of(severity),
        { FlawType: { } type, FlawSeverity: null } => $"Flaw: {Of(type)}",
        { FlawType: { } type, FlawSeverity: { } severity } => $"{Of(severity)}: {Of(type)}",
    };
}
