using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0.1823, "18.2 %")]
    [InlineData(0, "0.0 %")]
    [InlineData(1, "100.0 %")]
    public void Percent_Share_HasOneDecimal(double share, string expected) => Assert.Equal(expected, Plain(Figures.Percent(share)));

    [Theory]
    [InlineData(30, 10, 20, "+33.3 [13.2, 50.6]")]
    [InlineData(10, 30, 20, "−33.3 [−50.6, −13.2]")]
    [InlineData(0, 0, 4, "0.0 [−49.0, 49.0]")]
    [InlineData(0, 0, 0, "–")]
    public void NetWinRate_Counts_ShowsSignAndInterval(int a, int b, int tie, string expected) =>
        Assert.Equal(expected, Plain(Figures.NetWinRate(NetWinRate.Tango(new OutcomeCounts(a, b, tie)))));

    [Fact]
    public void NetWinRate_RoundingToZero_HasNoSign() =>
        Assert.Equal("0.0", Figures.NetWinRateValue(NetWinRate.Tango(new OutcomeCounts(a: 1_000, b: 1_001, tie: 8_000))));

    [Theory]
    [InlineData(0.0123, "p = 0.012")]
    [InlineData(0.00099, "p < 0.001")]
    [InlineData(1.0, "p = 1.000")]
    public void PValue_Number_IsCutOffBelowAThousandth(double p, string expected) => Assert.Equal(expected, Figures.PValue(p));

    [Theory]
    [InlineData(1, "1 vote")]
    [InlineData(1200, "1,200 votes")]
    public void Count_Number_AgreesWithTheWord(int number, string expected) => Assert.Equal(expected, Figures.Count(number, "vote"));

    private static string Plain(string text) => text.Replace('\u00A0', ' ');
}
