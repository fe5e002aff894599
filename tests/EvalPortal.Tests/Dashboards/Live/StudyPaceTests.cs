using PixelPost.EvalPortal.Dashboards.Live;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Dashboards.Live;

public sealed class StudyPaceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly StudyPace Steady = new() { Votes = 60, Window = TimeSpan.FromHours(1), Left = 150, IsOpen = true };

    [Fact]
    public void EndInWords_SteadyPace_IsWhatIsLeftAtThatPace()
    {
        Assert.Equal(TimeSpan.FromHours(2.5), Steady.Remaining);
        Assert.Equal("in about 2 h 30 min at this pace (1 Mar 2026, 14:30:00 UTC)", Steady.EndInWords(Now));
    }

    [Theory]
    [InlineData(19, 60, 150, true, "too early to say: 19 votes in the last 1 h")]
    [InlineData(400, 14, 150, true, "too early to say: 400 votes in the last 14 min")]
    [InlineData(60, 60, 0, true, "every vote that is wanted is there")]
    [InlineData(60, 60, 150, false, "the study is paused")]
    [InlineData(20, 60, 40_000, true, "not within two months at this pace")]
    public void EndInWords_NothingToSay_SaysWhy(int votes, int minutes, int left, bool isOpen, string words)
    {
        var pace = new StudyPace { Votes = votes, Window = TimeSpan.FromMinutes(minutes), Left = left, IsOpen = isOpen };

        Assert.Null(pace.Remaining);
        Assert.Equal(words, pace.EndInWords(Now));
    }

    [Theory]
    [InlineData(399, "planned n not reached: 399 of 400 comparisons", "Until then only the always-valid interval")]
    [InlineData(400, "planned n reached: 400 of 400 comparisons", "The fixed-n interval may be read, once")]
    public void Look_PlannedNumber_SaysWhichIntervalMayBeRead(int compared, string words, string which)
    {
        var plan = AnalysisPlan.For([Axis.Flaws, Axis.Appeal], twoSystems: true) with { Family = [Axis.Flaws], PlannedComparisons = 400 };

        var look = PlannedLook.Of(plan, Axis.Flaws, compared, wanted: 500);

        Assert.Equal(words, look.ToWords());
        Assert.StartsWith(which, look.WhichInterval, StringComparison.Ordinal);
        Assert.Equal($"no n was planned; {compared} of all 500 comparisons are compared", PlannedLook.Of(plan, Axis.Appeal, compared, wanted: 500).ToWords());
    }
}
