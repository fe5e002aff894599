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
