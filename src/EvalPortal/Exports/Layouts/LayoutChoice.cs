using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports.Layouts;

/// <summary>What somebody chose of a layout, from an address: what it does not say, or says wrongly, is the usual.</summary>
internal static class LayoutChoice
{
    public static LayoutOrder Read(Study study, PublicLayout layout, string? axis, string? votes, string? format) => new(
        layout,
        Member<Axis>(axis) is { } named && study.Axes.Any(asked => asked.Axis == named) ? named : study.Axes[0].Axis,
        Member<VoteSource>(votes) ?? VoteSource.Real,
        Member<ExportFormat>(format) is { } kind && layout.Formats.Contains(kind) ? kind : layout.Usual);

    private static T? Member<T>(string? text) where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(member => string.Equals(member.ToString(), text, StringComparison.OrdinalIgnoreCase));
}
