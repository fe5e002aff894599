using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Tests.Shell;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData(0.2, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(59.7, "1 min")]
    [InlineData(190, "3 min")]
    [InlineData(3590, "1 h")]
    [InlineData(7800, "2 h 10 min")]
    [InlineData(86400, "24 h")]
    [InlineData(259200, "3 days")]
    public void Duration_Seconds_InTheUnitOneThinksIn(double seconds, string text) =>
        Assert.Equal(text, TimeText.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(1, "just now")]
    [InlineData(-30, "just now")] // a clock that is ahead
    [InlineData(120, "2 min ago")]
    public void Ago_Seconds(int seconds, string text) =>
        Assert.Equal(text, TimeText.Ago(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(seconds)));

    [Fact]
    public void Numeric_ATime_IsInUtcWithoutTheNameOfAMonth() =>
        Assert.Equal("2026-12-01, 01:01:05 UTC", TimeText.Numeric(new DateTimeOffset(2026, 12, 1, 3, 1, 5, TimeSpan.FromHours(2))));

    [Theory]
    [InlineData(1_000, "1 MB")]
    [InlineData(411_900_000, "412 MB")]
    [InlineData(1_340_000_000, "1.3 GB")]
    public void Bytes_InTheUnitOneThinksIn(long bytes, string text) => Assert.Equal(text, TimeText.Bytes(bytes));
}
