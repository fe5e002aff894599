using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Tests.Plots;

namespace PixelPost.EvalPortal.Tests.Flaws;

public sealed class FlawReportTests
{
    /// <summary>By hand from the twelve votes of <see cref="Samples.FlawsAsync"/>: the side that was clicked is A's unless B stood there.</summary>
    [Fact]
    public async Task Of_TwelveVotes_CountsFlawsByTypeAndSystem()
    {
        var report = await Samples.FlawsAsync();

        Assert.Equal((12, 10, 1), (report.Votes, report.Flaws, report.Unplaced));
        var rates = report.Rates.ToDictionary(rate => (rate.Type, rate.IsOfA));
        Assert.Equal((4, 5), (rates[(null, true)].Flaws, rates[(null, false)].Flaws));
        Assert.Equal((2, 2, 1, 1), (rates[(FlawType.Hands, true)].Flaws, rates[(FlawType.Hands, true)].Major, rates[(FlawType.Hands, false)].Flaws, rates[(FlawType.Hands, false)].Major));
        Assert.Equal((1, 1), (rates[(FlawType.Text, true)].Flaws, rates[(FlawType.Text, false)].Flaws)); // B stood left the second time
        Assert.Equal(2 / 12.0, rates[(FlawType.Hands, true)].Rate.Value!.Value, 1e-12);
        Assert.Equal(0, rates[(FlawType.Other, true)].Rate.Value); // on no image
        Assert.Equal([3L, 3, 2, 2], report.Items.Select(item => (long)item.Flaws.Count));
    }

    [Fact]
    public async Task Places_EdgesAndCorners_AreInTheirCells()
    {
        var report = await Samples.FlawsAsync();

        var (a, b) = (report.Places(isOfA: true), report.Places(isOfA: false));
        Assert.Equal((4, 5), (a.Sum(), b.Sum()));
        Assert.Equal(1, a[0]); // the corner at 0, 0
        Assert.Equal(2, b[^1]); // 0.9, 0.9 and the corner at 1, 1
        Assert.Equal(1, a[2 * 8 + 1]); // 0.2, 0.3
        Assert.Equal(1, a[2 * 8 + 2]); // 0.25, 0.32
        Assert.Equal(1, a[7 * 8 + 7]); // 0.9, 0.95
    }

    [Fact]
    public async Task Of_NoVotes_SaysWhyThereIsNoRate()
    {
        var report = await FlawReport.OfAsync(AsyncEnumerable.Empty<FlawVote>());

        Assert.Equal((0, 0), (report.Votes, report.Flaws));
        Assert.All(report.Rates, rate => Assert.NotNull(rate.Rate.Reason));
    }
}
