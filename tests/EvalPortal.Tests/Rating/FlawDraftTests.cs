using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class FlawDraftTests
{
    private static readonly FlawDraft Place = new() { Side = Side.Left, X = 0, Y = 1 };

    public static TheoryData<FlawDraft> Good => new()
    {
        new FlawDraft { Type = FlawType.Text },
        new FlawDraft { Type = FlawType.Face, Severity = FlawSeverity.Minor },
        Place,
        Place with { Type = FlawType.Other, Severity = FlawSeverity.Major },
    };

    public static TheoryData<FlawDraft, string> Faulty => new()
    {
        { new FlawDraft(), "type or a place" },
        { new FlawDraft { Severity = FlawSeverity.Major }, "type or a place" },
        { new FlawDraft { Type = FlawType.Face, X = 0.5 }, "side, x and y" },
        { Place with { X = null }, "side, x and y" },
        { Place with { Y = null }, "side, x and y" },
        { Place with { X = -0.01 }, "0 to 1" },
        { Place with { Y = 1.01 }, "0 to 1" },
        { Place with { Y = double.NaN }, "0 to 1" },
    };

    [Theory]
    [MemberData(nameof(Good), DisableDiscoveryEnumeration = true)]
    public void Fault_OfAGoodFlaw_IsNull(FlawDraft draft) => Assert.Null(draft.Fault());

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void Fault_OfAFaultyFlaw_SaysWhat(FlawDraft draft, string words) =>
        Assert.Contains(words, draft.Fault(), StringComparison.Ordinal);
}
