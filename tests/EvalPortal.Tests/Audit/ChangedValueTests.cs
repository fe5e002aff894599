using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;

namespace PixelPost.EvalPortal.Tests.Audit;

public sealed class ChangedValueTests
{
    [Fact]
    public void Of_Change_IsToldValueByValue()
    {
        Assert.Equal(
            [new("state", "draft", "running"), new("votes per comparison", "5", null), new("opened at", null, "now")],
            Values("""{"state":"draft","votes_per_comparison":5}""", """{"state":"running","opened_at":"now"}"""));
    }

    [Fact]
    public void Of_NewThing_HasNothingBefore() =>
        Assert.Equal([new("name", null, "A \"set\""), new("axes", null, "flaws, appeal")], Values(null, """{"name":"A \"set\"","axes":["flaws","appeal"]}"""));

    [Fact]
    public void Of_NothingRecorded_IsEmpty() => Assert.Empty(Values(null, null));

    [Fact]
    public void Of_EmptyBeforeAndAfter_IsLeftOut() =>
        Assert.Equal([new("licence", "MIT", "")], Values("{\"licence\":\"MIT\",\"source\":null}", "{\"licence\":\"\",\"source\":\"\"}"));

    [Fact]
    public void Of_Time_IsToldAsElsewhere() =>
        Assert.Equal([new("expires at", null, "30 Nov 2026, 16:53:20 UTC"), new("name", null, "2026-11-30")],
            Values(null, "{\"expires_at\":\"2026-11-30T17:53:20.5558733+01:00\",\"name\":\"2026-11-30\"}"));

    [Fact]
    public void Of_LongText_IsCutOff()
    {
        var value = Assert.Single(Values(null, $$"""{"consent":"{{new string('a', 1_000)}}"}"""));

        Assert.Equal(new string('a', 120) + "…", value.After);
    }

    private static IEnumerable<ChangedValue> Values(string? before, string? after) => ChangedValue.Of(new AuditEntry
    {
        AuditEntryId = 1,
        At = DateTimeOffset.UnixEpoch,
        Actor = ActorKind.Portal,
        Subject = "study",
        Action = "changed",
        BeforeJson = before,
        AfterJson = after,
    });
}
