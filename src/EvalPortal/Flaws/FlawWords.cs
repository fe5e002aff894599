using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Flaws;

/// <summary>Types of flaws as researchers read them, each with the letter that marks it on an image.</summary>
internal static class FlawWords
{
    public static string Of(FlawType? type) => type switch
    {
        FlawType.Hands => "Hands and limbs",
        FlawType.Face => "Face",
        FlawType.Text => "Text",
        FlawType.Edges => "Edges and shapes",
        FlawType.Texture => "Texture",
        FlawType.Other => "Other",
        _ => "No type named",
    };

    public static string Letter(FlawType? type) => type switch
    {
        FlawType.Hands => "H",
        FlawType.Face => "F",
        FlawType.Text => "T",
        FlawType.Edges => "E",
        FlawType.Texture => "X",
        FlawType.Other => "O",
        _ => "?",
    };

    /// <summary><c>major: face</c>, as far as it was told.</summary>
    public static string Of(FlawVote flaw) => flaw.FlawSeverity is { } severity ? $"{severity}: {Of(flaw.Type).ToLowerInvariant()}" : Of(flaw.Type).ToLowerInvariant();
}
