using System.Globalization;
using System.Text;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Tests.Database;

public sealed class ColumnTypesTests
{
    [Fact]
    public void Time_AnyMillisecond_ComesBackAndIsWrittenTheSameWay()
    {
        var random = new Random(7);
        Span<byte> bytes = stackalloc byte[24];
        for (var i = 0; i < 20_000; i++)
        {
            var ticks = random.NextInt64(DateTime.MaxValue.Ticks);
            var time = new DateTimeOffset(ticks - ticks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
            var text = time.ToText();

            Assert.Equal(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), text);
            Assert.Equal(time, ColumnTypes.ToTime(text));
            Assert.Equal(text, Encoding.UTF8.GetString(bytes[..time.WriteText(bytes)]));
        }
    }

    [Fact]
    public void WriteText_TimeElsewhere_IsUtc()
    {
        var bytes = new byte[40];

        var length = new DateTimeOffset(2026, 3, 1, 1, 30, 0, TimeSpan.FromHours(2)).WriteText(bytes);

        Assert.Equal("2026-02-28T23:30:00.000Z", Encoding.UTF8.GetString(bytes, 0, length));
        Assert.Throws<ArgumentException>(() => DateTimeOffset.UnixEpoch.WriteText(new byte[23]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-03-01")]
    [InlineData("2026-02-29T00:00:00.000Z")]
    [InlineData("2026-13-01T00:00:00.000Z")]
    [InlineData("2026-01-00T00:00:00.000Z")]
    [InlineData("2026-01-01T24:00:00.000Z")]
    [InlineData("2026-01-01T00:60:00.000Z")]
    [InlineData("2026-01-01T00:00:60.000Z")]
    [InlineData("2026-01-01T00:00:00.00xZ")]
    [InlineData("2026-01-01T00:00:00.000+")]
    [InlineData("0000-01-01T00:00:00.000Z")]
    public void ToTime_NoTimeOfAColumn_IsRefused(string text) => Assert.Throws<FormatException>(() => ColumnTypes.ToTime(text));

    [Fact]
    public void Enum_EveryMember_ComesBack()
    {
        Assert.Equal("style_mismatch", RejectReason.StyleMismatch.ToText());
        Assert.All(Enum.GetValues<RejectReason>(), reason => Assert.Equal(reason, ColumnTypes.ToEnum<RejectReason>(reason.ToText())));
        Assert.Equal("99", ((RejectReason)99).ToText());
    }
}
