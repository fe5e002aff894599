using PixelPost.EvalPortal.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class VoteDraftTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly VoteDraft Good = new()
    {
        AssignmentId = Guid.NewGuid(),
        Choice = Choice.Left,
        ResponseMs = 3_000,
        ShownAt = Now.AddSeconds(-3),
        DecodedLeftAt = Now.AddSeconds(-5),
        DecodedRightAt = Now.AddSeconds(-4),
        VotedAt = Now,
        AppVersion = "0.1.0",
    };

    [Fact]
    public void Fault_OfAGoodVote_IsNull() => Assert.Null(Good.Fault());

    public static TheoryData<VoteDraft, string> Faulty => new()
    {
        { Good with { Choice = Choice.Reject }, "reason" },
        { Good with { Reason = RejectReason.Other }, "reason" },
        { Good with { ResponseMs = -1 }, "responseMs" },
        { Good with { ViewportW = 0 }, "viewport" },
        { Good with { ViewportH = 100_001 }, "viewport" },
        { Good with { Dpr = double.NaN }, "dpr" },
        { Good with { Dpr = 0 }, "dpr" },
        { Good with { VisibleMs = -1 }, "visibleMs" },
        { Good with { VisibleMs = 3_001 }, "visibleMs" },
        { Good with { MaxZoom = 0 }, "maxZoom" },
        { Good with { MaxZoom = double.NaN }, "maxZoom" },
        { Good with { MaxZoom = 1_001 }, "maxZoom" },
        { Good with { Toggles = -1 }, "toggles" },
        { Good with { Toggles = 100_001 }, "toggles" },
        { Good with { AppVersion = new string('x', 41) }, "appVersion" },
        { Good with { DecodedLeftAt = null }, "loaded" },
        { Good with { DecodedRightAt = null }, "loaded" },
        { Good with { DecodedRightAt = Now.AddMilliseconds(1) }, "loaded" },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void Fault_OfAFaultyVote_SaysWhat(VoteDraft draft, string word) =>
        Assert.Contains(word, draft.Fault(), StringComparison.Ordinal);

    [Fact]
    public void Fault_EvidenceWithinBounds_IsNull() =>
        Assert.Null((Good with { VisibleMs = 3_000, MaxZoom = 1, NativeSeenLeft = true, NativeSeenRight = false, Toggles = 0 }).Fault());

    [Theory]
    [InlineData(RejectReason.StyleMismatch)]
    [InlineData(RejectReason.Unsafe)]
    [InlineData(RejectReason.Other)]
    public void Fault_ImagesThatNeverLoaded_CanBeRejectedForNothingElse(RejectReason reason) =>
        Assert.Contains("loaded", (Good with { Choice = Choice.Reject, Reason = reason, DecodedLeftAt = null }).Fault(), StringComparison.Ordinal);

    [Fact]
    public void Fault_ImagesThatNeverLoaded_CanBeRejectedForThat() =>
        Assert.Null((Good with { Choice = Choice.Reject, Reason = RejectReason.NotLoaded, DecodedLeftAt = null }).Fault());

    [Theory]
    [InlineData(Choice.Left, false, Outcome.A)]
    [InlineData(Choice.Left, true, Outcome.B)]
    [InlineData(Choice.Right, false, Outcome.B)]
    [InlineData(Choice.Right, true, Outcome.A)]
    [InlineData(Choice.Tie, false, Outcome.Tie)]
    [InlineData(Choice.Tie, true, Outcome.Tie)]
    [InlineData(Choice.Reject, false, Outcome.Reject)]
    [InlineData(Choice.Reject, true, Outcome.Reject)]
    public void Winner_OfASide_IsTheSystemShownThere(Choice choice, bool leftIsB, Outcome winner) =>
        Assert.Equal(winner, (Good with { Choice = choice }).Winner(leftIsB));

    [Fact]
    public void IsClockSuspect_ClockThatRunsRight_IsFalse()
    {
        Assert.False(Good.IsClockSuspect(assignedAt: Now.AddMinutes(-1), receivedAt: Now.AddSeconds(1)));
        Assert.False(Good.IsClockSuspect(assignedAt: Now.AddMinutes(-1), receivedAt: Now.AddDays(3))); // sent late, after a flight
    }

    [Fact]
    public void IsClockSuspect_ClockThatRunsWrong_IsTrue()
    {
        var assignedAt = Now.AddMinutes(-1);
        Assert.True(Good.IsClockSuspect(assignedAt: Now.AddMinutes(10), receivedAt: Now.AddMinutes(11))); // shown before it was handed out
        Assert.True(Good.IsClockSuspect(assignedAt, receivedAt: Now.AddMinutes(-6))); // from the future
        Assert.True((Good with { VotedAt = Now.AddHours(1), DecodedLeftAt = Now }).IsClockSuspect(assignedAt, Now.AddHours(1))); // set between
    }
}
