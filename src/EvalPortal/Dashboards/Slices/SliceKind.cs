using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.Slices;

/// <summary>By what votes are cut into slices.</summary>
public enum SliceKind
{
    /// <summary>The prompt's category.</summary>
    Category,

    Prompt,

    /// <summary>What the rater named as the worst flaw.</summary>
    Flaw,

    /// <summary>With what the rater answered.</summary>
    Input,

    /// <summary>Phone or larger.</summary>
    Screen,

    /// <summary>How the rater came to the study.</summary>
    Group,
}

/// <summary>Slices in words.</summary>
internal static class SliceNames
{
    /// <summary>Flaws that raters can name, as the database has them.</summary>
    public static readonly IReadOnlyList<string> Flaws = ["hands", "face", "text", "edges", "texture", "other"];

    public static string Of(SliceKind kind) => kind switch
    {
        SliceKind.Category => "Category of the prompt",
        SliceKind.Prompt => "Prompt",
        SliceKind.Flaw => "Worst flaw named",
        SliceKind.Input => "Input",
        SliceKind.Screen => "Screen",
        _ => "How raters came",
    };

    public static string Of(InputKind input) => input switch
    {
        InputKind.Key => "keys",
        InputKind.Pointer => "mouse or pen",
        _ => "touch",
    };

    public static string Of(ScreenKind screen) => screen switch
    {
        ScreenKind.Phone => "phone",
        ScreenKind.Large => "larger",
        _ => "not known",
    };

    /// <summary>The slices that a study can have: flaws are named where the study asks for them.</summary>
    public static IEnumerable<SliceKind> KindsOf(Study study) => Enum.GetValues<SliceKind>()
        .Where(kind => kind != SliceKind.Flaw || study.Axes.Any(axis => axis.FlawStrip));

    /// <summary>The name of a slice.</summary>
    /// <param name="key">As it stands in addresses of votes.</param>
    public static string Of(SliceKind kind, string key) => (kind, key) switch
    {
        (SliceKind.Category, VoteQuery.Without) => "without a category",
        (SliceKind.Flaw, VoteQuery.Without) => "none named",
        (SliceKind.Input, _) => Words.Member<InputKind>(key) is { } input ? Of(input) : "not known",
        (SliceKind.Screen, _) => Of(Words.Member<ScreenKind>(key) ?? ScreenKind.Unknown),
        (SliceKind.Group, _) => RaterGroups.Words(Words.Member<RaterGroup>(key) ?? RaterGroup.OpenLink),
        _ => key,
    };
}
